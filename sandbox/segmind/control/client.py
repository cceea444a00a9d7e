"""A small client of the control API, for tests, the demo and pages."""

from collections.abc import Callable, Mapping
from typing import cast

import aiohttp

from sandbox.segmind.reports import FaultSpec, RequestReport, StateReport


class SegmindControl:
    """Speaks to `control_url` of a Segmind sandbox through the caller's `session`.

    Raises aiohttp.ClientResponseError where the sandbox does not take what it is told.
    """

    def __init__(self, control_url: str, session: aiohttp.ClientSession) -> None:
        self._url = control_url
        self._session = session

    async def state(self, *, after: int | None = None) -> StateReport:
        """Report what the sandbox saw; with `after`, once its version is past that (at most 30 s)."""
        query = {} if after is None else {"after": str(after)}
        return cast("StateReport", await self._ask("GET", "state", query=query))

    async def wait_for(self, condition: Callable[[StateReport], bool]) -> StateReport:
        """Follow the state, without polling, until `condition` holds; the caller sets the time limit."""
        state = await self.state()
        while not condition(state):
            state = await self.state(after=state["version"])
        return state

    async def request(self, request_id: str) -> RequestReport:
        """Find one request by its id. Raises KeyError."""
        for report in (await self.state())["requests"]:
            if report["request_id"] == request_id:
                return report
        raise KeyError(request_id)

    async def add_faults(self, *faults: FaultSpec) -> None:
        await self._ask("POST", "faults", body=faults)

    async def clear_faults(self) -> None:
        await self._ask("DELETE", "faults")

    async def configure(self, **settings: object) -> None:
        """Change settings by name (`sandbox.segmind.settings.Settings`), or the balance: `credits=3`."""
        await self._ask("POST", "settings", body=settings)

    async def insert_request(self, body: Mapping[str, object], **options: object) -> list[str]:
        """Make a request of somebody else (`ForeignRequest`'s options); returns its ids."""
        answer = await self._ask("POST", "requests", body={"body": body, **options})
        return cast("dict[str, list[str]]", answer)["request_ids"]

    async def advance(self, seconds: float) -> None:
        """Move the service's clock."""
        await self._ask("POST", "clock", body={"seconds": seconds})

    async def _ask(
        self, method: str, path: str, *, body: object = None, query: Mapping[str, str] | None = None
    ) -> object:
        async with self._session.request(method, f"{self._url}/{path}", json=body, params=query) as response:
            response.raise_for_status()
            return await response.json()
