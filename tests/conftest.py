"""What tests of every kind can ask for."""

from collections.abc import AsyncGenerator, Generator

import hypothesis
import pytest

from tests.support.postgres import LocalPostgres, running_postgres


def pytest_configure() -> None:
    """Let an example take its time: how long one takes on a busy machine says nothing about the code."""
    hypothesis.settings.register_profile("patient", deadline=None)
    hypothesis.settings.load_profile("patient")


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
