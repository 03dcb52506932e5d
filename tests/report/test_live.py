"""The live page, in a browser, on a broker: what is published shows without a reload."""

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from readout.schemas.envelope import Record
from readout.schemas.news import ArticlePublished
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.topics import ensure_topics
from readout.streams.settings import Settings
from tests.audit.ledger import Ledger
from tests.brokers.topics import publish_records
from tests.brokers.workers import environment
from tests.conftest import Broker, installation_on
from tests.report.browser import Browser
from tests.report.made import article, derive
from tests.report.test_browser import VIEWS

_SHOWN_WITHIN_SECONDS = 2.0


class Desk:
    """Publishes and derives into an installation's topics, partition for partition."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._ledger = Ledger(derive=derive)
        self._written = 0

    def publish(self, one: ArticlePublished) -> None:
        """Publish and derive an article; its manifest is acknowledged last."""
        asyncio.run(self._publish(one))

    async def _publish(self, one: ArticlePublished) -> None:
        self._ledger.publish(one)
        await self._ledger.derive(gaps=False)
        records = sorted(self._ledger.log.all(), key=lambda record: record.timestamp)
        await self._write(records[self._written :])
        self._written = len(records)

    async def _write(self, records: Sequence[StoredRecord]) -> None:
        for one in records:
            copy = Record(one.topic, one.key, one.value, one.headers)
            await publish_records(self._settings, [copy], partition=one.partition)


@pytest.fixture(scope="module")
def settings(embedded_broker: Broker) -> Settings:
    found = installation_on(embedded_broker).model_copy(update={"partitions": 2})
    asyncio.run(ensure_topics(found))
    return found


@pytest.fixture(scope="module")
def desk(settings: Settings) -> Desk:
    desk = Desk(settings)
    desk.publish(article("first", "{Anna Weber|DE} called {Luis Ortega|ES} on 2022-10-03.", headline="First"))
    return desk


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """`readout serve` on a free port; its address."""
    command = [sys.executable, "-m", "readout", "serve", "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(command, env=environment(settings), stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        said = ""
        while not (found := re.search(r"serving (http://\S+)/ ", said)):
            line = process.stderr.readline()
            assert line, f"serve has ended: {said}"
            said += line
        yield found[1]
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)
        process.stderr.close()


@pytest.fixture(scope="module")
def address(settings: Settings, desk: Desk) -> Iterator[str]:
    del desk
    with serving(settings) as found:
        yield found


def test_what_is_published_shows_within_two_seconds_of_its_manifest(
    browser: Browser, address: str, desk: Desk
) -> None:
    browser.open(f"{address}/contacts")
    assert browser.text(".sum") == "1 contact"
    desk.publish(article("second", "{Mei Tanaka|JP} met {Omar Haddad|EG} on 2022-10-05.", headline="Second"))
    browser.until(lambda: browser.text(".sum") == "2 contacts", seconds=_SHOWN_WITHIN_SECONDS)
    assert "Mei Tanaka" in browser.text(".list")
    assert browser.complaints() == []
    assert browser.left_the_page(own=address) == []


def test_a_revision_shows_on_the_article_that_somebody_reads(
    browser: Browser, address: str, desk: Desk
) -> None:
    desk.publish(
        article("third", "{Mei Tanaka|JP} will meet {Anna Weber|DE} on 2022-10-09.", headline="Third")
    )
    browser.open(f"{address}/article/third")
    browser.until(lambda: browser.all(".card.contact"))
    desk.publish(
        article(
            "third", "{Mei Tanaka|JP} met {Anna Weber|DE} on 2022-10-09.", revision=2, headline="Third, again"
        )
    )
    browser.until(lambda: browser.text("h1") == "Third, again", seconds=_SHOWN_WITHIN_SECONDS)
    browser.until(lambda: "Held" in browser.text(".card.contact"))
    browser.one("select[name=with] option[value='1']").click()
    browser.until(lambda: browser.all(".body del"))
    assert "will meet" in browser.text(".body del")


def test_every_view_is_served_under_its_path(browser: Browser, address: str, desk: Desk) -> None:
    del desk
    for view, heading in VIEWS.items():
        if view.startswith(("/article/", "/told/")):
            continue
        browser.open(f"{address}{view}")
        assert browser.text("h1").startswith(heading), view
        assert browser.complaints() == [], view
        assert browser.left_the_page(own=address) == [], view


def test_a_search_and_links_inside_load_no_new_page(browser: Browser, address: str) -> None:
    browser.open(f"{address}/")
    browser.run("window.stays = true")
    browser.one("#find-words").send_keys("tanaka\n")
    browser.until(lambda: browser.text("h1") == "Search: tanaka")
    browser.one("main table a").click()
    browser.until(lambda: browser.text("h1") == "Mei Tanaka")
    assert browser.run("return window.stays") is True
    assert browser.driver.current_url == f"{address}/name/mei%20tanaka"
    browser.driver.back()
    browser.until(lambda: browser.text("h1") == "Search: tanaka")


def test_an_archive_is_served_as_well(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "readout", "serve", "--archive", str(tmp_path), "--listen", "127.0.0.1:0"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "is no archive" in done.stderr
