"""One consolidated contact as a page on a terminal: who, what is claimed by whom, every report's sentence, history.

Pure: values in, things for rich to print out.
"""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from readout.schemas.contacts import ConsolidatedContact, ContactEvent
from readout.schemas.event import Event
from readout.streams.audit.replay.consolidated import ContactPage, ToldReport
from readout.streams.commands.cards import consolidated_body
from readout.streams.commands.contact_page import claims_of, numbers
from readout.streams.commands.contact_views import change_text, party_text
from readout.streams.commands.trace_page import marked_text, section
from readout.streams.commands.views import one_line, place, short_id
from readout.streams.kafka.connection import StoredRecord


def contact_sheet(page: ContactPage) -> RenderableType:
    """All that is known of a contact, with headings."""
    return Group(*_parts(page))


def _parts(page: ContactPage) -> Iterator[RenderableType]:
    if page.state is None:
        moved = " and ".join(page.moved_to)
        yield Text(f"its reports are now in {moved}" if moved else "no report of it holds any more", "bold")
    else:
        yield from consolidated_body(page.state)
    yield Text(f"  {page.consolidated_id}", "dim")
    if page.state is not None:
        yield from section("Participants", _participants(page.state))
        yield from section("Claims", [_claims(page.state)])
        yield from section("Reports", _reports(page.state, page.told))
    yield from section("History", (_change(one.record, one.event) for one in page.history))


def _participants(state: ConsolidatedContact) -> Iterator[RenderableType]:
    for party in state.participants:
        shown = Text(one_line(party_text(party)), "bold")
        titles = one_line("; ".join(party.titles))
        shown.append(f"  {titles}", "not bold")
        shown.append("" if party.part == "party" else f" [{party.part}]", "not bold dim")
        yield shown
        for used in party.names:
            if used.name != party.name:
                yield Text(f"  also “{one_line(used.name)}” ({used.linked_by}) in {numbers(used.reports)}")


def _claims(state: ConsolidatedContact) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    before = ""
    for name, said, reports in claims_of(state):
        by = "all reports" if len(reports) == len(state.reports) else numbers(reports)
        table.add_row("" if name == before else name, Text(one_line(said), "bold"), Text(by, "dim"))
        before = name
    return table


def _reports(state: ConsolidatedContact, told: tuple[ToldReport, ...]) -> Iterator[RenderableType]:
    for group in state.groups:
        for number in group.reports:
            others = numbers([one for one in group.reports if one != number])
            copies = f"not independent of {others}: {', '.join(group.reasons)}" if others else ""
            yield _report(number, told[number], copies)


def _report(number: int, told: ToldReport, copies: str) -> Table:
    """Its number, what it is, and below that which others are no news beside it, and its sentences."""
    report = told.report
    who = one_line(report.source or short_id(report.article_id))
    head = Text(f"{(report.published_at or 'undated')[:16].replace('T', ' ')}  {who}")
    head.append(f"  {place(told.record)}" if told.record else "  (its record is gone)", "dim")
    row = Table.grid(padding=(0, 2, 0, 0))
    row.add_column(justify="right", min_width=4, style="dim")
    row.add_row(Text(f"[{number + 1}]"), head)
    if copies:
        row.add_row("", Text(copies, "yellow"))
    for sentence in told.sentences:
        row.add_row("", marked_text(sentence))
    return row


def _change(record: StoredRecord, event: Event | None) -> Text:
    change = change_text(event) if isinstance(event, ContactEvent) else "(cannot be read)"
    return Text(f"{place(record)}  {change}")
