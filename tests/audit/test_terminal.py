"""What stands in an article never reaches a terminal as a command; programs get it exactly."""

import asyncio
import io
import re
import sys
import unicodedata
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from readout.schemas.entities import EntityMentioned
from readout.schemas.news import ArticlePublished
from readout.streams.audit.archive.write import write_archive
from readout.streams.cli import main
from readout.streams.commands import terminal
from readout.streams.commands.cards import card, entity_list
from readout.streams.commands.views import line
from readout.streams.log.decoding import decode_event
from readout.streams.log.subscribe import Received
from readout.streams.settings import Settings, environment_of
from tests.audit.conftest import pour
from tests.audit.ledger import Ledger, MemoryLog, article

# Clipboard, link, title, cursor and colours; a C1 control; a right-to-left override; an isolate; a tag; a line end.
ATTACKS = (
    "\x1b]52;c;aa==\x07",
    "\x1b]8;;http://example.invalid\x1b\\here\x1b]8;;\x1b\\",
    "\x1b]0;title\x07",
    "\x1b[2J\x1b[31m",
    "\x9b31m",
    "\N{RIGHT-TO-LEFT OVERRIDE}txt.exe",
    "\N{FIRST STRONG ISOLATE}x",
    "\N{TAG LATIN SMALL LETTER A}",
    "\N{LINE SEPARATOR}forged line",
    "\x08\x08\x7f",
)
BODY = "Shoigu called Austin. “We agreed on " + " and ".join(ATTACKS) + ",” Austin said."


def obeyed(text: str) -> set[str]:
    """The characters of a text that a terminal might obey."""
    return {
        one
        for one in text
        if unicodedata.category(one) in {"Cc", "Cf", "Zl", "Zp"} and one not in "\t\n\u00ad\u200c\u200d"
    }


@given(st.text())
def test_no_text_keeps_what_a_terminal_obeys(text: str) -> None:
    shown = terminal.one_line(text)
    assert not obeyed(shown)
    assert "\n" not in shown
    assert "\t" not in shown
    assert terminal.one_line(shown) == shown
    shown.encode()


@given(st.text(st.characters(categories=("L", "M", "N", "P", "S", "Zs"))))
def test_words_in_any_script_stay_as_they_are(text: str) -> None:
    assert terminal.visible(text) == text


def test_joiners_of_words_stay() -> None:
    assert terminal.visible("می‌خواهم co\u00adoperate") == "می‌خواهم co\u00adoperate"


@pytest.fixture
async def ledger() -> Ledger:
    ledger = Ledger()
    ledger.publish(article("hostile\x1b[31m", BODY))
    ledger.publish_raw(ATTACKS[0].encode(), 0, key=ATTACKS[5].encode())
    ledger.publish_raw(ATTACKS[0].encode(), 1, key=ATTACKS[5].encode())
    await ledger.derive(gaps=False)
    return ledger


async def test_neither_a_line_nor_a_table_passes_it_on(ledger: Ledger) -> None:
    received = [
        Received(decode_event(record.value, record.headers), record)
        for record in ledger.log.all()
        if record.topic in {"entities", "statements", "contact-log"}
    ]
    received.append(
        Received(
            ArticlePublished(article_id="a", revision=1, status="usable", body=BODY),
            ledger.log.records[ledger.log.place("statements")][0]
            if ledger.log.records[ledger.log.place("statements")]
            else ledger.log.records[ledger.log.place("statements", 1)][0],
        )
    )
    for one in received:
        assert not obeyed(line(one))
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, color_system=None, width=200)
    for one in received:
        console.print(card(one))
    console.print(entity_list(one.event for one in received if isinstance(one.event, EntityMentioned)))
    # What rich itself writes for bold type is not the article's.
    own = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue())
    assert not obeyed(own)
    assert "]52;c;" in own


class Typed:
    """Runs a command in this process; what it prints."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[bytes]) -> None:
        self._monkeypatch = monkeypatch
        self._capture = capture

    def __call__(self, *arguments: object) -> tuple[int, str]:
        self._monkeypatch.setattr(sys, "argv", ["readout", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self._capture.readouterr()
        return int(ended.value.code or 0), (out + err).decode()


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Typed:
    return Typed(monkeypatch, capfdbinary)


async def test_commands_on_an_archive_show_escapes_and_json_is_exact(
    ledger: Ledger, tmp_path: Path, typed: Typed
) -> None:
    await write_archive(ledger.log, tmp_path / "archive")
    statement = next(one for one in ledger.log.all() if one.topic == "statements")
    where = f"statements/{statement.partition}@{statement.offset}"
    code, shown = await asyncio.to_thread(typed, "trace", where, "--archive", tmp_path / "archive")
    assert code == 0
    assert "\\x1b]52;c;" in shown
    assert "\\u202etxt" in shown
    assert not obeyed(shown)
    _, shown = await asyncio.to_thread(typed, "audit", "verify", "--archive", tmp_path / "archive")
    assert not obeyed(shown)
    _, exact = await asyncio.to_thread(typed, "replay", "statements", "--archive", tmp_path / "archive")
    told = orjson.loads(exact.split("\n")[0])["data"]["content"]["text"]
    assert all(attack in told for attack in ATTACKS)


def test_what_is_wrong_with_an_archive_is_shown_in_escapes(tmp_path: Path, typed: Typed) -> None:
    for name, content in (("a\x1b[31m", b"{}"), ("b", b'{"format":"\x1b]52;c;x"}'), ("c\n\n", b"[]")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.json").write_bytes(content)
        code, shown = typed("audit", "verify", "--archive", tmp_path / name)
        assert code == 1
        assert not obeyed(shown)
        assert shown.count("\n") == 1


@pytest.mark.parametrize("topic", ["news", "statements", "entities", "dead-letters"])
async def test_tail_of_live_topics_shows_escapes(
    live: Settings, typed: Typed, monkeypatch: pytest.MonkeyPatch, topic: str
) -> None:
    ledger = Ledger(MemoryLog(live.topic_prefix))
    ledger.publish(article("hostile\x1b[31m", BODY))
    ledger.publish_raw(ATTACKS[0].encode(), 0, key=ATTACKS[5].encode())
    await ledger.derive(gaps=False)
    await pour(ledger.log, live)
    for name, value in environment_of(live).items():
        monkeypatch.setenv(name, value)
    code, shown = await asyncio.to_thread(typed, "tail", topic)
    assert code == 0
    assert shown.count("\n") >= 1
    assert not obeyed(shown)
