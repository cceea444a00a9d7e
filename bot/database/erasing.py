"""What is deleted leaves the files, too, and not the tables alone."""

from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncEngine

_EMPTY_LOG: Final = "PRAGMA wal_checkpoint(TRUNCATE)"


async def erase_remains(engine: AsyncEngine) -> None:
    """Empty SQLite's write-ahead log, which still has what was there before; the file itself is overwritten by then.

    A process that reads at this moment, such as a backup, keeps the log: the next time that it is emptied will do.
    PostgreSQL reuses the space by itself, in its own time.
    """
    if engine.dialect.name != "sqlite":
        return
    async with engine.connect() as connection:
        raw: Any = await connection.get_raw_connection()
        # Past SQLAlchemy, which would open a transaction, in which nothing can be emptied.
        await (await raw.driver_connection.execute(_EMPTY_LOG)).close()
