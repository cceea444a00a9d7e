"""The processes that go on until they are stopped, `run` and `worker`: how each begins, ends, and says why it can't.

They are loaded for months, so this module loads neither Typer nor Rich; `bot.command_line` has the commands around it.
"""

import asyncio
import ctypes
import errno
import fcntl
import logging
import os
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final, NoReturn

import aiohttp
import discord
import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot import VERSION
from bot.app import run as run_bot
from bot.config import READABLE, Settings, SettingsError, env_file_troubles, load_settings, unknown_names
from bot.database.files import PRIVATE_UMASK, files_of, lock_of, make_private, real_file
from bot.database.outages import DatabaseUnfit, explained
from bot.jobs.errors import trouble_of
from bot.observing.health import HealthNotServed
from bot.observing.logs import configure_logging
from bot.worker import run_worker

log = structlog.get_logger("bot")

M_ARENA_MAX: Final = -8  # of <malloc.h>
ARENAS: Final = 2
ENV_FILE: Final = Path(".env")
NOT_LET_IN: Final = "Discord rejected DISCORD_TOKEN. Set it to a new token from the developer portal's Bot page"


class AlreadyRunning(Exception):
    """Another process works on this SQLite database."""


def run() -> None:
    """Run the bot until SIGINT or SIGTERM."""
    bound_memory()
    settings = read_settings()
    log_as_set(settings)
    _begin(settings)
    with _told_why_not_started(settings), sole_on(settings.database_file):
        asyncio.run(run_bot(settings))
    _leave()


def worker() -> None:
    """Drive jobs without a connection to the gateway, beside the `run` of others on the same PostgreSQL."""
    bound_memory()
    settings = read_settings()
    log_as_set(settings)
    if settings.database_file is not None:
        give_up("a worker needs PostgreSQL. Set DATABASE_URL to postgresql://…")
    _begin(settings)
    with _told_why_not_started(settings):
        asyncio.run(run_worker(settings))
    _leave()


def bound_memory() -> None:
    """Have all threads take memory from two heaps: glibc would give each its own, which keeps what it once needed."""
    with suppress(OSError, AttributeError):  # of another libc
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


@contextmanager
def _told_why_not_started(settings: Settings) -> Generator[None]:
    """End with a sentence for what keeps the bot from running, or ended it permanently."""
    try:
        yield
    except (
        AlreadyRunning,
        HealthNotServed,
        DatabaseUnfit,
        discord.DiscordException,
        SQLAlchemyError,
        aiohttp.ClientError,
        OSError,
    ) as error:
        log.debug("gave_up", exc_info=error)
        give_up(_why(error, settings))


def _why(error: Exception, settings: Settings) -> str:
    match error:
        case AlreadyRunning():
            return "another bot is already running on this DATABASE_URL. Stop it first"
        case discord.LoginFailure() | discord.ConnectionClosed(code=4004):
            return NOT_LET_IN
        case discord.PrivilegedIntentsRequired() | discord.ConnectionClosed(code=4013 | 4014):
            return "Discord refused the GUILDS intent, which the bot needs. Check that DISCORD_TOKEN is this bot's"
        case discord.ConnectionClosed(code=4010 | 4011):
            return "Discord requires other shards. Leave SHARD_COUNT and SHARD_IDS empty to follow its advice"
        case discord.ConnectionClosed():
            return f"Discord closed the connection permanently (code {error.code}). Run `python -m bot check`"
        case HealthNotServed():
            return f"the bot can't listen on HTTP_HOST and HTTP_PORT ({error}). Set another HTTP_PORT, or 0 for none"
        case SQLAlchemyError() | DatabaseUnfit():
            return explained(error, settings.database_url)
        case _:
            return f"the bot couldn't start ({type(error).__name__}). Run `python -m bot check` to find out why"


@contextmanager
def sole_on(file: Path | None) -> Generator[None]:
    """Keep a second process from an SQLite database, by whatever path it comes; raises `AlreadyRunning`.

    A server is made for many.
    """
    if file is None:
        yield
        return
    file = real_file(file)
    lock = lock_of(file)
    with ExitStack() as held:
        try:
            lock.parent.mkdir(parents=True, exist_ok=True)
            handle = held.enter_context(lock.open("ab"))
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # to the end of the process, however it ends
            make_private(lock, *files_of(file))
        except BlockingIOError:
            raise AlreadyRunning from None
        except OSError as error:
            locked = (
                f"database's lock file, {lock}" if os.access(lock, os.F_OK) else f"database's folder, {lock.parent}"
            )
            give_up(f"the {locked}, isn't writable ({error.strerror}). Give it to the bot's user")
        yield


def _begin(settings: Settings) -> None:
    """Say what is odd, and give up before anything is asked for that could not be delivered for want of a folder."""
    log.info("starting", version=VERSION)
    for name, meant in unknown_names().items():
        log.warning("setting_unknown", name=name, meant=meant)
    for trouble in env_file_troubles(ENV_FILE):
        log.warning("settings_not_read", error=trouble)
    if ENV_FILE.is_file() and ENV_FILE.stat().st_mode & READABLE:
        log.warning("secrets_readable", file=str(ENV_FILE), mend=f"chmod 600 {ENV_FILE}")
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder) as file:
            file.write(b"written")
        make_private(folder)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:  # which is waited for
            log.warning("machine_in_trouble", error=trouble_of(error))
            return
        give_up(f"DATA_DIR {folder} isn't writable ({error.strerror}). Give it to the bot's user, or set another")


def read_settings() -> Settings:
    os.umask(PRIVATE_UMASK)  # whatever a command writes is for the bot's user alone
    try:
        return load_settings()
    except SettingsError as error:
        for problem in error.problems:
            say(problem)
        for name, meant in unknown_names(ENV_FILE).items():
            say(f"{name} isn't a setting. If you mean {meant}, rename it.")
        for trouble in env_file_troubles(ENV_FILE):
            say(f"{trouble}.")
        say("Fix this in .env or the environment. .env.example lists every setting.")
        raise SystemExit(1) from None


def log_as_set(settings: Settings, *, level: str | None = None) -> None:
    configure_logging(
        level=level or settings.log_level,
        form=settings.log_format,
        secrets=settings.secrets,
        log_prompts=settings.log_prompts,
    )


def _leave() -> NoReturn:
    """End the process at once, with status 0.

    Everything is closed and saved; taking the interpreter apart would cost seconds of a stop on a busy machine.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def give_up(sentence: str) -> NoReturn:
    say(f"{sentence[0].upper()}{sentence[1:]}.")
    raise SystemExit(1)


def say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
