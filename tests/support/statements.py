"""Statements that SQLAlchemy compiles once for a whole test run, and not for each test's engine anew."""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import URL, event
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import LRUCache

MOST: Final = 2_000  # statements


def compiled_once(create: Callable[..., AsyncEngine]) -> Callable[..., AsyncEngine]:
    """Make `create_async_engine` give engines of one server, or of one driver, the same compiled statements.

    To compile the statements takes most tests longer than to run them; a bot that runs for days does it once.
    """
    known: dict[tuple[object, ...], tuple[Dialect, Any]] = {}

    def create_sharing(url: URL, **options: Any) -> AsyncEngine:
        created = create(url, **options)
        engine = created.sync_engine
        server = (url.drivername, url.host, url.port)
        if server in known:
            engine.dialect, engine._compiled_cache = known[server]
        else:
            engine._compiled_cache = LRUCache(MOST)

            def remember(*_: object) -> None:
                known.setdefault(server, (engine.dialect, engine._compiled_cache))

            event.listen(engine, "connect", remember)  # by then SQLAlchemy has asked which version the server has
        return created

    return create_sharing
