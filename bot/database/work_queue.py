"""The tables and functions of procrastinate, which hands jobs out to processes on PostgreSQL."""

from pathlib import Path

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection


def migrate_work_queue(connection: Connection, *, after: str, until: str) -> None:
    """Run procrastinate's own migrations of the releases after one and until another, like `03.10`.

    All that ever were come with each release, named by the release that brought them: a schema that a revision of
    ours made is the same with every later procrastinate.
    """
    for script in sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql")):
        if after < script.name[: len(until)] <= until:
            # Without parameters the driver takes a whole script, and leaves its percent signs alone.
            connection.exec_driver_sql(script.read_text(encoding="utf-8"), execution_options={"no_parameters": True})
