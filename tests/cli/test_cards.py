"""Cards and pages on a terminal: no wider than it, no colour where none is wanted, nothing that it would obey."""

import io
import re

import pytest
from rich.console import Console

from readout import ContactLogged, Event, Received, StatementAttributed, StoredRecord, derive
from readout.schemas.contacts import ContactConsolidated
from readout.schemas.examples import example_events
from readout.schemas.selector import select
from readout.streams.audit.findings import Account, Coverage
from readout.streams.audit.replay.consolidated import ContactPage, ToldReport
from readout.streams.audit.replay.found import Found, sentences_with
from readout.streams.audit.replay.trace import Trace
from readout.streams.commands import terminal
from readout.streams.commands.audit_views import print_account
from readout.streams.commands.cards import card, letter_card
from readout.streams.commands.contact_page import numbers
from readout.streams.commands.contact_sheet import contact_sheet
from readout.streams.commands.trace_page import trace_page
from readout.streams.kafka.connection import Partition
from readout.testing import example

LONG = "Ann \x1b[31mLee met Bob Ray in Paris. " * 60


def stored(event: Event) -> StoredRecord:
    return StoredRecord(event.topic or "contact-log", 3, 120, 1_666_688_400_000, 1, b"key", b"", ())


def printed(what: object, width: int = 80, **options: object) -> str:
    file = io.StringIO()
    Console(file=file, width=width, force_terminal=True, **options).print(what)  # type: ignore[arg-type]
    return file.getvalue()


def plain(shown: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", shown)


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("event", example_events(), ids=lambda one: type(one).__name__)
def test_every_event_has_a_card_that_fits(event: Event, width: int) -> None:
    shown = plain(printed(card(Received(event, stored(event))), width))
    assert max(map(len, shown.splitlines())) <= width
    assert f"{event.topic or 'contact-log'}/3@120 · " in shown
    assert 2 <= len(shown.splitlines()) <= 14


def test_a_card_of_a_contact_tells_it_in_its_first_line_and_marks_names_below() -> None:
    shown = printed(card(Received(example(ContactLogged), stored(example(ContactLogged)))))
    first, *rest = plain(shown).splitlines()
    assert first.rstrip() == "2022-10-24  call  held  Valery Gerasimov (RU); Mark Milley (US)"
    assert rest[0].startswith("  On Monday, Russian military Chief of General Staff Valery Gerasimov")
    assert "\x1b[1;36mValery Gerasimov\x1b[0m" in shown


def test_without_colour_nothing_is_coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    shown = printed(card(Received(example(ContactLogged), stored(example(ContactLogged)))))
    assert "\x1b[1m" in shown
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", shown)


def test_a_long_text_is_a_few_lines_and_a_hostile_one_is_shown() -> None:
    evidence = select(LONG, 0, len(LONG))
    contact = example(ContactLogged, evidence=(evidence,))
    shown = plain(printed(card(Received(contact, stored(contact)))))
    assert len(shown.splitlines()) < 12
    assert "\x1b" not in shown
    assert r"Ann \x1b[31mLee" in shown
    statement = example(StatementAttributed)
    longer = statement.model_copy(update={"content": statement.content.model_copy(update={"text": LONG})})
    assert len(plain(printed(card(Received(longer, stored(longer))))).splitlines()) < 12


def test_a_sentence_does_not_end_behind_a_title_or_an_initial() -> None:
    body = "It was agreed, said Col. Dave J. Butler of the U.S. Army. He left."
    (sentence,) = sentences_with(body, [(20, 23), (25, 35)])
    assert sentence.text.strip() == "It was agreed, said Col. Dave J. Butler of the U.S. Army."


def test_a_dead_letter_says_why() -> None:
    shown = plain(printed(letter_card(stored(example(ContactLogged)), "no JSON")))
    assert shown.splitlines()[:2] == ["key", "  no JSON" + " " * 71]


@pytest.mark.parametrize("width", [80, 120])
def test_a_trace_is_a_page_with_what_proves_it(width: int) -> None:
    found = derive("Ann Lee met Bob Ray in Paris on Monday.", published_at="2022-10-25")
    contact = found.contacts[0]
    spans = [(who.selectors[0].start, who.selectors[0].end) for who in contact.participants]
    trace = Trace(
        records=(Found(stored(contact), contact),),
        articles=(Found(stored(found.article), found.article),),
        manifests=(),
        sentences=sentences_with(found.article.body, spans),
        checkpoint=None,
    )
    shown = plain(printed(trace_page(trace), width))
    assert max(map(len, shown.splitlines())) <= width
    headings = [line.strip() for line in shown.splitlines() if re.fullmatch(r"[A-Z][a-z ]+\s*", line)]
    assert headings == ["Evidence", "Recorded", "Article", "Producer", "Sealed by", "Checkpoint"]
    assert contact.contact_id in shown


@pytest.mark.parametrize("width", [80, 120])
def test_a_consolidated_contact_is_a_page_with_every_claim_and_who_makes_it(width: int) -> None:
    event = example(ContactConsolidated)
    told = tuple(ToldReport(one, None, ()) for one in event.contact.reports)
    page = ContactPage(event.consolidated_id, event.contact, (), (Found(stored(event), event),), told)
    shown = plain(printed(contact_sheet(page), width))
    assert max(map(len, shown.splitlines())) <= width
    headings = [line.strip() for line in shown.splitlines() if re.fullmatch(r"[A-Z][a-z ]+\s*", line)]
    assert headings == ["Participants", "Claims", "Reports", "History"]
    assert re.search(r"date +2022-10-24 +all reports", shown)
    assert all(f"[{number}]" in shown for number in range(1, len(told) + 1))


def test_reports_that_follow_each_other_are_said_as_from_and_to() -> None:
    assert numbers([0, 1, 2, 4, 6, 7]) == "[1] to [3], [5], [7], [8]"
    assert numbers([]) == ""


@pytest.mark.parametrize("width", [80, 120])
def test_the_account_of_an_audit_has_a_row_a_topic_however_many_partitions(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=True)
    monkeypatch.setattr(terminal, "out", console)
    coverage = {
        Partition(topic, number): Coverage(0, 3) for topic in ("entities", "news") for number in range(40)
    }
    print_account(Account(records=240, coverage=coverage), verified=False)
    lines = plain(file.getvalue()).splitlines()
    assert max(map(len, lines)) <= width
    assert len(lines) < 8
    assert [line.split()[-1] for line in lines if "at the end of 40 partitions" in line] == ["120", "120"]
