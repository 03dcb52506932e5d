"""`readout tail` as a person and a program use it: what is chosen, in which order, and how it ends."""

import csv
import io
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime

import orjson
import pytest

from readout import ArticlePublished, ConfigurationError, ContactLogged, RecordWithdrawn
from readout.schemas.envelope import Record
from readout.streams.commands.moments import moment_of
from readout.streams.log.topics import ensure_topics
from readout.streams.settings import Settings, environment_of
from readout.testing import _record, example
from tests.brokers.topics import publish_records
from tests.cli.commands import readout
from tests.conftest import Broker, installation_on

IDS = ("urn:news:1", "urn:news:2", "other")


def records() -> list[Record]:
    """Three articles and a contact of each, the last of which is withdrawn."""
    articles = [example(ArticlePublished, article_id=one) for one in IDS]
    contacts = [
        example(ContactLogged, article_id=one, contact_id=f"{number}" * 64, mode=mode)
        for number, (one, mode) in enumerate(zip(IDS, ("call", "meeting", "visit"), strict=True), 1)
    ]
    withdrawn = example(RecordWithdrawn, article_id=IDS[2], record_id="3" * 64)
    return [_record(one) for one in (*articles, *contacts, withdrawn)]


@pytest.fixture(scope="module")
def filled(embedded_broker: Broker) -> Settings:
    import asyncio  # noqa: PLC0415 - a fixture of a module has no loop of its own

    async def fill() -> Settings:
        settings = installation_on(embedded_broker)
        await ensure_topics(settings)
        for one in records():
            await publish_records(settings, [one])
        return settings

    return asyncio.run(fill())


def tail(settings: Settings, *options: str) -> list[dict[str, object]]:
    done = readout("tail", "contact-log", "--json", *options, settings=settings)
    assert done.returncode == 0, done.stderr
    return [orjson.loads(line) for line in done.stdout.splitlines()]


def ids_of(lines: list[dict[str, object]]) -> list[str]:
    data = [line["data"] for line in lines]
    return [str(one.get("contact_id", one.get("record_id")))[0] for one in data if isinstance(one, dict)]


CHOSEN = {
    "all, in the order of writing": ((), ["1", "2", "3", "3"]),
    "the last two": (("-n", "2"), ["3", "3"]),
    "the last of a kind": (("-n", "1", "--mode", "meeting"), ["2"]),
    "a kind, and what takes it back": (("--mode", "visit"), ["3", "3"]),
    "either of two kinds": (("--mode", "call", "--mode", "meeting"), ["1", "2"]),
    "an article by the beginning of its id": (("--article", "oth"), ["3", "3"]),
    "a person": (("--person", "milley", "--country", "us", "--status", "held"), ["1", "2", "3", "3"]),
    "since yesterday": (("--since", "yesterday"), ["1", "2", "3", "3"]),
}


@pytest.mark.parametrize("case", CHOSEN)
def test_what_is_asked_for_is_shown(case: str, filled: Settings) -> None:
    options, expected = CHOSEN[case]
    assert ids_of(tail(filled, *options)) == expected


NOTHING = {
    "a person who is not there": (("--person", "Nobody"), 1, b"nothing in contact-log is of 'Nobody'"),
    "an article that is not there": (
        ("--article", "none"),
        1,
        b"no article has an id that begins with 'none'",
    ),
    "a beginning of several ids": (
        ("--article", "urn"),
        1,
        b"'urn' begins several article ids: urn:news:1, urn:news:2",
    ),
    "a mode of which there is none": (("--mode", "letter"), 0, b"nothing found in contact-log"),
    "a time in which there was none": (("--until", "2020-01-01"), 0, b"nothing found in contact-log"),
    "what is no mode": (("--mode", "phone"), 1, b"there is no mode 'phone'; choose from call"),
    "a partition that is not there": (("--partition", "9"), 1, b"there is no partition 9: the topics have 4"),
}


@pytest.mark.parametrize("case", NOTHING)
def test_finding_nothing_is_said(case: str, filled: Settings) -> None:
    options, status, message = NOTHING[case]
    done = readout("tail", "contact-log", *options, settings=filled)
    assert (done.returncode, done.stdout) == (status, b"")
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_csv_has_a_header_and_a_row_each(filled: Settings) -> None:
    done = readout("tail", "contact-log", "--csv", settings=filled)
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    assert [row["id"][0] for row in rows] == ["1", "2", "3", "3"]
    assert rows[0]["participants"] == "Valery Gerasimov (RU); Mark Milley (US)"
    assert (rows[3]["event"], rows[3]["mode"]) == ("readout.record.withdrawn.v1", "")
    assert set(rows[0]) >= {"record", "recorded at", "date", "mode", "status", "evidence"}


def test_a_reader_that_has_seen_enough_ends_it_well(filled: Settings) -> None:
    code = f"{sys.executable} -m readout tail news --json | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", code],
        env={**os.environ, **environment_of(filled)},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(done.stdout.splitlines()) == 1


def test_who_follows_sees_the_last_and_what_comes_and_ends_with_130(filled: Settings) -> None:
    command = [sys.executable, "-m", "readout", "tail", "contact-log", "--json", "-n", "1", "-f"]
    with subprocess.Popen(
        command,
        env={**os.environ, **environment_of(filled)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert orjson.loads(process.stdout.readline())["type"] == "readout.record.withdrawn.v1"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, b"readout: interrupted\n")


NOW = datetime(2022, 10, 25, 9, 30, tzinfo=UTC)
MOMENTS = {
    "now": NOW,
    "today": datetime(2022, 10, 25, tzinfo=UTC),
    "Yesterday": datetime(2022, 10, 24, tzinfo=UTC),
    "2h": datetime(2022, 10, 25, 7, 30, tzinfo=UTC),
    "90m": datetime(2022, 10, 25, 8, tzinfo=UTC),
    "1w": datetime(2022, 10, 18, 9, 30, tzinfo=UTC),
    "2022-10-01": datetime(2022, 10, 1, tzinfo=UTC),
    "2022-10-01T09:00+02:00": datetime(2022, 10, 1, 7, tzinfo=UTC),
}


@pytest.mark.parametrize("text", MOMENTS)
def test_moments_are_read_as_people_type_them(text: str) -> None:
    assert moment_of("--since", text, NOW) == MOMENTS[text]


@pytest.mark.parametrize("text", ["soon", "2x", "999999w", "2022-13-01", ""])
def test_what_is_no_moment_is_named_with_examples(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"is no moment: write one such as 2022-10-25"):
        moment_of("--since", text, NOW)
