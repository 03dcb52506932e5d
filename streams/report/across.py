"""Contacts across articles: the present state of each, as the topic `contacts` tells it.

Reads:  events of `contacts`, those of one contact in their order
Writes: the index
"""

import sqlite3

import orjson

from readout.schemas.contacts import (
    ConsolidatedContact,
    ContactConsolidated,
    ContactEvent,
    ContactReport,
    ContactSplit,
    DateClaim,
)
from readout.streams.report.days import days_between
from readout.streams.report.document import stored_json
from readout.streams.report.kept import Json, Kept, name_key

# What only the consolidation itself needs.
_LEFT_OUT = {"text_sketch", "passage_sketch", "text_sha256", "proposed_id", "participants"}


def take(database: sqlite3.Connection, one: Kept, *, with_text: bool) -> None:
    """Take the next event of a contact: its state, or that its id is gone."""
    if not isinstance(one.event, ContactEvent):
        return
    key = one.event.consolidated_id
    _forget(database, key)
    if isinstance(one.event, ContactConsolidated | ContactSplit) and one.event.contact is not None:
        _write(database, one, one.event.contact, with_text=with_text)


def _forget(database: sqlite3.Connection, key: str) -> None:
    rows = database.execute("DELETE FROM across WHERE id = ? RETURNING row", (key,)).fetchall()
    database.executemany("DELETE FROM links WHERE row = ?", rows)


def _write(database: sqlite3.Connection, one: Kept, contact: ConsolidatedContact, *, with_text: bool) -> None:
    data = across_row(one, contact, with_text=with_text)
    database.execute(
        "INSERT INTO across VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            data["id"],
            one.number,
            data["first"],
            data["last"],
            contact.independent_reports,
            bool(contact.disputed),
            orjson.dumps(data).decode(),
        ),
    )
    names = {name_key(used.name) for party in contact.participants for used in party.names}
    countries = {party.country for party in contact.participants if party.country}
    links = [(one.number, "across", name) for name in sorted(names)]
    links += [(one.number, "across country", country) for country in sorted(countries)]
    database.executemany("INSERT INTO links VALUES (?, ?, ?)", links)


def across_row(one: Kept, contact: ConsolidatedContact, *, with_text: bool) -> Json:
    """A contact as lists and its own page show it, with its record for the proof."""
    days = [_days(claim) for claim in contact.dates]
    said = contact.model_dump(exclude={"reports", "subjects"})
    parties = [{**party, "key": name_key(party["name"])} for party in said["participants"]]
    return {
        **said,
        "id": one.event.consolidated_id if isinstance(one.event, ContactEvent) else "",
        "where": one.where,
        "recorded": one.recorded,
        "first": min((first for first, _ in days), default=""),
        "last": max((last for _, last in days), default=""),
        "participants": parties,
        "subjects": list(contact.subjects) if with_text else [],
        "reports": [_report(report, with_text=with_text) for report in contact.reports],
        "log": stored_json(one, with_text=with_text),
    }


def _days(claim: DateClaim) -> tuple[str, str]:
    precision = {4: "year", 7: "month"}.get(len(claim.date), "day")
    return days_between(claim.date, precision, claim.end)


def _report(report: ContactReport, *, with_text: bool) -> Json:
    kept = report.model_dump(exclude=_LEFT_OUT)
    return kept if with_text else {**kept, "subjects": []}
