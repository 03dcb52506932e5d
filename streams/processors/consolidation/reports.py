"""Read the reports of an article: its contact records, with what tells copies and parties apart.

Reads:  the contact records of an article that hold, and the article revision that they were derived from
Writes: a report for each record
Pure:   no clock, no network, no randomness; the order in which the records come does not matter.
"""

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from readout.schemas.contact_log import ContactLogged, Participant
from readout.schemas.contacts import ContactReport, PartyKind, ToldParty
from readout.schemas.envelope import ce_time
from readout.schemas.ids import RecordIds
from readout.schemas.news import ArticlePublished
from readout.schemas.withdrawals import RecordWithdrawn
from readout.streams.processors.consolidation.copies import credit_of, origin_of, sketch
from readout.streams.processors.consolidation.names import fold
from readout.streams.processors.consolidation.offices import office_class
from readout.streams.text.gazetteer import Gazetteer

_RUN_OF_BODY, _RUN_OF_PASSAGE = 3, 2
_HOURS = re.compile(
    r"\b(morning|noon|afternoon|evening|night|overnight|midday|midnight|dawn|breakfast|lunch|dinner)\b"
)
_HOUR_NAMES = {
    "noon": "midday",
    "lunch": "midday",
    "overnight": "night",
    "midnight": "night",
    "dawn": "morning",
    "breakfast": "morning",
    "dinner": "evening",
}
_BODY_WORDS = re.compile(
    r"\b(ministry|forces|army|council|committee|party|union|group|government|office|bank|company|department|agency|"
    r"parliament|senate|congress|cabinet|delegation|movement|federation|organi[sz]ation|commission|court|embassy|fund)\b"
)


@dataclass(frozen=True)
class Knowledge:
    """What the shell loads once: the gazetteer, and the user's ids by folded name (empty without an alias file)."""

    gazetteer: Gazetteer
    aliases: Mapping[str, str] = field(default_factory=dict)

    def alias_id(self, *names: str) -> str | None:
        """The id that the alias file gives one of the names; None if it names none of them."""
        return next((self.aliases[fold(name)] for name in names if fold(name) in self.aliases), None)


@dataclass(frozen=True)
class Input:
    """A record of the contact log: its event, the digest of its value, and the article revision that it is of.

    `article` is None where that cannot be read any more, and of withdrawals.
    """

    event: ContactLogged | RecordWithdrawn
    sha256: str
    article: ArticlePublished | None


def live_after(
    before: Iterable[ContactReport], inputs: Iterable[Input], knowledge: Knowledge
) -> tuple[ContactReport, ...]:
    """The live reports of an article after more of its records, which come in the order of the log."""
    live = {report.record_id: report for report in before}
    for one in inputs:
        if isinstance(one.event, RecordWithdrawn):
            live.pop(one.event.record_id, None)
        else:
            live[one.event.contact_id] = read_report(one.event, one.sha256, one.article, knowledge)
    return numbered(live.values())


def numbered(reports: Iterable[ContactReport]) -> tuple[ContactReport, ...]:
    """All live reports of one article, in the order of their evidence, each with the id that it proposes.

    Neither mode nor date is in such an id: reports dispute them, and corrections change them.
    """
    ordered = sorted(reports, key=lambda one: (one.position, one.record_id))
    ids = RecordIds(ordered[0].article_id if ordered else "")
    return tuple(
        one.model_copy(
            update={
                "proposed_id": ids.next_id("consolidated", *sorted(party.name for party in one.participants))
            }
        )
        for one in ordered
    )


def read_report(
    contact: ContactLogged, sha256: str, article: ArticlePublished | None, knowledge: Knowledge
) -> ContactReport:
    """What a contact record reports; `numbered` gives the id that it proposes.

    Args:
        contact: a record that holds.
        sha256: the digest of its value.
        article: the revision that it was derived from; None where that cannot be read any more.
        knowledge: gazetteer and alias file.
    """
    body = article.body if article else ""
    passages = [selector.exact for selector in contact.evidence]
    reporter = contact.reported_by.name if contact.reported_by else None
    when = contact.occurred_on
    return ContactReport(
        record_id=contact.contact_id,
        record_sha256=sha256,
        article_id=contact.article_id,
        revision=contact.revision,
        proposed_id=contact.contact_id,
        position=contact.evidence[0].start,
        published_at=ce_time(article) if article else None,
        source=article.source.name if article and article.source else None,
        text_sha256=contact.text_sha256,
        text_sketch=sketch(body, _RUN_OF_BODY),
        passage_sketch=sketch(" ".join(passages), _RUN_OF_PASSAGE),
        credit=credit_of(article, knowledge.gazetteer) if article else None,
        origin=origin_of(passages, reporter, knowledge.gazetteer),
        participants=tuple(_party(one, knowledge) for one in contact.participants),
        mode=contact.mode,
        status=contact.status,
        date=when.date,
        end=when.end or (_week_end(when.date) if when.precision == "week" else None),
        is_approximate=when.approximate,
        is_anchored=when.anchor is not None,
        hour=_hour(passages),
        place=contact.place.name if contact.place else None,
        subjects=tuple(dict.fromkeys(subject.exact for subject in contact.subjects)),
    )


def _party(participant: Participant, knowledge: Knowledge) -> ToldParty:
    kind = _kind(participant, knowledge.gazetteer)
    words = participant.name if kind in {"office", "described"} else participant.title or ""
    return ToldParty(
        name=participant.name,
        kind=kind,
        title=participant.title,
        office=office_class(words),
        country=participant.country,
        part=participant.part,
        alias_id=knowledge.alias_id(participant.name, *(one.exact for one in participant.selectors)),
    )


def _kind(participant: Participant, gazetteer: Gazetteer) -> PartyKind:
    name = participant.name
    entry = gazetteer.lookup(name)
    if entry is not None and (entry.type == "place" or entry.kind == "seat"):
        return "government" if entry.governs else "organisation"
    if entry is not None:
        return "organisation"
    if office_class(name) and _is_description(name):
        return "office"
    if _BODY_WORDS.search(name.casefold()):
        return "organisation"
    return "described" if _is_description(name) else "person"


def _is_description(name: str) -> bool:
    """Are there words in it that begin small, other than those that belong to names?"""
    return any(word.islower() and len(word) > 3 for word in name.split())


def _hour(passages: Iterable[str]) -> str | None:
    """The one time of day that the passages name; None if they name none, or several."""
    found = {word for passage in passages for word in _HOURS.findall(passage.casefold())}
    named = {_HOUR_NAMES.get(word, word) for word in found}
    return next(iter(named)) if len(named) == 1 else None


def _week_end(monday: str | None) -> str | None:
    return (datetime.date.fromisoformat(monday) + datetime.timedelta(days=6)).isoformat() if monday else None
