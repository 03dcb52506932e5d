"""Feeds and pages on a broker: an edit is a revision, a tombstone withholds, the same again adds nothing."""

import gzip
import zipfile
from pathlib import Path

import orjson
import pytest

from readout.streams.settings import Settings
from tests.cli.commands import readout
from tests.conftest import Broker, installation_on
from tests.unit.publish.documents import ATOM, NITF, PAGE, RSS, written
from tests.unit.publish.test_hostile_documents import FILES, LAUGHS


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


def test_of_a_folder_with_hostile_documents_only_the_sound_ones_are_published(
    tmp_path: Path, installed: Settings
) -> None:
    """A line for each on standard error, and nothing of it in the log."""
    written(tmp_path, "a-laughs.rss", LAUGHS + RSS.split("?>", 1)[1].replace("Ministers", "&i;"))
    written(tmp_path, "b-files.nitf", FILES + NITF.split("?>", 1)[1].replace("Ministers", "&a;"))
    written(tmp_path, "c-bomb.html.gz", gzip.compress(b"<p>words</p>" * 20_000_000, 1))
    with zipfile.ZipFile(tmp_path / "d-bomb.zip", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("a.html", b" " * (80 << 20))
    written(tmp_path, "e-broken.html", PAGE.encode().replace(b"ceasefire", b"cease\xfffire"))
    written(tmp_path, "f-teasers.rss", RSS.replace("content:encoded", "content:other"))
    written(tmp_path, "g-sound.html", PAGE)
    done = readout("publish", str(tmp_path), settings=installed)
    assert done.returncode == 1
    refused = [line for line in done.stderr.decode().splitlines() if line.startswith("refused: ")]
    names = [Path(line.removeprefix("refused: ").split(":")[0]).name for line in refused]
    assert sorted(set(names)) == sorted(one.name for one in tmp_path.iterdir() if "sound" not in one.name)
    assert b"1 published" in done.stderr
    assert revisions(installed) == [("https://news.example/talks", 1, "usable")]
