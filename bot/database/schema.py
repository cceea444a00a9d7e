"""The schema that the bot works on: its newest revision, and how a database comes to have it.

Alembic is loaded only where there is something to migrate; a process that finds its schema up to date does without.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Column, Connection, MetaData, String, Table, insert, inspect, select

from bot.database.outages import DatabaseUnfit
from bot.database.record_tables import metadata

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS: Final = Path(__file__).parent / "migrations"
REVISION: Final = "alembic_version"  # the table that says how old the schema is
FROM_LATER: Final = "a newer version of Reelcast has used it. Run that version, or restore a backup from before"
# As Alembic makes it.
_REVISIONS: Final = Table(
    REVISION,
    MetaData(naming_convention={"pk": "%(table_name)s_pkc"}),
    Column("version_num", String(32), primary_key=True, nullable=False),
)


def revisions() -> list[str]:
    """Return the revisions that this version knows, oldest first: each migration's file begins with its own."""
    return sorted(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def bring_up_to_date(connection: Connection) -> None:
    """Bring the schema to the newest revision, inside the caller's transaction.

    An empty SQLite file gets the tables as they are today, which a test holds to what the migrations make. Raises
    `DatabaseUnfit` for a database of a later version.
    """
    tables = inspect(connection).get_table_names()
    newest = revisions()[-1]
    if REVISION in tables and connection.scalars(select(_REVISIONS.c.version_num)).all() == [newest]:
        return
    if tables or connection.dialect.name != "sqlite":
        upgrade(connection)
        return
    metadata.create_all(connection, checkfirst=False)
    _REVISIONS.create(connection, checkfirst=False)
    connection.execute(insert(_REVISIONS).values(version_num=newest))


def upgrade(connection: Connection) -> None:
    """Run the migrations that the schema still lacks, as `bring_up_to_date` does."""
    from alembic import command  # noqa: PLC0415 - with Mako and all dialects, which most starts do without
    from alembic.util.exc import CommandError  # noqa: PLC0415

    try:
        command.upgrade(configuration(connection), "head")
    except CommandError as error:
        raise DatabaseUnfit(FROM_LATER) from error


def configuration(connection: Connection) -> Config:
    """Return Alembic's configuration for the migrations, on a connection."""
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
