"""Score a row of a table of minimal pairs against the records that were derived from its text.

Reads:  rows `{"id", "pair", "category", "published", "text", "expect"}` and the derived records of each text
Writes: what is wrong with a row, one line a fault; no line means that it is right

`expect` may hold `contacts` (all contacts of the text, no others), `statements` (each must be there; an empty list
means that there is none at all) and `no_statement` (strings that the content of no statement with status `made` may
hold). Only the fields that an expectation gives are compared; a `date` wants `end` and `approximate` as well, absent
where the row does not give them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import permutations
from typing import Any

Row = dict[str, Any]
CONTACT, STATEMENT = "readout.contact.logged.v1", "readout.statement.attributed.v1"
_PLAIN = ("mode", "status")
_DATED = ("date", "precision", "end", "approximate")
# More contacts than this in one short text are wrong anyway; all their orders would be too many to try.
_MOST = 6


def faults(row: Row, events: Iterable[Row]) -> list[str]:
    """What is wrong with the records of a row's text.

    Args:
        row: a row of a table.
        events: the CloudEvents that `readout derive` wrote for it, with `type` and `data`.
    """
    records: dict[str, list[Row]] = {CONTACT: [], STATEMENT: []}
    for event in events:
        records.setdefault(event["type"], []).append(event["data"])
    expect = row["expect"]
    return [
        *_contact_faults(expect.get("contacts"), records[CONTACT]),
        *_statement_faults(expect.get("statements"), records[STATEMENT]),
        *_said_after_all(expect.get("no_statement", ()), records[STATEMENT]),
    ]


def _contact_faults(wanted: Sequence[Row] | None, found: Sequence[Row]) -> Iterator[str]:
    if wanted is None:
        return
    if len(wanted) != len(found) or len(found) > _MOST:
        yield f"{len(found)} contacts, not {len(wanted)}: {[_told(one) for one in found]}"
        return
    orders = (
        [fault for one, other in zip(wanted, order, strict=True) for fault in _one_contact(one, other)]
        for order in permutations(found)
    )
    yield from min(orders, key=len)


def _told(contact: Row) -> str:
    when = contact["occurred_on"]
    names = " + ".join(one["name"] for one in contact["participants"])
    return f"{contact['mode']} {contact['status']} {when['date']} ({when['precision']}): {names}"


def _one_contact(wanted: Row, found: Row) -> Iterator[str]:
    parties = found["participants"]
    for name in wanted["participants"]:
        if not any(_is_named(name, party) for party in parties):
            yield f"lacks {name}: {_told(found)}"
    if len(parties) > len(wanted["participants"]):
        yield f"has others than {wanted['participants']}: {_told(found)}"
    for field in _PLAIN:
        if field in wanted and found[field] != wanted[field]:
            yield f"{field} {found[field]}, not {wanted[field]}"
    if "date" in wanted:
        yield from _date_faults(wanted, found["occurred_on"])


def _is_named(name: str, party: Row) -> bool:
    """Does a name, a title or the words in the text tell this party?"""
    words = [party["name"], *(one["exact"] for one in party["selectors"])]
    return any(name in told or _folded(told) in _folded(name) for told in words)


def _folded(words: str) -> str:
    return " ".join(words.casefold().split())


def _date_faults(wanted: Row, when: Row) -> Iterator[str]:
    for field in _DATED:
        if field != "precision" or field in wanted:
            expected, told = wanted.get(field) or None, when.get(field) or None
            if expected != told:
                yield f"{field} {told}, not {expected}"


def _statement_faults(wanted: Sequence[Row] | None, found: Sequence[Row]) -> Iterator[str]:
    if wanted is None:
        return
    if not wanted and found:
        yield f"{len(found)} statements, not none: {[_content(one) for one in found]}"
    for one in wanted:
        options = [list(_one_statement(one, other)) for other in found if one["content"] in _content(other)]
        yield from min(options, key=len, default=[f"no statement holds {one['content']!r}"])


def _content(statement: Row) -> str:
    return " ".join(str(statement["content"]["text"]).split())


def _one_statement(wanted: Row, found: Row) -> Iterator[str]:
    source = found["source"] or {}
    if "source" in wanted and not _tells(source, wanted["source"]):
        yield f"said by {source.get('name')}, not {wanted['source']}: {_content(found)!r}"
    if "status" in wanted and found.get("status", "made") != wanted["status"]:
        yield f"status {found.get('status', 'made')}, not {wanted['status']}: {_content(found)!r}"
    if "on_behalf_of" in wanted:
        principal = source.get("on_behalf_of")
        is_right = (
            principal is None if wanted["on_behalf_of"] is None else _tells(principal, wanted["on_behalf_of"])
        )
        if not is_right:
            yield f"on behalf of {principal}, not {wanted['on_behalf_of']}: {_content(found)!r}"


def _tells(reference: Mapping[str, Any] | None, name: str) -> bool:
    """Is the name part of a reference's name, or of its words in the text?"""
    if not reference:
        return False
    words = [reference["name"], *(one["exact"] for one in reference["selectors"])]
    return any(_folded(name) in _folded(told) for told in words if told)


def _said_after_all(forbidden: Sequence[str], found: Sequence[Row]) -> Iterator[str]:
    for words in forbidden:
        for statement in found:
            if statement.get("status", "made") == "made" and words in _content(statement):
                yield f"{words!r} is said: {_content(statement)!r}"
