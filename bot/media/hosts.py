"""Which hosts a file may be fetched from, and which addresses their names may lead to."""

import re
import socket
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Self

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.media.errors import FetchRefusal, FetchRefused

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NAME_LENGTH = 253
_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address


def parse_url(url: str) -> URL | None:
    """Read a URL without touching a byte of it, for signatures cover its exact spelling; None if it is none.

    Only what is not plain ASCII is encoded (IDNA for the host, percent for the rest).
    """
    plain = url.isascii() and url.isprintable() and " " not in url
    try:
        parsed = URL(url, encoded=plain)
        port = parsed.port  # read here, for it is checked only when read
    except ValueError:
        return None
    return None if port == 0 else parsed


def where(url: URL) -> str:
    """Name a URL's host and folder: no query, which may be signed, no userinfo, and no name of a member's file."""
    return f"{url.raw_host or ''}{url.raw_path.rpartition('/')[0]}/…"


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """The hosts that files may be fetched from: `host` or `host:port` each, nothing else.

    A host alone means https on port 443, for loopback plain http on port 80 too. A host with a port means
    http and https on that port.
    """

    _ports: frozenset[tuple[str, int | None]]  # canonical host, and its port if one is named

    @classmethod
    def parse(cls, entries: Iterable[str]) -> Self:
        """Read the entries of a setting; ValueError names the first that is no `host` or `host:port`."""
        return cls(frozenset(_parse_entry(entry) for entry in entries))

    def __str__(self) -> str:
        """Return the entries the way they are written in a setting."""
        return ",".join(sorted(host if port is None else f"{host}:{port}" for host, port in self._ports))

    def __or__(self, other: "AllowedHosts") -> "AllowedHosts":
        return AllowedHosts(self._ports | other._ports)

    def allows(self, url: str | URL) -> bool:
        """Return whether a URL's scheme, host and port may be fetched; userinfo is never allowed."""
        parsed = parse_url(url) if isinstance(url, str) else url
        if parsed is None or parsed.scheme not in _DEFAULT_PORTS or parsed.raw_user or parsed.raw_password:
            return False
        host = _canonical(parsed.raw_host)
        if host is None:
            return False
        if (host, parsed.port) in self._ports:
            return True
        secure = parsed.scheme == "https" or _is_loopback(host)
        return secure and parsed.port == _DEFAULT_PORTS[parsed.scheme] and (host, None) in self._ports

    def admits(self, host: str, address: str) -> bool:
        """Return whether a host of the list may be reached at an address that its name resolved to.

        Public addresses only: a name that its owner, or a forged answer, points into the operator's own
        network opens nothing there. `localhost` may be loopback, and an address stands for itself.
        """
        name = _canonical(host)
        if name is None or not any(name == listed for listed, _ in self._ports):
            return False
        found = ip_address(address)
        if name == "localhost":
            return found.is_loopback
        return name == found.compressed or _is_public(found)


class GuardedResolver(AbstractResolver):
    """Resolve the names of allowed hosts, and refuse those that lead to an address that is not public.

    It guards the very addresses that are connected to, so that a second answer of DNS changes nothing.
    """

    def __init__(self, hosts: AllowedHosts, resolver: AbstractResolver) -> None:
        self._hosts = hosts
        self._resolver = resolver

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        results = await self._resolver.resolve(host, port, family)
        if not all(self._hosts.admits(host, result["host"]) for result in results):
            raise FetchRefused(host, FetchRefusal.PRIVATE_ADDRESS)
        return results

    async def close(self) -> None:
        await self._resolver.close()


def _parse_entry(entry: str) -> tuple[str, int | None]:
    """Read one entry; an IPv6 address may stand with or without brackets."""
    text = entry.strip()
    with suppress(ValueError):
        text = f"[{IPv6Address(text)}]"
    url = None if set(text) & set("/?#@") else parse_url(f"https://{text}")
    host = _canonical(url.raw_host) if url else None
    if url is None or host is None:
        raise ValueError(f"neither a host nor host:port: {entry!r}")
    return host, url.explicit_port


def _canonical(host: str | None) -> str | None:
    """Give a host its one spelling (lower case, no trailing dot, addresses compressed), or None."""
    if not host:
        return None
    name = host.lower().removesuffix(".")
    try:
        return ip_address(name).compressed
    except ValueError:
        return name if len(name) <= _NAME_LENGTH and _NAME.fullmatch(name) else None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    """Return whether an address is one of the public Internet, IPv4 addresses carried within IPv6 included."""
    if isinstance(address, IPv6Address):
        carried = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            carried = IPv4Address(int(address) & 0xFFFF_FFFF)
        if carried is not None:
            return _is_public(carried)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast
