"""Fetches files from allowed hosts to disk, whole or not at all."""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import aiohttp
import stamina
from aiohttp import hdrs
from aiohttp.abc import AbstractResolver
from yarl import URL

from bot.media.errors import FetchFailed, FetchGone, FetchRefusal, FetchRefused
from bot.media.hosts import AllowedHosts, GuardedResolver, parse_url, where

MAX_REDIRECTS = 3
CHUNK = 256 * 1024  # bytes gathered before a thread writes them
TIMEOUT = aiohttp.ClientTimeout(total=120, sock_connect=10, sock_read=30)  # seconds, for each attempt
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PASSING = frozenset({408, 425, 429})  # the refusals that time mends


class PartFile:
    """The bytes so far of a file to be, in a temporary file beside it.

    Its methods block, so they run in threads, one at a time: a cancelled task leaves its thread running,
    and `discard` waits for that. After `discard` nothing is written.
    """

    def __init__(self, destination: Path) -> None:
        self._destination = destination
        self._lock = Lock()
        self._hash = hashlib.sha256()
        self.size = 0  # bytes
        handle, name = tempfile.mkstemp(prefix=f".{destination.name}.", suffix=".part", dir=destination.parent)
        self._path = Path(name)
        self._file = os.fdopen(handle, "wb")

    def write(self, chunk: bytes | bytearray) -> None:
        """Append a chunk; OSError if the disk does not take it."""
        with self._lock:
            self._file.write(chunk)
            self._hash.update(chunk)
            self.size += len(chunk)

    def commit(self, *, lasting: bool = False) -> str:
        """Give the file its name, `lasting` through a power cut, and return its SHA-256 in hex."""
        with self._lock:
            self._file.flush()
            if lasting:
                os.fsync(self._file.fileno())
            self._file.close()
            self._path.replace(self._destination)
            if lasting:
                _sync_folder(self._destination.parent)
            return self._hash.hexdigest()

    def discard(self) -> None:
        """Remove what is there so far; what `commit` has finished stays."""
        with self._lock:
            try:
                self._file.close()
            finally:
                self._path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make a rename within a folder lasting, as fsync(2) asks for."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    size: int  # bytes
    content_type: str | None  # as the server says, without parameters: a hint, not a fact
    sha256: str  # hex


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often a failed fetch is tried in all, and the waits between, in seconds."""

    attempts: int = 4
    wait_initial: float = 0.5
    wait_max: float = 8.0
    wait_jitter: float = 0.5


def open_fetch_session(
    hosts: AllowedHosts,
    *,
    resolver: AbstractResolver | None = None,
    timeout: aiohttp.ClientTimeout = TIMEOUT,
) -> aiohttp.ClientSession:
    """Make the session for a `Fetcher`: no proxy of the environment, no cookies, names resolved under guard.

    Bodies stay as sent, so that a small answer cannot unpack into a large file. To be closed by the caller.
    """
    guard = GuardedResolver(hosts, resolver or aiohttp.ThreadedResolver())
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=guard),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={hdrs.ACCEPT_ENCODING: "identity"},
        auto_decompress=False,
        trust_env=False,
        timeout=timeout,
    )


@asynccontextmanager
async def open_fetcher(hosts: AllowedHosts) -> AsyncGenerator["Fetcher"]:
    """Open a session for a fetcher of files from these hosts."""
    async with open_fetch_session(hosts) as session:
        yield Fetcher(session, hosts)


class Fetcher:
    """Fetches files from allowed hosts, some at a time, the rest waiting their turn."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        hosts: AllowedHosts,
        *,
        patience: Patience | None = None,
        concurrency: int = 16,
    ) -> None:
        self._session = session
        self._hosts = hosts
        self._patience = patience or Patience()
        self._turns = asyncio.Semaphore(concurrency)  # bounds memory: some 2.5 MB for each

    async def fetch(self, url: str, destination: Path, *, max_bytes: int, lasting: bool = False) -> Fetched:
        """Bring the file at `url` to `destination`, which holds the whole file or what it held before.

        Raises FetchRefused, FetchGone, or, after retries, FetchFailed; OSError if the disk does not take it.
        """
        target = parse_url(url)
        if target is None or not self._hosts.allows(target):
            raise FetchRefused(where(target) if target else "a malformed URL", FetchRefusal.HOST_NOT_ALLOWED)
        patience = self._patience
        # A context, for the decorator would hand the URL, signature and all, to the log of retries.
        async for attempt in stamina.retry_context(
            on=FetchFailed,
            attempts=patience.attempts,
            timeout=None,
            wait_initial=patience.wait_initial,
            wait_max=patience.wait_max,
            wait_jitter=patience.wait_jitter,
        ):
            with attempt:
                async with self._turns:
                    return await self._attempt(target, destination, max_bytes, lasting=lasting)
        raise AssertionError("the last attempt returns or raises")

    async def _attempt(self, target: URL, destination: Path, max_bytes: int, *, lasting: bool) -> Fetched:
        try:
            for _ in range(MAX_REDIRECTS + 1):
                async with self._session.get(target, allow_redirects=False) as response:
                    if response.status not in _REDIRECTS:
                        _check(response, max_bytes)
                        return await _save(response, destination, max_bytes, lasting=lasting)
                    target = self._follow(response)
        except (aiohttp.ClientError, TimeoutError) as error:
            # Not as the cause: some of aiohttp's errors show the whole URL, signature and all.
            raise FetchFailed(where(target), type(error).__name__) from None
        raise FetchRefused(where(target), FetchRefusal.TOO_MANY_REDIRECTS)

    def _follow(self, response: aiohttp.ClientResponse) -> URL:
        """Judge the target of a redirect as the first URL was."""
        location = parse_url(response.headers.get(hdrs.LOCATION, ""))
        if location is None or not location:
            raise FetchFailed(where(response.url), f"HTTP {response.status} without a readable Location")
        target = response.url.join(location)
        if not self._hosts.allows(target):
            raise FetchRefused(where(target), FetchRefusal.REDIRECTED_ELSEWHERE)
        return target


def _check(response: aiohttp.ClientResponse, max_bytes: int) -> None:
    """Raise unless the head of a response promises a whole file of at most `max_bytes` bytes."""
    place = where(response.url)
    if 400 <= response.status < 500 and response.status not in _PASSING:  # noqa: PLR2004 - HTTP's own classes
        raise FetchGone(place, response.status)
    if response.status != 200:  # noqa: PLR2004 - HTTP's own
        raise FetchFailed(place, f"HTTP {response.status}")
    if response.headers.get(hdrs.CONTENT_ENCODING, "identity").lower() != "identity":
        raise FetchFailed(place, "encoded although asked not to be")
    if response.content_length is not None and response.content_length > max_bytes:
        raise FetchRefused(place, FetchRefusal.TOO_LARGE)


async def _save(response: aiohttp.ClientResponse, destination: Path, max_bytes: int, *, lasting: bool) -> Fetched:
    """Write a body chunk by chunk, in threads, holding one chunk in memory."""
    # Made here and not in a thread, where a cancellation would lose it; it takes microseconds.
    part = PartFile(destination)
    try:
        async for chunk in _chunks(response, max_bytes):
            await asyncio.to_thread(part.write, chunk)
        sha256 = await asyncio.to_thread(part.commit, lasting=lasting)
    except BaseException:
        await asyncio.to_thread(part.discard)
        raise
    content_type = response.content_type if hdrs.CONTENT_TYPE in response.headers else None
    return Fetched(size=part.size, content_type=content_type, sha256=sha256)


async def _chunks(response: aiohttp.ClientResponse, max_bytes: int) -> AsyncIterator[bytearray]:
    """Gather a body into chunks, and stop at the first byte over `max_bytes`."""
    received = 0
    chunk = bytearray()
    async for data in response.content.iter_any():
        received += len(data)
        if received > max_bytes:
            raise FetchRefused(where(response.url), FetchRefusal.TOO_LARGE)
        chunk += data
        if len(chunk) >= CHUNK:
            yield chunk
            chunk = bytearray()
    if chunk:
        yield chunk
