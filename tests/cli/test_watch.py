"""`readout watch` on a site of this machine: what is new is published, an edit is a revision, nothing is there twice."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from subprocess import PIPE, Popen

import orjson
import pytest

from readout.streams.settings import Settings
from tests.brokers.workers import environment
from tests.cli.commands import readout
from tests.conftest import Broker, installation_on
from tests.unit.publish.documents import ATOM, FIRST, PAGE, RSS
from tests.unit.publish.site import Site, site

WITHIN_SECONDS = 60


@pytest.fixture
def installed(embedded_broker: Broker) -> Settings:
    settings = installation_on(embedded_broker)
    assert readout("topics", settings=settings).returncode == 0
    return settings


@pytest.fixture
def web() -> Iterator[Site]:
    with site() as made:
        yield made


def news(settings: Settings) -> list[tuple[str, int, str, str]]:
    """Id, revision, status and the end of the text."""
    lines = readout("tail", "news", "--json", settings=settings).stdout.splitlines()
    found = [orjson.loads(line)["data"] for line in lines]
    return sorted((one["article_id"], one["revision"], one["status"], one["body"][-11:]) for one in found)


def watch(settings: Settings, *arguments: str) -> tuple[int, str]:
    done = readout("watch", "--once", "--delay", "0", *arguments, settings=settings)
    return done.returncode, done.stderr.decode()


def test_a_feed_is_watched_and_its_edits_are_revisions(web: Site, installed: Settings) -> None:
    web.put("/feed", ATOM)
    assert watch(installed, web.url("/feed"))[0] == 0
    assert watch(installed, web.url("/feed")) == (0, "")
    web.put("/feed", ATOM.replace("lines open.", "lines shut."))
    watch(installed, web.url("/feed"))
    web.put("/feed", ATOM)
    watch(installed, web.url("/feed"))
    web.put("/feed", ATOM.replace("urn:news:9", "urn:news:1"))
    watch(installed, web.url("/feed"))
    assert news(installed) == [
        ("urn:news:1", 1, "usable", "lines open."),
        ("urn:news:1", 2, "usable", "lines shut."),
        ("urn:news:1", 3, "usable", "lines open."),
        ("urn:news:1", 4, "withheld", ""),
    ]


def test_the_pages_of_a_feed_are_read_instead_of_its_teasers(web: Site, installed: Settings) -> None:
    page = web.url("/talks")
    feed = RSS.replace("https://news.example/talks", page).replace(
        "<item><title>Teaser", f"<item><link>{web.url('/gone')}</link><title>Teaser"
    )
    web.put("/feed", feed)
    web.put("/talks", PAGE)
    status, said = watch(installed, "--pages", web.url("/feed"))
    assert status == 1
    assert "status 404" in said
    web.put("/talks", PAGE.replace("lines open.", "lines shut."))
    watch(installed, "--pages", web.url("/feed"))
    assert news(installed) == [
        ("urn:news:1", 1, "usable", "lines open."),
        ("urn:news:1", 2, "usable", "lines shut."),
    ]


def test_what_cannot_be_had_is_a_line_and_the_rest_is_published(web: Site, installed: Settings) -> None:
    web.put("/feed", ATOM)
    web.put("/laughs", '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha">]><rss version="2.0"/>')
    status, said = watch(installed, web.url("/nothing"), web.url("/laughs"), web.url("/feed"))
    assert status == 1
    assert [line.split(": ")[0] for line in said.splitlines()] == ["refused", "refused", "published"]
    assert len(news(installed)) == 1
    assert FIRST not in said


def test_a_watch_goes_on_asks_only_for_what_has_changed_and_ends_when_it_is_told(
    web: Site, installed: Settings
) -> None:
    web.put("/feed", ATOM)
    command = [sys.executable, "-m", "readout", "watch", "--every", "1", "--delay", "0", web.url("/feed")]
    with Popen(command, env=environment(installed), stderr=PIPE, text=True) as process:
        try:
            until(lambda: ("/feed", 304) in web.asked)
            web.put("/feed", ATOM.replace("lines open.", "lines shut."))
            until(lambda: [status for path, status in web.asked if path == "/feed"].count(200) == 2)
            assert process.stderr is not None
            said = [process.stderr.readline() for _ in range(2)]
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 130
        finally:
            process.kill()
    assert all(line.startswith("published: urn:news:1") for line in said)
    assert [one[:2] for one in news(installed)] == [("urn:news:1", 1), ("urn:news:1", 2)]


def until(holds: Callable[[], bool]) -> None:
    """Wait for an effect."""
    deadline = time.monotonic() + WITHIN_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)
