"""Feeds and pages on a broker: an edit is a revision, a tombstone withholds, the same again adds nothing."""

from pathlib import Path

import orjson
import pytest

from readout.streams.settings import Settings
from tests.cli.commands import readout
from tests.conftest import Broker, installation_on
from tests.unit.publish.documents import ATOM, PAGE, written


@pytest.fixture
def installed(embedded_broker: Broker) -> Settings:
    settings = installation_on(embedded_broker)
    assert readout("topics", settings=settings).returncode == 0
    return settings


def revisions(settings: Settings) -> list[tuple[str, int, str]]:
    lines = readout("tail", "news", "--json", settings=settings).stdout.splitlines()
    found = [orjson.loads(line)["data"] for line in lines]
    return sorted((one["article_id"], one["revision"], one["status"]) for one in found)


def test_edits_are_revisions_and_repeats_add_nothing(tmp_path: Path, installed: Settings) -> None:
    feed, page = written(tmp_path, "a.atom", ATOM), written(tmp_path, "a.html", PAGE)
    assert b"2 published, 2 already there" in readout("publish", feed, page, settings=installed).stderr
    assert b"0 published, 4 already there" in readout("publish", feed, page, settings=installed).stderr
    # Another document, but for its reader the same.
    written(tmp_path, "a.html", PAGE.replace("All rights", "No rights"))
    assert b"0 published" in readout("publish", page, settings=installed).stderr
    written(tmp_path, "a.html", PAGE.replace("gone well", "gone badly"))
    written(
        tmp_path, "a.atom", ATOM.replace("urn:news:9", "urn:news:1").replace("<entry>", "<entry hidden='1'>")
    )
    assert readout("publish", feed, page, settings=installed).returncode == 0
    assert revisions(installed) == [
        ("https://news.example/talks", 1, "usable"),
        ("https://news.example/talks", 2, "usable"),
        ("urn:news:1", 1, "usable"),
        ("urn:news:1", 2, "withheld"),
    ]
