"""Publishing as a person does it: counts, repeats, refusals, and nothing half done."""

from pathlib import Path

import orjson
import pytest

from readout.streams.settings import Settings
from tests.cli.commands import readout
from tests.conftest import Broker, installation_on

GOOD = "date 2022-10-25 The foreign minister said on Monday that the talks had gone well."


@pytest.fixture
def installed(embedded_broker: Broker) -> Settings:
    settings = installation_on(embedded_broker)
    assert readout("topics", settings=settings).returncode == 0
    return settings


def news(settings: Settings) -> list[dict[str, object]]:
    return [
        orjson.loads(line)
        for line in readout("tail", "news", "--json", settings=settings).stdout.splitlines()
    ]


def test_bad_articles_are_refused_one_by_one_and_the_good_ones_published(
    tmp_path: Path, installed: Settings
) -> None:
    bad = {
        "empty.txt": b"",
        "dateless.txt": b"Nobody knows when.",
        "impossible.txt": b"date 2022-02-31 Never.",
        "binary.txt": b"date 2022-10-25 \xff\xfe",
        "nul.txt": b"date 2022-10-25 a\0b",
        "blank.txt": b"  \n ",
        "huge.txt": b"date 2022-10-25 " + b"word " * 6_000_000,
        "item.json": b'{"uri": "urn:1", "pubStatus": "spiked"}',
        "line.jsonl": b'[]\n{"article_id": "x"}',
    }
    for name, data in bad.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "good.txt").write_text(GOOD)
    done = readout("publish", str(tmp_path), settings=installed)
    refused = [line for line in done.stderr.decode().splitlines() if line.startswith("refused: ")]
    assert done.returncode == 1
    assert len(refused) == len(bad) + 1
    assert all(any(name in line for line in refused) for name in bad)
    assert "1 published, 10 refused" in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert len(news(installed)) == 1


def test_who_asks_hears_what_is_there_already_and_nothing_is_added(
    tmp_path: Path, installed: Settings
) -> None:
    (tmp_path / "a.txt").write_text(GOOD)
    assert b"1 published" in readout("publish", str(tmp_path), settings=installed).stderr
    again = readout("publish", "--check", str(tmp_path), settings=installed)
    assert again.returncode == 0
    assert b"0 published, 1 already there, 0 refused" in again.stderr
    assert len(news(installed)) == 1


def test_one_id_and_revision_with_another_text_is_refused_with_the_remedy(installed: Settings) -> None:
    lines = [orjson.dumps({"article_id": "a", "body": body}) for body in ("One text here.", "Another text.")]
    done = readout("publish", "-", settings=installed, stdin=b"\n".join(lines))
    assert done.returncode == 1
    assert b"standard input:2: article 'a' revision 1 is there already" in done.stderr
    assert b"--revision 2" in done.stderr
    revised = readout("publish", "-", "--revision", "2", settings=installed, stdin=lines[1])
    assert revised.returncode == 0


def test_a_dry_run_writes_nothing(installed: Settings) -> None:
    done = readout("publish", "-", "--dry-run", settings=installed, stdin=GOOD.encode())
    assert b"1 published, 0 already there, 0 refused (dry run: nothing was written)" in done.stderr
    assert news(installed) == []


def test_an_article_is_withheld_and_canceled_by_its_id(installed: Settings) -> None:
    readout("publish", "-", settings=installed, stdin=orjson.dumps({"article_id": "a", "body": "One text."}))
    assert readout("publish", "--withhold", "a", "--reason", "libel", settings=installed).returncode == 0
    assert readout("publish", "--cancel", "a", settings=installed).returncode == 0
    unknown = readout("publish", "--cancel", "b", settings=installed)
    assert unknown.returncode == 1
    assert b"'b' was never published" in unknown.stderr
    assert [(event["data"]["revision"], event["data"]["status"]) for event in news(installed)] == [  # type: ignore[index]
        (1, "usable"),
        (2, "withheld"),
        (3, "canceled"),
    ]


def test_an_article_is_taken_back_by_the_beginning_of_its_id_if_no_other_begins_so(
    installed: Settings,
) -> None:
    lines = [orjson.dumps({"article_id": one, "body": f"Text of {one}."}) for one in ("wire-12", "wire-13")]
    readout("publish", "-", settings=installed, stdin=b"\n".join(lines))
    several = readout("publish", "--cancel", "wire", settings=installed)
    assert several.returncode == 1
    assert b"'wire' begins several article ids: wire-12, wire-13; give more letters" in several.stderr
    assert readout("publish", "--withhold", "wire-1", settings=installed).returncode == 1
    assert readout("publish", "--withhold", "wire-12", settings=installed).returncode == 0
    assert [event["data"]["article_id"] for event in news(installed)][2:] == ["wire-12"]  # type: ignore[index]


WRONG = {
    "no topic": (("tail", "nothing"), b"there is no topic 'nothing'"),
    "no moment": (("tail", "news", "--since", "soon"), b"'soon' is no moment"),
    "nothing to publish": (("publish",), b"give either articles to publish"),
    "nobody there": (("tail", "news"), b"READOUT_BOOTSTRAP_SERVERS"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_goes_wrong_is_one_line_and_no_traceback(name: str) -> None:
    arguments, message = WRONG[name]
    done = readout(*arguments, extra={"READOUT_BOOTSTRAP_SERVERS": "127.0.0.1:1"})
    assert done.returncode == 1
    assert message in done.stderr
    assert b"Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
