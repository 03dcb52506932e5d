"""iCalendar (RFC 5545): planned contacts whose day or week is known, as all-day events."""

import datetime
from typing import BinaryIO

from readout.schemas.contact_log import ContactLogged
from readout.streams.export.export_format import LeftOut
from readout.streams.export.state import ArticleState
from readout.streams.export.store import Store
from readout.streams.export.words import days_of, evidence_of, moment_of, title_of

_LONGEST = 75


def write_file(store: Store, out: BinaryIO) -> LeftOut:
    """Write the calendar."""
    left = LeftOut()
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Readout//Planned contacts//EN"]
    for state in store.articles():
        for contact in state.contacts:
            if contact.status == "planned":
                lines += _event(contact, state, left)
    lines.append("END:VCALENDAR")
    out.writelines(_folded(line) for line in lines)
    return left


def _event(contact: ContactLogged, state: ArticleState, left: LeftOut) -> list[str]:
    days = days_of(contact.occurred_on)
    if days is None:
        left["planned contacts without a day, which no calendar can show"] += 1
        return []
    first, last = days
    url = state.article.source.url if state.article.source else None
    return [
        "BEGIN:VEVENT",
        f"UID:{contact.contact_id}@readout",
        f"DTSTAMP:{moment_of(state.article, state.sealed_at):%Y%m%dT%H%M%SZ}",
        f"SEQUENCE:{contact.revision - 1}",
        f"DTSTART;VALUE=DATE:{first:%Y%m%d}",
        f"DTEND;VALUE=DATE:{last + datetime.timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_text(title_of(contact))}",
        f"DESCRIPTION:{_text(evidence_of(contact))}",
        *([f"LOCATION:{_text(contact.place.name)}"] if contact.place else []),
        *([f"URL:{_uri(url)}"] if url else []),
        f"CATEGORIES:{contact.mode}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _text(words: str) -> str:
    """A text value: what has a meaning is escaped, controls are dropped."""
    escaped = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return "".join(one for one in escaped if one >= " " and one != "\x7f")


def _uri(address: str) -> str:
    return "".join(one for one in address if one > " ")


def _folded(line: str) -> bytes:
    """A line of at most 75 bytes, what is longer on lines that begin with a space; no letter is cut."""
    parts, part = [], b""
    for letter in line:
        encoded = letter.encode()
        if len(part) + len(encoded) > _LONGEST:
            parts.append(part)
            part = b" "
        part += encoded
    return b"\r\n".join([*parts, part]) + b"\r\n"
