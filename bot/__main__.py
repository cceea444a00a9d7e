"""The command line: `python -m bot run`, `worker`, `check`, `invite`, `jobs`, `job`, `migrate`, `backup`."""

import asyncio
import json
import logging
import os
import sqlite3
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated, Final, NoReturn

import aiohttp
import discord
import structlog
import typer
from filelock import FileLock, Timeout
from rich.console import Console
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.app import run as run_bot
from bot.cli.check import ReportLine, application_id_of, invitation, look_at_all
from bot.cli.jobs import NoSuchJob, read_job, read_jobs, retry_job
from bot.cli.machine import READABLE
from bot.config import (
    Settings,
    SettingsError,
    checked_database,
    env_file_troubles,
    file_of,
    load_settings,
    unknown_names,
)
from bot.database.files import PRIVATE_UMASK, BackupRefused, back_up, files_of, make_private, real_file
from bot.database.transfer import TransferRefused, transfer
from bot.database.trouble import DatabaseUnfit, explained, is_away, is_known, reason
from bot.jobs.clock import SystemClock
from bot.jobs.states import State
from bot.observing.health import HealthNotServed
from bot.observing.logs import configure_logging
from bot.worker import run_worker

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Reelcast, a Discord bot."
)
log = structlog.get_logger("bot")

ENV_FILE: Final = Path(".env")
COLORS: Final = {"ok": "green", "note": "yellow", "FAIL": "red"}  # of the marks of `check`
NOT_LET_IN: Final = "Discord does not accept DISCORD_TOKEN; make a new one in the developer portal, page Bot"


@app.command()
def run() -> None:
    """Run the bot until SIGINT or SIGTERM."""
    settings = _settings()
    _configure_logging(settings)
    _begin(settings)
    with _told_why_not_started(settings), _sole_on(settings.database_file):
        asyncio.run(run_bot(settings))
    _leave()


@app.command()
def worker() -> None:
    """Drive jobs without a connection to the gateway, beside the `run` of others on the same PostgreSQL."""
    settings = _settings()
    _configure_logging(settings)
    if settings.database_file is not None:
        _give_up("a worker shares its jobs with others: DATABASE_URL must be postgresql://…")
    _begin(settings)
    with _told_why_not_started(settings):
        asyncio.run(run_worker(settings))
    _leave()


@app.command()
def check(*, as_json: Annotated[bool, typer.Option("--json", help="for machines: a list of findings")] = False) -> None:
    """Say line by line what is right and what is not, and change nothing; status 1 if the bot could not work."""
    console = Console(highlight=False)

    async def report() -> list[ReportLine]:
        findings: list[ReportLine] = []
        async for finding in look_at_all(ENV_FILE, ready=partial(_configure_logging, level="CRITICAL")):
            findings.append(finding)
            if not as_json:
                console.print(f"{finding.mark:4}", style=COLORS[finding.mark], end=" ")
                console.print(finding.line, markup=False, soft_wrap=True)
        return findings

    findings = asyncio.run(report())
    if as_json:
        typer.echo(json.dumps([finding.for_machines() for finding in findings], indent=2))
    if any(finding.vital and not finding.ok for finding in findings):
        raise typer.Exit(1)


@app.command()
def invite(
    application_id: Annotated[int | None, typer.Option(min=1, help="asked of Discord if not given")] = None,
    *,
    automod: Annotated[
        bool, typer.Option("--automod", help="with Manage Server, to apply the server's own AutoMod rules to prompts")
    ] = False,
) -> None:
    """Print the invitation link, with the fewest permissions that serve."""
    if application_id is None:
        settings = _settings()
        _configure_logging(settings, level="ERROR")
        try:
            application_id = asyncio.run(application_id_of(settings))
        except discord.LoginFailure:
            _give_up(NOT_LET_IN)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            _give_up(f"Discord cannot be reached at DISCORD_API_URL ({type(error).__name__})")
    typer.echo(invitation(application_id, automod=automod))


@app.command()
def migrate(
    source: Annotated[str, typer.Option("--from", metavar="URL", help="the database to read")],
    target: Annotated[
        str | None, typer.Option("--to", metavar="URL", help="the empty one to fill; DATABASE_URL if not given")
    ] = None,
) -> None:
    """Copy a whole database to an empty one, like sqlite:///data/reelcast.db to postgresql://…; the bot must be off."""
    source, target = (_database_url(url) for url in (source, target or _settings().database_url))
    os.umask(PRIVATE_UMASK)
    secrets = [password for url in (source, target) if (password := make_url(url).password)]
    configure_logging(level="ERROR", form="console", secrets=secrets)
    try:
        if len({real_file(file) if (file := file_of(url)) else url for url in (source, target)}) == 1:
            _give_up("nothing was copied: the two databases are the same")
        with _sole_on(file_of(source)), _sole_on(file_of(target)):
            copied = asyncio.run(transfer(source, target))
    except TransferRefused as refusal:
        _give_up(f"nothing was copied: {refusal}")
    except Timeout:
        _give_up("nothing was copied: a bot is running on one of the databases; stop it first")
    except DatabaseUnfit as error:
        _give_up(f"nothing was copied: a database cannot be used: {error}")
    except (SQLAlchemyError, OSError) as error:
        log.debug("transfer_failed", exc_info=error)
        _give_up(f"nothing was copied: a database cannot be used: {reason(error).removesuffix('.')}")
    for each in copied:
        typer.echo(f"{each.table}: {each.rows} rows, counted on both sides")


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="the new file to make")]) -> None:
    """Copy the SQLite database to a new file, while the bot runs or not."""
    database = _settings().database_file
    if database is None:
        _give_up("a PostgreSQL database is copied with its own pg_dump")
    try:
        size = back_up(database, file)
    except BackupRefused as refusal:
        _give_up(f"no copy was made: {refusal}")
    except (sqlite3.Error, OSError) as error:
        _give_up(f"no copy was made: {error}")
    typer.echo(f"{file}: {size:,} bytes")


@app.command()
def jobs(
    state: Annotated[list[State] | None, typer.Option(help="only these; may be given several times")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="how many at most")] = 20,
) -> None:
    """List the newest jobs, while the bot runs or not."""
    settings = _settings()
    _configure_logging(settings, level="ERROR")
    with _told_why_not_read(settings):
        rows = asyncio.run(read_jobs(settings.database_url, state or (), at_most=limit))
    for row in rows:
        typer.echo("  ".join(row).rstrip())


@app.command()
def job(
    job_id: Annotated[int, typer.Argument(metavar="ID", help="as the log and `jobs` have it")],
    *,
    retry: Annotated[bool, typer.Option("--retry", help="have it followed or posted again; it never pays")] = False,
) -> None:
    """Tell all of one job; with --retry the bot that runs takes its work up again."""
    settings = _settings()
    _configure_logging(settings, level="ERROR")
    try:
        with _told_why_not_read(settings):
            if retry:
                typer.echo(asyncio.run(retry_job(settings.database_url, job_id, SystemClock())))
                return
            facts = asyncio.run(read_job(settings.database_url, job_id))
    except NoSuchJob:
        _give_up(f"there is no job {job_id}; `jobs` lists the newest")
    width = max(len(name) for name, _ in facts)
    for name, value in facts:
        typer.echo(f"{name:{width}}  {value}")


@contextmanager
def _told_why_not_read(settings: Settings) -> Generator[None]:
    try:
        yield
    except DatabaseUnfit as error:
        _give_up(explained(error, settings.database_url))
    except (SQLAlchemyError, OSError) as error:
        log.debug("not_read", exc_info=error)
        if isinstance(error, OSError) or is_away(error) or is_known(error):
            _give_up(explained(error, settings.database_url))
        _give_up("the database of DATABASE_URL cannot be read: the bot must have been started on it, in this version")


def _database_url(url: str) -> str:
    try:
        return checked_database(url)
    except ValueError:
        _give_up("a database is named like sqlite:///data/reelcast.db or postgresql://user:password@host/database")


@contextmanager
def _told_why_not_started(settings: Settings) -> Generator[None]:
    """End with a sentence for what keeps the bot from running, or ended it for good."""
    try:
        yield
    except (
        Timeout,
        HealthNotServed,
        DatabaseUnfit,
        discord.DiscordException,
        SQLAlchemyError,
        aiohttp.ClientError,
        OSError,
    ) as error:
        log.debug("gave_up", exc_info=error)
        _give_up(_why(error, settings))


def _why(error: Exception, settings: Settings) -> str:
    match error:
        case Timeout():
            return "another bot is already running on this DATABASE_URL"
        case discord.LoginFailure() | discord.ConnectionClosed(code=4004):
            return NOT_LET_IN
        case discord.PrivilegedIntentsRequired() | discord.ConnectionClosed(code=4013 | 4014):
            return "Discord does not let this application connect with the intent that it needs, GUILDS"
        case discord.ConnectionClosed(code=4010 | 4011):
            return "Discord wants other shards: leave SHARD_COUNT and SHARD_IDS empty to take its advice"
        case discord.ConnectionClosed():
            return f"Discord ended the connection for good (code {error.code})"
        case HealthNotServed():
            return f"HTTP_HOST and HTTP_PORT cannot be listened on ({error}); set another HTTP_PORT, or 0 for none"
        case SQLAlchemyError() | DatabaseUnfit():
            return explained(error, settings.database_url)
        case _:
            return f"the bot could not start ({type(error).__name__}); `python -m bot check` tells what is wrong"


@contextmanager
def _sole_on(file: Path | None) -> Generator[None]:
    """Keep a second process from an SQLite database, by whatever path it comes; raises `filelock.Timeout`.

    A server is made for many.
    """
    if file is None:
        yield
        return
    file = real_file(file)
    lock = file.with_suffix(".lock")
    with ExitStack() as held:
        try:
            lock.parent.mkdir(parents=True, exist_ok=True)
            held.enter_context(FileLock(lock, timeout=0))
            make_private(lock, *files_of(file))
        except Timeout:
            raise
        except OSError as error:
            _give_up(f"the folder of the database, {lock.parent}, cannot be written to ({error.strerror})")
        yield


def _begin(settings: Settings) -> None:
    """Say what is odd, and give up before anything is asked for that could not be delivered for want of a folder."""
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
        _give_up(
            f"DATA_DIR {folder} cannot be written to ({error.strerror}). Give it to the bot's user, or name another"
        )


def _settings() -> Settings:
    os.umask(PRIVATE_UMASK)  # whatever a command writes is for the bot's user alone
    try:
        return load_settings()
    except SettingsError as error:
        for problem in error.problems:
            typer.echo(problem, err=True)
        for trouble in env_file_troubles(ENV_FILE):
            typer.echo(f"{trouble}.", err=True)
        typer.echo("Put these right in .env or the environment; .env.example shows every setting.", err=True)
        raise typer.Exit(1) from None


def _configure_logging(settings: Settings, *, level: str | None = None) -> None:
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


def _give_up(sentence: str) -> NoReturn:
    typer.echo(f"{sentence[0].upper()}{sentence[1:]}.", err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    app()
