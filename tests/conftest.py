"""What tests of every kind can ask for."""

from collections.abc import AsyncGenerator, Generator

import pytest

from tests.support.postgres import LocalPostgres, running_postgres


@pytest.fixture(scope="session")
def postgres() -> Generator[LocalPostgres]:
    """Give a PostgreSQL server, one for each process of a test run."""
    with running_postgres() as server:
        yield server


@pytest.fixture
async def postgres_url(postgres: LocalPostgres) -> AsyncGenerator[str]:
    """Give the address of an empty database."""
    async with postgres.database() as url:
        yield url
