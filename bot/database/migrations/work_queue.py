"""The tables and functions of procrastinate, which hands jobs out to processes on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from procrastinate.schema import SchemaManager
from sqlalchemy import Column, Connection, MetaData, String, Table, insert, select

# What an interrupted migration has done already; it is dropped together with the last step.
_DONE: Final = Table("reelcast_work_queue_scripts", MetaData(), Column("name", String(100), primary_key=True))


def migrate_work_queue(connection: Connection, *, after: str, until: str) -> None:
    """Run procrastinate's own migrations of the releases after one and until another, like `03.10`.

    All that ever were come with each release, named by the release that brought them: a schema that a revision of
    ours made is the same with every later procrastinate.

    Each script has a transaction of its own, beside the caller's: before PostgreSQL 17 a value added to an enum cannot
    be used in the transaction that adds it. An interrupted migration goes on with the first script that is not done.
    """
    with connection.engine.connect() as own:
        _DONE.create(own, checkfirst=True)
        own.commit()
        done = set(own.scalars(select(_DONE.c.name)))
        own.commit()
        for script in _scripts(after, until):
            if script.name not in done:
                # Without parameters the driver takes a whole script, and leaves its percent signs alone.
                own.exec_driver_sql(script.read_text(encoding="utf-8"), execution_options={"no_parameters": True})
                own.execute(insert(_DONE).values(name=script.name))
                own.commit()
    _DONE.drop(connection)


def _scripts(after: str, until: str) -> Iterator[Path]:
    for script in sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql")):
        if after < script.name[: len(until)] <= until:
            yield script
