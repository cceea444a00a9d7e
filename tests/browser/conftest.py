"""What the tests of the page share."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.browser.puppet import Puppet, open_puppet


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def puppet() -> AsyncIterator[Puppet]:
    async with open_puppet() as opened:
        yield opened
