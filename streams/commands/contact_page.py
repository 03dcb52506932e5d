"""One consolidated contact as a page of plain lines.

Pure: values in, text out.
"""

from collections.abc import Iterator, Sequence

from readout.schemas.contacts import ConsolidatedContact, ContactEvent, ReportGroup
from readout.streams.audit.replay.consolidated import ContactPage, ToldReport
from readout.streams.audit.replay.found import marked
from readout.streams.audit.wording import count_of
from readout.streams.commands.contact_views import change_text, date_text, party_text
from readout.streams.commands.views import place, short_id


def page_lines(page: ContactPage) -> Iterator[str]:
    """One contact as a page: who, what is claimed by whom, each report with its sentence, history."""
    yield f"contact {page.consolidated_id}"
    if page.state is None:
        moved = " and ".join(page.moved_to)
        yield (
            f"this id is gone; its reports are now in {moved}" if moved else "no report of it holds any more"
        )
    else:
        yield from _state_lines(page.state)
        yield from _report_lines(page.state, page.told)
    yield "history"
    for found in page.history:
        change = change_text(found.event) if isinstance(found.event, ContactEvent) else "(cannot be read)"
        yield f"  {place(found.record)}  {change}"


def _state_lines(state: ConsolidatedContact) -> Iterator[str]:
    yield f"{count_of(state.report_count, 'report')}, {state.independent_reports} independent" + (
        f"; disputed: {', '.join(state.disputed)}" if state.disputed else ""
    )
    yield f"first told {state.first_reported or 'unknown'}, last {state.last_reported or 'unknown'}"
    for party in state.participants:
        titles = f", {'; '.join(party.titles)}" if party.titles else ""
        part = f" [{party.part}]" if party.part != "party" else ""
        yield f"  {party_text(party)}{titles}{part}"
        for used in party.names:
            if used.name != party.name:
                yield f"      also {used.name!r} ({used.linked_by}) in {numbers(used.reports)}"
    for name, said, reports in claims_of(state):
        yield f"  {name:<7} {said}: {numbers(reports)}"
    for subject in state.subjects:
        yield f"  about   {subject}"


def claims_of(state: ConsolidatedContact) -> Iterator[tuple[str, str, Sequence[int]]]:
    """What is claimed: of what, which value, by which reports."""
    yield from (("date", date_text(one), one.reports) for one in state.dates)
    yield from (("mode", one.mode, one.reports) for one in state.modes)
    yield from (("status", one.status, one.reports) for one in state.statuses)
    yield from (("place", one.place, one.reports) for one in state.places)


def _report_lines(state: ConsolidatedContact, told: Sequence[ToldReport]) -> Iterator[str]:
    yield "reports"
    for group in state.groups:
        yield f"  {_group_text(group)}"
        for number in group.reports:
            one = told[number]
            where = f"  {place(one.record)}" if one.record else ""
            who = one.report.source or short_id(one.report.article_id)
            yield f"    [{number + 1}] {one.report.published_at or 'undated'}  {who}{where}"
            for sentence in one.sentences:
                yield f"        {marked(sentence, '[', ']')}"


def _group_text(group: ReportGroup) -> str:
    return f"not independent of each other: {', '.join(group.reasons)}" if group.reasons else "independent"


def numbers(reports: Sequence[int]) -> str:
    """Reports as a person counts them, from 1: those that follow each other as from and to."""
    runs: list[list[int]] = []
    for number in reports:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(
        f"[{run[0] + 1}] to [{run[-1] + 1}]" if len(run) > 2 else ", ".join(f"[{one + 1}]" for one in run)
        for run in runs
    )
