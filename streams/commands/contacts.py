"""`readout contacts` and `readout contact`: what all articles together tell of each contact."""

import csv
import sys
from collections.abc import Iterable, Iterator
from typing import Annotated, get_args

import orjson
import typer
from rich.console import Group
from rich.text import Text

from readout.schemas.contact_log import ContactMode
from readout.schemas.contacts import ConsolidatedContact
from readout.schemas.envelope import encode_value
from readout.streams.audit.replay.consolidated import contact_page, held_contacts
from readout.streams.commands import terminal
from readout.streams.commands.cards import below, consolidated_body
from readout.streams.commands.contact_page import page_lines
from readout.streams.commands.contact_sheet import contact_sheet
from readout.streams.commands.contact_views import COLUMNS, short, state_cells
from readout.streams.commands.logs import Archive, open_log
from readout.streams.commands.terminal import Json
from readout.streams.errors import ConfigurationError
from readout.streams.processors.consolidation.names import fold

_Day = Annotated[str | None, typer.Option(metavar="DAY", help="Claimed for this day or a later one.")]


def contacts(  # noqa: PLR0913 - a person's options
    archive: Archive = None,
    *,
    since: _Day = None,
    until: Annotated[
        str | None, typer.Option(metavar="DAY", help="Claimed for this day or an earlier one.")
    ] = None,
    person: Annotated[
        str | None, typer.Option(metavar="NAME", help="With somebody of this name, or a part of it.")
    ] = None,
    country: Annotated[
        str | None, typer.Option(metavar="CODE", help="With somebody of this country, such as UA.")
    ] = None,
    mode: Annotated[
        ContactMode | None,
        typer.Option(metavar="MODE", help=f"Claimed to be of this kind: {', '.join(get_args(ContactMode))}."),
    ] = None,
    disputed: Annotated[bool, typer.Option("--disputed", help="On which reports disagree.")] = False,
    independent: Annotated[
        int, typer.Option(metavar="N", min=1, help="With at least N independent reports.")
    ] = 1,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Comma-separated values with a header.")] = False,
) -> None:
    """List contacts as all articles tell of them together, by date."""
    settings = terminal.start()
    if as_json and as_csv:
        raise ConfigurationError("--json contradicts --csv")
    held = terminal.run(held_contacts(open_log(settings, archive)))
    wanted = [
        (consolidated_id, state)
        for consolidated_id, state in held.items()
        if state.independent_reports >= independent
        and (state.disputed or not disputed)
        and (mode is None or mode in {claim.mode for claim in state.modes})
        and (country is None or country.upper() in {party.country for party in state.participants})
        and (person is None or _names(state, person))
        and _is_between(state, since, until)
    ]
    print_contacts(wanted, as_json=as_json, as_csv=as_csv)


def contact(
    id_: Annotated[str, typer.Argument(metavar="ID", help="A consolidated id, or its beginning.")],
    archive: Archive = None,
    *,
    as_json: Json = False,
) -> None:
    """Show one contact: claims, reports with their sentences, history."""
    settings = terminal.start()
    page = terminal.run(contact_page(open_log(settings, archive), id_))
    if as_json:
        state = orjson.loads(encode_value(page.state)) if page.state else None
        said = {"consolidated_id": page.consolidated_id, "moved_to": list(page.moved_to), "contact": state}
        terminal.print_json(said)
        return
    if terminal.out.is_terminal:
        terminal.show(contact_sheet(page))
        return
    for line in page_lines(page):
        terminal.plain(line)


def print_contacts(
    contacts: Iterable[tuple[str, ConsolidatedContact]], *, as_json: bool = False, as_csv: bool = False
) -> None:
    """Contacts by date: cards on a terminal, lines in a pipe, or what a program wants."""
    found = sorted(contacts, key=lambda one: (_first_day(one[1]), one[0]))
    if as_json:
        for consolidated_id, state in found:
            contact = orjson.loads(encode_value(state))
            terminal.print_json({"consolidated_id": consolidated_id, "contact": contact})
    elif as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(("id", *COLUMNS))
        writer.writerows((one, *state_cells(state)) for one, state in found)
    elif terminal.out.is_terminal:
        for consolidated_id, state in found:
            terminal.show(Group(*consolidated_body(state), below(Text(short(consolidated_id), "dim")), ""))
    else:
        for line in _lines(found):
            terminal.plain(line)
    if not found:
        terminal.note("no such contact; `readout consolidate` fills the topic contacts")


def _lines(found: Iterable[tuple[str, ConsolidatedContact]]) -> Iterator[str]:
    for one, state in found:
        yield "\t".join((short(one), *map(terminal.one_line, state_cells(state))))


def _names(state: ConsolidatedContact, wanted: str) -> bool:
    names = (used.name for party in state.participants for used in party.names)
    return any(fold(wanted) in fold(name) for name in names)


def _first_day(state: ConsolidatedContact) -> str:
    return min((claim.date for claim in state.dates), default="9999")


def _is_between(state: ConsolidatedContact, since: str | None, until: str | None) -> bool:
    if since is None and until is None:
        return True
    return any(
        (claim.end or claim.date) >= (since or "") and claim.date <= (until or "9999")
        for claim in state.dates
    )
