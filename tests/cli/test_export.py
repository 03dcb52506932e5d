"""`readout export` as a person types it, on topics of a broker."""

import asyncio
import sqlite3
from pathlib import Path

import feedparser
import pytest

from readout.streams.log.topics import ensure_topics
from readout.streams.settings import Settings
from tests.cli.commands import readout
from tests.conftest import Broker, installation_on
from tests.contract.made_log import articles, write_log


@pytest.fixture(scope="module")
def log(embedded_broker: Broker) -> Settings:
    settings = installation_on(embedded_broker)
    asyncio.run(ensure_topics(settings))
    asyncio.run(write_log(settings, transactions=False))
    return settings


def test_a_database_of_the_topics_holds_every_article(log: Settings, tmp_path: Path) -> None:
    place = tmp_path / "news.db"
    done = readout("export", "sqlite", "--out", str(place), settings=log)
    assert (done.returncode, done.stderr) == (0, b"")
    with sqlite3.connect(place) as database:
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        found = {row[0] for row in database.execute("SELECT article_id FROM articles")}
        held = database.execute("SELECT count(*) FROM contacts").fetchone()[0]
    database.close()
    assert found == {article.article_id for article in articles()}
    assert held > 10


def test_a_file_goes_to_standard_output_and_what_is_left_out_is_said(log: Settings) -> None:
    done = readout("export", "rss", settings=log)
    assert done.returncode == 0
    assert len(feedparser.parse(done.stdout).entries) > 10
    assert b"left out: " in readout("export", "ftm", settings=log).stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nothing",), b"choose from sqlite"),
        (("rss", "--follow", "--out", "x"), b"--follow keeps"),
        (("connect",), b"--to-topic TOPIC"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(log: Settings, arguments: tuple[str, ...], said: bytes) -> None:
    done = readout("export", *arguments, settings=log)
    assert done.returncode == 1
    assert said in done.stderr
    assert done.stderr.count(b"\n") == 1
