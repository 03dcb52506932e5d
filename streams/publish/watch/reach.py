"""Whom a watch may ask: public addresses, the feed's own host, and anybody only for a feed on this machine.

A feed is somebody else's text. What it links to or redirects to must not make us ask for what only we can reach:
routers, metadata services, databases on a private network.
"""

import ipaddress
import socket
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult

from readout.streams.errors import InvalidRecord

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class PrivateAddress(OSError):
    """A name leads to an address that may not be asked."""


class Reach:
    """Whom one feed may lead to."""

    def __init__(self, feed: str) -> None:
        """The reach of a feed, by the address that a person typed."""
        self._own = host_of(feed)
        literal = _literal(self._own)
        self._everybody = self._own == "localhost" or bool(literal and literal.is_loopback)

    def check(self, url: str) -> None:
        """Make sure that an address may be asked, as far as its letters tell.

        Raises:
            InvalidRecord: it may not.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise InvalidRecord(f"{url[:200]!r} is no address of the web")
        literal = _literal(host_of(url))
        if literal and not self.allows(host_of(url), str(literal)):
            raise InvalidRecord(f"{url[:200]} leads to a private address: not asked")

    def allows(self, host: str, address: str) -> bool:
        """May this host be asked at this address?"""
        without_scope = address.partition("%")[0]
        return self._everybody or host == self._own or _is_public(ipaddress.ip_address(without_scope))


class GuardedResolver(AbstractResolver):
    """Gives the addresses of a name if all of them may be asked; what is connected to is what was checked."""

    def __init__(self, reach: Reach, resolver: AbstractResolver) -> None:
        self._reach = reach
        self._resolver = resolver

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name.

        Raises:
            PrivateAddress: one of them may not be asked.
        """
        found = await self._resolver.resolve(host, port, family)
        if not all(self._reach.allows(host.casefold(), one["host"]) for one in found):
            raise PrivateAddress(f"{host} leads to a private address")
        return found

    async def close(self) -> None:
        """Let go of the other resolver."""
        await self._resolver.close()


def host_of(url: str) -> str:
    """The host of an address, in lower case; empty if it has none."""
    try:
        return (urlsplit(url).hostname or "").casefold()
    except ValueError:
        return ""


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        # 127.1, 0x7f000001 and 2130706433 are addresses for the system's resolver too.
        return ipaddress.ip_address(socket.inet_aton(host)) if host else None
    except OSError:
        return None


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner:
            return _is_public(inner)
    return address.is_global and not address.is_multicast
