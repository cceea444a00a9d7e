"""The command line: `--version`, `run`, `worker`, `check`, `invite`, `jobs`, `job`, `migrate`, `backup`."""

import asyncio
import json
import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import aiohttp
import discord
import structlog
import typer
from rich.console import Console
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot import VERSION, processes
from bot.cli.check import NOT_REACHED, ReportLine, application_id_of, invitation, look_at_all
from bot.cli.jobs import NoSuchJob, read_job, read_jobs, retry_job
from bot.config import Settings, checked_database, file_of
from bot.database.files import PRIVATE_UMASK, BackupRefused, back_up, real_file
from bot.database.outages import DatabaseUnfit, explained, is_away, is_known, reason
from bot.database.transfer import TransferRefused, transfer
from bot.jobs.clock import SystemClock
from bot.jobs.states import State
from bot.observing.logs import configure_logging
from bot.processes import ENV_FILE, NOT_LET_IN, AlreadyRunning, give_up, log_as_set, read_settings, sole_on

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
log = structlog.get_logger("bot")

COLORS: Final = {"ok": "green", "note": "yellow", "FAIL": "red"}  # of the marks of `check`


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"Reelcast {VERSION}")
        raise typer.Exit


@app.callback()
def options(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Run and manage Reelcast, a Discord bot."""


@app.command()
def run() -> None:
    """Run the bot until SIGINT or SIGTERM."""
    processes.run()


@app.command()
def worker() -> None:
    """Process jobs without a gateway connection. Needs a `run` process on the same PostgreSQL database."""
    processes.worker()


@app.command()
def check(*, as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False) -> None:
    """Check the configuration and report each result. Changes nothing. Exits with 1 if the bot can't run."""
    console = Console(highlight=False)

    async def report() -> list[ReportLine]:
        findings: list[ReportLine] = []
        async for finding in look_at_all(ENV_FILE, ready=partial(log_as_set, level="CRITICAL")):
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
    application_id: Annotated[
        int | None, typer.Option(min=1, help="The bot's application ID (default: ask Discord).")
    ] = None,
    *,
    automod: Annotated[
        bool, typer.Option("--automod", help="Add Manage Server, so that AutoMod rules apply to prompts.")
    ] = False,
) -> None:
    """Print the link that invites the bot, with only the permissions it needs."""
    if application_id is None:
        settings = read_settings()
        log_as_set(settings, level="ERROR")
        try:
            application_id = asyncio.run(application_id_of(settings))
        except discord.LoginFailure:
            give_up(NOT_LET_IN)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            give_up(f"{NOT_REACHED} ({type(error).__name__}). Check this machine's network")
    typer.echo(invitation(application_id, automod=automod))


@app.command()
def migrate(
    source: Annotated[str, typer.Option("--from", metavar="URL", help="The database to copy from.")],
    target: Annotated[
        str | None, typer.Option("--to", metavar="URL", help="The empty database to copy to (default: DATABASE_URL).")
    ] = None,
) -> None:
    """Copy a database to an empty one, like sqlite:///data/reelcast.db to postgresql://…. Stop the bot first."""
    source, target = (_database_url(url) for url in (source, target or read_settings().database_url))
    os.umask(PRIVATE_UMASK)
    secrets = [password for url in (source, target) if (password := make_url(url).password)]
    configure_logging(level="ERROR", form="console", secrets=secrets)
    try:
        if len({real_file(file) if (file := file_of(url)) else url for url in (source, target)}) == 1:
            give_up("nothing was copied: --from and --to are the same database. Name an empty one")
        with sole_on(file_of(source)), sole_on(file_of(target)):
            copied = asyncio.run(transfer(source, target))
    except TransferRefused as refusal:
        give_up(f"nothing was copied: {refusal}")
    except AlreadyRunning:
        give_up("nothing was copied: a bot is running on one of the databases. Stop it first")
    except DatabaseUnfit as error:
        give_up(f"nothing was copied: a database can't be used: {error}")
    except (SQLAlchemyError, OSError) as error:
        log.debug("transfer_failed", exc_info=error)
        give_up(f"nothing was copied: a database can't be used: {reason(error).removesuffix('.')}")
    for each in copied:
        typer.echo(f"{each.table}: {each.rows} rows, counted on both sides")


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="The file to create.")]) -> None:
    """Copy the SQLite database to a new file. The bot can keep running."""
    database = read_settings().database_file
    if database is None:
        give_up("this command copies SQLite databases only. For PostgreSQL, use pg_dump")
    try:
        size = back_up(database, file)
    except BackupRefused as refusal:
        give_up(f"no backup was made: {refusal}")
    except (sqlite3.Error, OSError) as error:
        give_up(f"no backup was made: {error}")
    typer.echo(f"{file}: {size:,} bytes")


@app.command()
def jobs(
    state: Annotated[
        list[State] | None, typer.Option(help="Show only jobs in this state. Can be given several times.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many jobs to list.")] = 20,
) -> None:
    """List the newest jobs. Works whether the bot runs or not."""
    settings = read_settings()
    log_as_set(settings, level="ERROR")
    with _told_why_not_read(settings):
        rows = asyncio.run(read_jobs(settings.database_url, state or (), at_most=limit))
    for row in rows:
        typer.echo("  ".join(row).rstrip())


@app.command()
def job(
    job_id: Annotated[int, typer.Argument(metavar="ID", help="The job's ID, from the log or `jobs`.")],
    *,
    retry: Annotated[
        bool, typer.Option("--retry", help="Follow the generation or post the video again, at no cost.")
    ] = False,
) -> None:
    """Show one job. With --retry, the running bot resumes it."""
    settings = read_settings()
    log_as_set(settings, level="ERROR")
    try:
        with _told_why_not_read(settings):
            if retry:
                typer.echo(asyncio.run(retry_job(settings.database_url, job_id, SystemClock())))
                return
            facts = asyncio.run(read_job(settings.database_url, job_id))
    except NoSuchJob:
        give_up(f"there's no job {job_id}. `python -m bot jobs` lists the newest")
    width = max(len(name) for name, _ in facts)
    for name, value in facts:
        typer.echo(f"{name:{width}}  {value}")


@contextmanager
def _told_why_not_read(settings: Settings) -> Generator[None]:
    try:
        yield
    except DatabaseUnfit as error:
        give_up(explained(error, settings.database_url))
    except (SQLAlchemyError, OSError) as error:
        log.debug("not_read", exc_info=error)
        if isinstance(error, OSError) or is_away(error) or is_known(error):
            give_up(explained(error, settings.database_url))
        give_up("the database of DATABASE_URL can't be read. Start this version of the bot on it once, then try again")


def _database_url(url: str) -> str:
    try:
        return checked_database(url)
    except ValueError:
        give_up("a database URL looks like sqlite:///data/reelcast.db or postgresql://user:password@host/database")
