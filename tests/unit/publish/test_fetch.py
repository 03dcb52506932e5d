"""Documents are asked for politely and within bounds, and nobody is led to where only we can go."""

import asyncio
import socket
from collections.abc import Iterator

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from readout.streams.errors import InvalidRecord
from readout.streams.publish.watch.fetch import Fetched, Fetcher
from readout.streams.publish.watch.reach import Reach
from tests.unit.publish.site import Answer, Site, bomb, site

PUBLIC = "https://news.example/feed"
MOST_BYTES = 1_000_000


@pytest.fixture
def web() -> Iterator[Site]:
    with site() as made:
        yield made


class Names(AbstractResolver):
    """Every name is this machine, as a name server that means harm could say."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        del family
        return [
            ResolveResult(hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0)
        ]

    async def close(self) -> None:
        """Nothing to let go of."""


async def get(
    web: Site, path: str, *, times: int = 1, feed: str | None = None, host: str = "127.0.0.1"
) -> Fetched | None:
    start = feed or web.url(path, host)
    fetcher = Fetcher(start, most_bytes=MOST_BYTES, delay_seconds=0, resolver=Names())
    async with fetcher:
        for _ in range(times - 1):
            await fetcher.get(web.url(path, host))
        return await fetcher.get(web.url(path, host))


async def refusal(web: Site, path: str, **options: str) -> str:
    with pytest.raises(InvalidRecord) as caught:
        await get(web, path, **options)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    return str(caught.value)


async def test_a_document_that_has_not_changed_is_not_sent_again(web: Site) -> None:
    web.put("/feed", "one")
    assert await get(web, "/feed", times=2) is None
    assert [status for path, status in web.asked if path == "/feed"] == [200, 304]


async def test_the_encoding_that_http_names_is_told(web: Site) -> None:
    web.put("/page", "one", Content_Type="text/html; charset=windows-1252")
    found = await get(web, "/page")
    assert found == Fetched(web.url("/page"), b"one", "windows-1252")


async def test_robots_are_obeyed_and_asked_for_once(web: Site) -> None:
    web.put("/robots.txt", "User-agent: *\nDisallow: /private\n")
    web.put("/private/page", "secret")
    web.put("/open", "open")
    assert "robots.txt" in await refusal(web, "/private/page")
    assert await get(web, "/open", times=3) is None
    assert [path for path, _ in web.asked].count("/robots.txt") == 2
    assert "/private/page" not in [path for path, _ in web.asked]


async def test_a_host_that_cannot_say_its_rules_is_left_alone(web: Site) -> None:
    web.put("/page", "open")
    web.answers["/robots.txt"] = Answer(status=500)
    assert "robots.txt" in await refusal(web, "/page")


async def test_delays_are_kept_and_those_of_robots_as_well(web: Site) -> None:
    web.put("/robots.txt", "User-agent: readout\nCrawl-delay: 1\n")
    web.put("/page", "open")
    loop = asyncio.get_running_loop()
    start = loop.time()
    await get(web, "/page", times=2)
    assert loop.time() - start >= 1


async def test_a_busy_host_is_left_alone(web: Site) -> None:
    web.answers["/page"] = Answer(status=503, headers={"Retry-After": "120"})
    async with Fetcher(web.url("/page"), most_bytes=MOST_BYTES, delay_seconds=0) as fetcher:
        for wanted in ("status 503", "left alone", "left alone"):
            with pytest.raises(InvalidRecord, match=wanted):
                await fetcher.get(web.url("/page"))
    assert [path for path, _ in web.asked].count("/page") == 1


async def test_redirects_are_followed_five_times(web: Site) -> None:
    web.put("/5", "there")
    for number in range(5):
        web.redirect(f"/{number}", f"/{number + 1}")
    found = await get(web, "/0")
    assert found is not None
    assert (found.url, found.data) == (web.url("/5"), b"there")
    web.redirect("/round", "/round")
    assert "redirects more than" in await refusal(web, "/round")


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:{port}/in", "http://inner.example:{port}/in", "http://2130706433:{port}/in"]
)
async def test_a_public_feed_leads_to_no_private_address(web: Site, target: str) -> None:
    """news.example is served here, but it was typed by a person; whom it leads to was not."""
    web.put("/in", "secret")
    web.redirect("/feed", target.format(port=web.port))
    assert "private address" in await refusal(web, "/feed", host="news.example")
    assert "/in" not in [path for path, _ in web.asked]


async def test_a_feed_on_this_machine_leads_wherever_it_wants(web: Site) -> None:
    web.put("/in", "open")
    web.redirect("/feed", web.url("/in", "inner.example"))
    assert await get(web, "/feed") is not None


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://news.example/a", "gopher://x"])
async def test_only_the_web_is_asked(web: Site, target: str) -> None:
    web.redirect("/feed", target)
    assert "no address of the web" in await refusal(web, "/feed")


async def test_what_is_too_large_or_unpacks_to_too_much_is_not_read(web: Site) -> None:
    web.put("/large", b"x" * 2 * MOST_BYTES)
    assert "has more than" in await refusal(web, "/large")
    web.put("/bomb", bomb(50_000_000), Content_Encoding="gzip")
    assert "has more than" in await refusal(web, "/bomb")


async def test_what_is_not_there_is_a_line(web: Site) -> None:
    assert "status 404" in await refusal(web, "/nothing")
    web.put("/broken", b"no gzip", Content_Encoding="gzip")
    assert "cannot be had" in await refusal(web, "/broken")
    gone = f"http://127.0.0.1:{_closed_port()}/feed"
    with pytest.raises(InvalidRecord, match="cannot be reached"):
        async with Fetcher(gone, most_bytes=MOST_BYTES, delay_seconds=0) as fetcher:
            await fetcher.get(gone)


def _closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


ADDRESSES = [
    ("93.184.216.34", True),
    ("2606:2800:220:1::1", True),
    ("10.0.0.1", False),
    ("172.16.3.4", False),
    ("192.168.1.1", False),
    ("169.254.169.254", False),
    ("127.0.0.1", False),
    ("0.0.0.0", False),
    ("100.64.0.1", False),
    ("224.0.0.1", False),
    ("::1", False),
    ("fe80::1%eth0", False),
    ("fc00::1", False),
    ("::ffff:10.0.0.1", False),
    ("64:ff9b::a00:1", False),
    ("2002:a00:1::", False),
]


@pytest.mark.parametrize(("address", "allowed"), ADDRESSES)
def test_only_public_addresses_may_be_asked(address: str, *, allowed: bool) -> None:
    assert Reach(PUBLIC).allows("other.example", address) is allowed
    assert Reach(PUBLIC).allows("news.example", address)
    assert Reach("http://localhost:8000/feed").allows("other.example", address)
