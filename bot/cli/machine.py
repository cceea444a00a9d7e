"""`bot check`, this machine's part: settings, files, database, memory, disk, port and clock, which it only reads."""

import errno
import os
import shutil
import socket
from collections.abc import AsyncGenerator, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.config import READABLE, Settings, env_file_troubles, ignored_proxy, unknown_names
from bot.database.engine import make_sure_of
from bot.database.files import files_of, lock_of, open_as_it_is, real_file
from bot.database.outages import MAY_NOT_CREATE, DatabaseUnfit, explained
from bot.database.schema import FROM_LATER, revisions
from bot.jobs.prices import Price, Prices
from bot.operator.notices import NoticeKind, OperatorNotices
from bot.operator.words import notice_sentence
from bot.ui.formats import dollars

GUIDE: Final = "docs/operators.md"
MIB: Final = 1 << 20
LEAST_MEMORY: Final = 512 * MIB  # of the machine, or of the bot's share of it: some 140 idle, and 300 for images
LARGE_MEMORY: Final = 640 * MIB  # the same with the largest HEIC photos, which take 450
KEPT_BY_KERNEL: Final = 8  # a machine has an eighth less than it is sold with
LEAST_DISK: Final = 1024 * MIB  # free: the videos being worked on, and room for the database to grow
FARTHEST_CLOCK: Final = timedelta(seconds=30)  # more than a slow answer and Discord's own clock explain
ANSWERS_WITHIN: Final = 2.0  # seconds for the program on our port to say what it is
# Where a container's limit stands; the first that is there counts.
CGROUP_LIMITS: Final = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
MEMORY_INFO: Final = Path("/proc/meminfo")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """One line of the report. `vital`: the bot could not work with it being wrong.

    `see` names the section of the operators' guide that says more, as its anchor.
    """

    ok: bool
    subject: str
    words: str
    see: str
    vital: bool = True

    @property
    def mark(self) -> str:
        return "ok" if self.ok else "FAIL" if self.vital else "note"

    @property
    def line(self) -> str:
        more = "" if self.ok else f" [{self.where}]"
        return f"{self.subject}: {self.words}{more}"

    @property
    def where(self) -> str:
        return f"{GUIDE}#{self.see}"

    def for_machines(self) -> dict[str, Any]:
        return {**asdict(self), "see": self.where}


def note(subject: str, words: str, see: str) -> ReportLine:
    """Return a finding that does not stop the bot."""
    return ReportLine(ok=False, vital=False, subject=subject, words=words, see=see)


async def check_machine(settings: Settings, env_file: Path = Path(".env")) -> AsyncGenerator[ReportLine]:
    """Look at everything that needs no one else's answer; what is right and not worth a line has none."""
    for finding in (*env_file_findings(env_file), *unknown_findings(env_file), *proxy_findings(ignored_proxy())):
        yield finding
    async for finding in check_database(settings):
        yield finding
    yield folder_finding(settings.data_dir)
    for finding in (*disk_findings(free_disk(settings)), *memory_findings(memory_limit())):
        yield finding
    async for finding in check_port(settings):
        yield finding


def env_file_findings(env_file: Path) -> Iterable[ReportLine]:
    if env_file.is_file() and env_file.stat().st_mode & READABLE:
        words = f"other users can read {env_file.name}, which holds secrets. Run `chmod 600 {env_file.name}`"
        yield note("settings", words, "the-settings")
    for trouble in env_file_troubles(env_file):
        yield note("settings", trouble, "the-settings")


def unknown_findings(env_file: Path) -> Iterable[ReportLine]:
    for name, meant in unknown_names(env_file).items():
        words = f"{name} isn't a setting, so it has no effect. If you mean {meant}, rename it"
        yield note("settings", words, "the-settings")


def proxy_findings(name: str | None) -> Iterable[ReportLine]:
    if name is not None:
        words = f"{name} is set, but the bot doesn't use proxies. Let this machine reach Discord and Segmind directly"
        yield note("network", words, "the-network")


async def check_database(settings: Settings) -> AsyncGenerator[ReportLine]:
    """Look into the database as it is, and at what the running bot has noted there for its operator."""

    def found(words: str, *, ok: bool) -> ReportLine:
        return ReportLine(ok=ok, subject="database", words=words, see="the-database")

    file = settings.database_file
    try:
        if file is not None and (settled := _file_finding(file)) is not None:
            yield settled
            return
        async with open_as_it_is(settings.database_url) as database:
            words, ok = await _state_of(database)
            yield found(words, ok=ok)
            if ok:
                async for finding in _noted(database):
                    yield finding
                async for finding in _prices(database, settings):
                    yield finding
    except (SQLAlchemyError, DatabaseUnfit, OSError) as error:
        yield found(explained(error, settings.database_url), ok=False)


def _file_finding(file: Path) -> ReportLine | None:
    """Tell of a file that is not there yet, or that cannot be written to; None for one to look into.

    Raises `DatabaseUnfit` and `OSError`.
    """
    real = real_file(file)
    if not real.exists():
        folder = _nearest(file.parent)
        ok = folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
        words = (
            f"new and empty. The bot creates {file} at its first start. If you already have one, correct DATABASE_URL"
            if ok
            else f"{file} doesn't exist, and {_named(folder)} isn't writable. Give the folder to the bot's user"
        )
        return ReportLine(ok=ok, subject="database", words=words, see="the-database")
    needed = (*files_of(real), lock_of(real), real.parent) if real.is_file() else ()
    locked = [path for path in needed if path.exists() and not os.access(path, os.R_OK | os.W_OK)]
    if not locked:
        return None
    words = f"{_named(locked[0])} isn't writable. Give it to the bot's user"
    return ReportLine(ok=False, subject="database", words=words, see="the-database")


async def _state_of(database: AsyncEngine) -> tuple[str, bool]:
    """Say what a database is like, and whether the bot can work with it; raises `DatabaseUnfit`."""
    async with database.connect() as connection:
        version = await make_sure_of(connection)
        if version:
            await _make_sure_it_can_be_written(connection)
        named = f"PostgreSQL {version}, " if version else ""
        try:
            revision = await connection.scalar(text("SELECT version_num FROM alembic_version"))
        except DBAPIError as error:
            if "alembic_version" not in str(error.orig):
                raise
            return f"{named}new and empty. The bot creates its tables at its first start", True
    known = revisions()
    if revision == known[-1]:
        return f"{named}schema up to date", True
    if revision in known:
        return f"{named}from an older version. The bot updates it at its next start", True
    raise DatabaseUnfit(FROM_LATER)


async def _make_sure_it_can_be_written(connection: AsyncConnection) -> None:
    asked = "SELECT current_setting('transaction_read_only'), has_schema_privilege(current_schema(), 'CREATE')"
    read_only, may_create = (await connection.execute(text(asked))).one()
    if read_only == "on":
        raise DatabaseUnfit("PostgreSQL is read-only there, as on a standby. Name the server that accepts writes")
    if not may_create:
        raise DatabaseUnfit(f"its user {MAY_NOT_CREATE}")


async def _noted(database: AsyncEngine) -> AsyncGenerator[ReportLine]:
    """Show the notices to the operator that are still open."""
    try:
        notices = await OperatorNotices(database).current(*NoticeKind)
    except SQLAlchemyError:  # of an older schema
        return
    for notice in notices:
        yield note("noted", notice_sentence(notice), "what-the-bot-has-noted")


async def _prices(database: AsyncEngine, settings: Settings) -> AsyncGenerator[ReportLine]:
    """Show what is configured and what was charged."""
    try:
        prices = await Prices(database, settings.offer).all()
    except SQLAlchemyError:  # of an older schema
        return
    for price in prices:
        yield price_finding(price)


def price_finding(price: Price) -> ReportLine:
    """Tell what is configured, what Segmind charged recently, and whether the two differ notably."""
    charged = "nothing charged yet" if price.charged is None else f"Segmind charged up to {dollars(price.charged)}"
    words = f"{price.model}, {price.duration} s: {dollars(price.configured)} configured, {charged}"
    words += ". Set PRICES_USD to match" if price.differs else ""
    return ReportLine(ok=not price.differs, subject="price", words=words, see="the-prices", vital=False)


def folder_finding(folder: Path) -> ReportLine:
    """See whether the folder for the files being worked on can be written to, or made."""
    there = _nearest(folder)
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        words = f"DATA_DIR {folder}: {_named(there)} isn't writable. Give it to the bot's user"
        return ReportLine(ok=False, subject="data folder", words=words, see="the-data-folder")
    words = str(folder) if folder.is_dir() else f"{folder}, created at the first start"
    return ReportLine(ok=True, subject="data folder", words=words, see="the-data-folder")


def _named(path: Path) -> Path:
    """Return a path as it is written in settings: from here, where it lies below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) and path != here else path


def _nearest(folder: Path) -> Path:
    """Return a folder, or what is there of the way to it."""
    return next(path for path in (folder.absolute(), *folder.absolute().parents) if os.access(path, os.F_OK))


def free_disk(settings: Settings) -> int:
    """Return the bytes that are free on the fuller of two disks: the database's, and the data folder's."""
    folders = [settings.data_dir, *([settings.database_file.parent] if settings.database_file else [])]
    return min(shutil.disk_usage(_nearest(folder)).free for folder in folders)


def disk_findings(free: int) -> Iterable[ReportLine]:
    if free < LEAST_DISK:
        words = f"{free // MIB} MB of disk space is free. Videos and the database need at least {LEAST_DISK // MIB} MB"
        yield note("disk", words, "the-machine")


def memory_limit() -> int | None:
    """Return the bytes of memory that this process can use, as its container or machine limits it; None if unknown."""
    known: list[int] = []
    with suppress(OSError, ValueError):
        known.append(next(int(line.split()[1]) << 10 for line in _lines(MEMORY_INFO) if line.startswith("MemTotal")))
    for file in CGROUP_LIMITS:
        with suppress(OSError, ValueError):  # "max" is no limit
            known.append(int(file.read_text(encoding="ascii")))
            break
    return min(known, default=None)


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="ascii").splitlines()


def memory_findings(limit: int | None) -> Iterable[ReportLine]:
    if limit is not None and limit < LEAST_MEMORY - LEAST_MEMORY // KEPT_BY_KERNEL:
        words = (
            f"{limit // MIB} MB of memory is too little. Give the bot at least {LEAST_MEMORY // MIB} MB, "
            f"or {LARGE_MEMORY // MIB} MB for large HEIC photos"
        )
        yield note("memory", words, "the-machine")


def clock_findings(asked: str, ahead: timedelta | None) -> Iterable[ReportLine]:
    """Hold this machine's clock against the one of a service that was asked; `ahead` is negative for a slow one."""
    if ahead is not None and abs(ahead) > FARTHEST_CLOCK:
        seconds = round(abs(ahead).total_seconds())
        way = "ahead of" if ahead > timedelta() else "behind"
        words = f"this machine's clock is {seconds:,} seconds {way} {asked}'s. Set it over the network (NTP)"
        yield note("clock", words, "the-clock")


def ahead_of(theirs: datetime | None, now: datetime) -> timedelta | None:
    return None if theirs is None else now - theirs


async def check_port(settings: Settings) -> AsyncGenerator[ReportLine]:
    """See whether the port of `/healthz` is free, or is the running bot's own."""
    host, port = settings.http_host, settings.http_port
    words = None if port == 0 else _port_trouble(host, port)
    if words is not None and await _is_ours(host, port):
        yield ReportLine(ok=True, subject="port", words=f"{port}: the bot is running", see="the-port")
    elif words is not None:
        yield ReportLine(ok=False, subject="port", words=words, see="the-port")


def _port_trouble(host: str, port: int) -> str | None:
    """Try to use a port; say why that cannot be, and what to do."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except OSError as error:
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            return f"HTTP_HOST {host} isn't an address of this machine. Set it to 127.0.0.1, or to 0.0.0.0 for all"
        if error.errno == errno.EACCES:
            return f"the bot's user can't use port {port}. Set HTTP_PORT to 1024 or more, or 0 for none"
        return f"another program uses port {port} of {host}. Set another HTTP_PORT, or 0 for none"
    return None


async def _is_ours(host: str, port: int) -> bool:
    here = "127.0.0.1" if host in {"0.0.0.0", ""} else "::1" if host == "::" else host  # noqa: S104 - as a setting names it
    named = f"[{here}]" if ":" in here else here
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWERS_WITHIN)) as session,
            session.get(f"http://{named}:{port}/healthz") as answer,
        ):
            told = await answer.json()
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return False
    return isinstance(told, dict) and "status" in told
