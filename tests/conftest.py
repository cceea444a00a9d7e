"""What tests of every kind can ask for."""

import os
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import ExitStack
from functools import cache, partial
from itertools import chain, groupby
from pathlib import Path

import hypothesis
import pytest
import structlog

from bot.database import engine, locks
from tests.support.database import file_url
from tests.support.postgres import LocalPostgres, majors_under_test, shared_postgres, started_postgres
from tests.support.statements import compiled_once

PATIENT = 120_000  # milliseconds
SERVERS = "REELCAST_TEST_SERVERS"  # the folder of the run's PostgreSQL servers
TESTS = Path(__file__).parent
LONG = ("browser/", "end_to_end/", "unit/benchmarks/", "unit/simulation/", "unit/scripts/")  # seconds to minutes each


def pytest_configure(config: pytest.Config) -> None:
    """Let an example take its time, have logs print exceptions as the bot does, and compile each statement once.

    The processes of a test run share their PostgreSQL servers. The process that started the others stops them.

    How long an example takes on a busy machine says nothing about the code; to draw all variables of a stack, as
    structlog does where nobody has chosen, takes a second or more.
    """
    hypothesis.settings.register_profile("patient", deadline=None)
    hypothesis.settings.load_profile("patient")
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])
    engine.create_async_engine = compiled_once(engine.create_async_engine)
    if not hasattr(config, "workerinput"):
        running = ExitStack()
        os.environ[SERVERS] = str(running.enter_context(shared_postgres()))
        config.add_cleanup(running.close)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each process of a test run a part of the long tests, and those first.

    A process starts with the next even share of the list. If one of them had all long tests, the others would have
    nothing left to do long before it ends.
    """
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    is_long = {item: str(item.path.relative_to(TESTS)).startswith(LONG) for item in items}
    modules = [list(each) for _, each in groupby(filter(is_long.get, items), key=lambda item: item.path)]
    others = [item for item in items if not is_long[item]]
    ordered: list[pytest.Item] = []
    for process in range(processes):
        share = list(chain.from_iterable(modules[process::processes]))
        room = (len(items) - len(ordered)) // (processes - process) - len(share)
        ordered += [*share, *others[: max(0, room)]]
        del others[: max(0, room)]
    items[:] = [*ordered, *others]


@pytest.fixture(scope="session")
def postgres_servers() -> Generator[Callable[[int], LocalPostgres]]:
    """Give a PostgreSQL server of a major version, one of each for the whole test run.

    On a busy machine a test may stand still for longer than a server, or a lock, waits for a process that froze. Tests
    of that set a time of their own.
    """
    patient = {lock: {**waits, "lock_timeout": PATIENT} for lock, waits in locks._PATIENCE.items()}
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(engine, "IDLE_TIMEOUT", PATIENT)
        changed.setattr(engine, "LOCK_TIMEOUT", PATIENT)
        changed.setattr(locks, "_PATIENCE", patient)
        yield cache(partial(started_postgres, Path(os.environ[SERVERS])))


@pytest.fixture(params=majors_under_test(), ids=lambda major: f"postgresql-{major}")
def postgres(request: pytest.FixtureRequest, postgres_servers: Callable[[int], LocalPostgres]) -> LocalPostgres:
    """Give a server of each major version that is tested."""
    return postgres_servers(request.param)


@pytest.fixture(params=[None, *majors_under_test()], ids=lambda major: f"postgresql-{major}" if major else "sqlite")
async def database_url(
    request: pytest.FixtureRequest, tmp_path: Path, postgres_servers: Callable[[int], LocalPostgres]
) -> AsyncGenerator[str]:
    """Give the address of an empty database of every kind, for what must hold on all."""
    if request.param is None:
        yield file_url(tmp_path)
        return
    async with postgres_servers(request.param).database(migrated=True) as url:
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
