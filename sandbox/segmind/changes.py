"""A counter that grows with every change, and waiting for it."""

import asyncio


class Changes:
    """`version` names a state of the sandbox; whoever saw one can wait for a later one."""

    def __init__(self) -> None:
        self.version = 0
        self._changed = asyncio.Event()

    def note(self) -> None:
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def beyond(self, version: int, *, seconds: float) -> None:
        """Wait until the version is past `version`, at most `seconds` of real time."""
        try:
            async with asyncio.timeout(seconds):
                while self.version <= version:
                    await self._changed.wait()
        except TimeoutError:
            return
