"""Ask for documents politely: only when they have changed, within bounds, and no host twice at a time or often.

Every redirect is checked like a first address. robots.txt is read once an hour and obeyed (RFC 9309), and so are
Crawl-delay and Retry-After.
"""

import asyncio
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from readout.streams.errors import InvalidRecord
from readout.streams.publish.watch.reach import GuardedResolver, PrivateAddress, Reach

AGENT = "readout"
_USER_AGENT = "readout (news as an event log; reads feeds)"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_BUSY = frozenset({429, 503})
_CHUNK_BYTES = 64 * 1024
_ROBOTS_BYTES = 500 * 1024
_ROBOTS_SECONDS = 3600.0
_SHORTEST_HOLD_SECONDS, _LONGEST_HOLD_SECONDS = 60.0, 86_400.0
_TIMEOUT = aiohttp.ClientTimeout(total=60, sock_connect=10)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document: where it was in the end, its bytes, and the encoding that HTTP names."""

    url: str
    data: bytes
    charset: str | None


@dataclass(slots=True)
class _Host:
    """What is known of a host: when it may be asked again, until when it wants none of it, and its robots.txt.

    Times are of the loop's clock.
    """

    free_at: float = 0.0
    held_until: float = 0.0
    robots: RobotFileParser | None = None
    robots_until: float = 0.0


class Fetcher:
    """Asks on behalf of one feed; `async with` ends its connections."""

    def __init__(
        self, feed: str, *, most_bytes: int, delay_seconds: float, resolver: AbstractResolver | None = None
    ) -> None:
        """A fetcher.

        Args:
            feed: the address that a person typed.
            most_bytes: a larger document is refused, compression undone.
            delay_seconds: between requests to one host, unless robots.txt asks for more.
            resolver: of names, for tests.
        """
        self._reach = Reach(feed)
        self._most_bytes = most_bytes
        self._delay_seconds = delay_seconds
        self._resolver = resolver
        self._hosts: dict[str, _Host] = {}
        self._validators: dict[str, dict[str, str]] = {}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        guarded = GuardedResolver(self._reach, self._resolver or aiohttp.ThreadedResolver())
        # Without its own cache of names, so that every connection is checked.
        connector = aiohttp.TCPConnector(resolver=guarded, use_dns_cache=False, limit_per_host=1)
        self._session = aiohttp.ClientSession(
            connector=connector, timeout=_TIMEOUT, headers={"User-Agent": _USER_AGENT}, trust_env=False
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session:
            await self._session.close()

    async def get(self, url: str) -> Fetched | None:
        """The document at an address; None if it has not changed since it was last given.

        Raises:
            InvalidRecord: it cannot be had, and why: one line.
        """
        seen = url
        for _ in range(_MOST_REDIRECTS + 1):
            self._reach.check(seen)
            if not await self._is_allowed(seen):
                raise InvalidRecord(f"robots.txt of {_origin(seen)} does not want {seen[:200]} to be read")
            answer = await self._ask(seen, self._most_bytes, self._validators.get(seen, {}))
            if answer.status in _REDIRECTS and answer.location:
                seen = urljoin(seen, answer.location)
                continue
            return self._taken(seen, answer)
        raise InvalidRecord(f"{url[:200]} redirects more than {_MOST_REDIRECTS} times")

    def _taken(self, url: str, answer: "_Answer") -> Fetched | None:
        if answer.status == 304:
            return None
        if answer.status in _BUSY:
            host = self._host(url)
            held = min(max(answer.retry_seconds, _SHORTEST_HOLD_SECONDS), _LONGEST_HOLD_SECONDS)
            host.held_until = asyncio.get_running_loop().time() + held
        if answer.status != 200:
            raise InvalidRecord(f"{url[:200]} answers with status {answer.status}")
        self._validators[url] = answer.validators
        return Fetched(url, answer.data, answer.charset)

    async def _is_allowed(self, url: str) -> bool:
        host, now = self._host(url), asyncio.get_running_loop().time()
        if host.robots is None or now >= host.robots_until:
            host.robots = await self._read_robots(f"{_origin(url)}/robots.txt")
            host.robots_until = now + _ROBOTS_SECONDS
        return host.robots.can_fetch(AGENT, url)

    async def _read_robots(self, url: str) -> RobotFileParser:
        """The rules of a host; all is allowed where there are none, and nothing while it cannot say."""
        rules = RobotFileParser()
        for _ in range(_MOST_REDIRECTS + 1):
            self._reach.check(url)
            answer = await self._ask(url, _ROBOTS_BYTES, {}, cut=True)
            if answer.status not in _REDIRECTS or not answer.location:
                break
            url = urljoin(url, answer.location)
        text = answer.data.decode("utf-8", errors="replace") if answer.status == 200 else ""
        denied = answer.status >= 500 or answer.status in _BUSY
        rules.parse(["User-agent: *", "Disallow: /"] if denied else text.splitlines())
        return rules

    async def _ask(
        self, url: str, most_bytes: int, validators: dict[str, str], *, cut: bool = False
    ) -> "_Answer":
        await self._wait_for(url)
        if self._session is None:
            raise RuntimeError("the fetcher was not entered")
        try:
            async with self._session.get(URL(url), headers=validators, allow_redirects=False) as response:
                data = await _bounded(response, most_bytes, cut=cut) if response.status == 200 else b""
                return _answer(response, data)
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, PrivateAddress):
                raise InvalidRecord(f"{url[:200]} leads to a private address: not asked") from None
            raise InvalidRecord(f"{url[:200]} cannot be reached: {error.os_error}") from None
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise InvalidRecord(f"{url[:200]} cannot be had: {type(error).__name__}") from None

    async def _wait_for(self, url: str) -> None:
        """Wait until the host may be asked again; one that is busy is left alone in this round."""
        host, loop = self._host(url), asyncio.get_running_loop()
        if loop.time() < host.held_until:
            raise InvalidRecord(f"{_origin(url)} is busy and wants to be left alone")
        await asyncio.sleep(max(0.0, host.free_at - loop.time()))
        asked = host.robots.crawl_delay(AGENT) if host.robots else None
        host.free_at = loop.time() + max(self._delay_seconds, float(asked or 0))

    def _host(self, url: str) -> _Host:
        return self._hosts.setdefault(_origin(url), _Host())


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    data: bytes
    charset: str | None
    location: str | None
    validators: dict[str, str]
    retry_seconds: float


def _answer(response: aiohttp.ClientResponse, data: bytes) -> _Answer:
    headers = response.headers
    pairs = (("If-None-Match", headers.get("ETag")), ("If-Modified-Since", headers.get("Last-Modified")))
    return _Answer(
        status=response.status,
        data=data,
        charset=response.charset,
        location=headers.get("Location"),
        validators={name: value for name, value in pairs if value},
        retry_seconds=_seconds(headers.get("Retry-After"), headers.get("Date")),
    )


async def _bounded(response: aiohttp.ClientResponse, most_bytes: int, *, cut: bool) -> bytes:
    data = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
        data += chunk
        if len(data) > most_bytes:
            if cut:
                return bytes(data[:most_bytes])
            raise InvalidRecord(f"{str(response.url)[:200]} has more than {most_bytes:,} bytes: not read")
    return bytes(data)


def _seconds(retry_after: str | None, date: str | None) -> float:
    """How long a host wants to be left alone, in seconds: it names a number, or a moment."""
    if not retry_after:
        return 0.0
    if retry_after.isdecimal():
        return float(retry_after[:9])
    try:
        moment, now = parsedate_to_datetime(retry_after), parsedate_to_datetime(date or "")
        return max(0.0, (moment - now).total_seconds())
    except (TypeError, ValueError):
        return 0.0


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
