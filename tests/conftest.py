"""What tests of every kind can ask for."""

from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import hypothesis
import pytest
import structlog

from tests.support.database import file_url
from tests.support.postgres import LocalPostgres, running_postgres


def pytest_configure() -> None:
    """Let an example take its time, and have logs print exceptions as the bot does.

    How long an example takes on a busy machine says nothing about the code; to draw all variables of a stack, as
    structlog does where nobody has chosen, takes a second or more.
    """
    hypothesis.settings.register_profile("patient", deadline=None)
    hypothesis.settings.load_profile("patient")
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])


@pytest.fixture(scope="session")
def postgres() -> Generator[LocalPostgres]:
    """Give a PostgreSQL server, one for each process of a test run."""
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[str]:
    """Give the address of an empty database of either kind, for what must hold on both."""
    if request.param == "sqlite":
        yield file_url(tmp_path)
        return
    server: LocalPostgres = request.getfixturevalue("postgres")
    async with server.database(migrated=True) as url:
        yield url


@pytest.fixture
async def postgres_url(postgres: LocalPostgres) -> AsyncGenerator[str]:
    """Give the address of an empty database with today's schema."""
    async with postgres.database(migrated=True) as url:
        yield url


@pytest.fixture
async def unmade_postgres_url(postgres: LocalPostgres) -> AsyncGenerator[str]:
    """Give the address of a database with nothing in it: whoever opens it first has to make the tables."""
    async with postgres.database() as url:
        yield url
