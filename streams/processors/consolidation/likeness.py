"""How likely two reports are of one contact: a score of the two alone, whatever else is known.

Reads:  two reports
Writes: a score in per mille; None if they do not share two parties, so that nothing joins them
Pure, symmetric, and deterministic to the unit: whole numbers only.

The parties give the score, and what does not fit takes off: another day, another mode, parties of its own on both
sides. Texts that are near each other make up for a date or mode that reports dispute.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from readout.schemas.contacts import ContactReport, PartyKind, ToldParty
from readout.streams.processors.consolidation.copies import nearness
from readout.streams.processors.consolidation.names import likeness, same_words, words_of
from readout.streams.processors.consolidation.offices import is_same_office

SAME = 700
"""From this score on two reports are taken for one contact's."""
_MATCHED = 400
_WEEK = 7
# How long before an article is published what it tells without a date may have been, and after it what is planned.
_PAST_DAYS, _COMING_DAYS = 3, 14

_LOOSE_MODES = frozenset({"talks"})
_SPOKEN, _MET = frozenset({"call", "video"}), frozenset({"meeting", "visit"})


class Party(NamedTuple):
    """A party as it is compared; whoever is told of often is compared once."""

    name: str
    kind: PartyKind
    office: str | None
    country: str | None
    alias_id: str | None
    is_hub: bool


def party_of(told: ToldParty) -> Party:
    """What decides of a party whether it is another one."""
    return Party(told.name, told.kind, told.office, told.country, told.alias_id, told.part == "hub")


@dataclass(frozen=True)
class Features:
    """A report as it is compared; `key` orders reports, the first published first."""

    report: ContactReport

    @cached_property
    def key(self) -> tuple[str, str, str]:
        """The place of the report among others."""
        one = self.report
        return (one.published_at or "9", one.article_id, one.record_id)

    @cached_property
    def parties(self) -> tuple[Party, ...]:
        """Who took part."""
        return tuple(map(party_of, self.report.participants))

    @cached_property
    def published(self) -> int | None:
        """Day of publication, as an ordinal."""
        text = self.report.published_at
        return datetime.date.fromisoformat(text[:10]).toordinal() if text else None

    @cached_property
    def days(self) -> tuple[int, int] | None:
        """First and last day that the report says; None if it says none.

        A plan for a day before the article was published is a weekday read the wrong way round, and says none.
        """
        days = _days(self.report)
        is_past = days is not None and self.published is not None and days[1] < self.published
        return None if is_past and self.report.status == "planned" else days

    @cached_property
    def likely_days(self) -> tuple[int, int] | None:
        """The same; where the report says none, from when it was published."""
        if self.days is not None or self.published is None:
            return self.days
        if self.report.status == "planned":
            return self.published, self.published + _COMING_DAYS
        return self.published - _PAST_DAYS, self.published


def score(one: Features, other: Features) -> int | None:
    """How likely two reports are of one contact; None without two parties in common."""
    first, second = (one, other) if one.key <= other.key else (other, one)
    parties = party_score(first.parties, second.parties)
    if parties is None:
        return None
    near = _nearness(first.report, second.report)
    lost = (
        _days_apart(first, second) + _mode_apart(first.report, second.report) + _details_apart(first, second)
    )
    return parties + near + _agreed(first, second) - lost


def party_score(one: Sequence[Party], other: Sequence[Party]) -> int | None:
    """How well the parties of two reports fit; None if fewer than two do."""
    pairs = sorted(
        (
            (-fitting, i, j)
            for i, first in enumerate(one)
            for j, second in enumerate(other)
            if (fitting := party_likeness(first, second)) >= _MATCHED
        ),
    )
    left, right, total = set(range(len(one))), set(range(len(other))), 0
    for negative, i, j in pairs:
        if i in left and j in right:
            left.remove(i)
            right.remove(j)
            total -= negative
    matched = len(one) - len(left)
    if matched < 2:
        return None
    has_hub = any(party.is_hub for party in (*one, *other))
    return total // matched - _unmatched(len(left), len(right), has_hub=has_hub)


def _unmatched(left: int, right: int, *, has_hub: bool) -> int:
    """Two reports that each have parties of their own are rarely of one contact; nor are talks of three and of two.

    Whoever speaks with several, one after the other, is a hub in one report, and with one of them in another.
    """
    if left and right:
        return 350
    return (40 if has_hub else 390) * min(left + right, 2)


def contradicts(one: Features, other: Features) -> bool:
    """Do two reports each name somebody who is none of the other's parties?

    Where one of them only says "Russia" or "the minister", they may still be of one contact, if others say so.
    """
    first, second = one.parties, other.parties
    return _has_own(first, second) and _has_own(second, first)


def _has_own(parties: Sequence[Party], others: Sequence[Party]) -> bool:
    return any(
        party.kind in {"person", "organisation"}
        and all(party_likeness(party, other) < _MATCHED for other in others)
        for party in parties
    )


@lru_cache(maxsize=262_144)
def party_likeness(one: Party, other: Party) -> int:
    """How surely two parties are the same, in per mille."""
    if one.alias_id and other.alias_id:
        return 1000 if one.alias_id == other.alias_id else 0
    if one.country and other.country and one.country != other.country:
        full = min(len(words_of(one.name)), len(words_of(other.name))) > 1
        same = one.kind == other.kind == "person" and full and likeness(one.name, other.name) >= 950
        return 600 if same else 0
    kinds = {one.kind, other.kind}
    if kinds == {"person"}:
        return _people(one, other)
    if kinds == {"government"}:
        return 900
    if kinds == {"organisation"}:
        return _bodies(one, other)
    return _unnamed(one, other)


def _people(one: Party, other: Party) -> int:
    found = likeness(one.name, other.name)
    if found == 0 or found > 900 or one.country == other.country:
        return found
    return found - 100  # a surname, and a country that only one of them tells


def _bodies(one: Party, other: Party) -> int:
    first, second = set(words_of(one.name)), set(words_of(other.name))
    if first == second:
        return 900
    # "the foreign ministry" where the other report says whose it is.
    return 700 if (first < second or second < first) and not (one.country and other.country) else 0


def _unnamed(one: Party, other: Party) -> int:
    """At least one of them has no name of a person: office and country have to do."""
    office = is_same_office(one.office, other.office)
    if not one.country or one.country != other.country:
        return 700 if one.name == other.name else 650 if office else 0
    if office is False:
        return 0
    if office is True:
        return 950
    if same_words(one.name, other.name):
        return 900
    # "Russia" or "Russian officials" for the Russian minister, or a minister whose office one report leaves out.
    return 450


def _nearness(one: ContactReport, other: ContactReport) -> int:
    """What texts in common say: a copy tells of the same contact."""
    if one.text_sha256 == other.text_sha256 and one.passage_sketch == other.passage_sketch:
        return 500
    texts = nearness(one.text_sketch, other.text_sketch) or 0
    passages = nearness(one.passage_sketch, other.passage_sketch) or 0
    return (250 if passages >= 600 and texts >= 400 else 0) + max(texts, passages) // 10


def _agreed(one: Features, other: Features) -> int:
    """Both say the same day and the same mode."""
    return 80 if one.days and one.days == other.days and one.report.mode == other.report.mode else 0


def _days_apart(one: Features, other: Features) -> int:
    first, second = one.likely_days, other.likely_days
    if first is None or second is None:
        return 100
    gap = max(first[0], second[0]) - min(first[1], second[1])
    slack = one.report.is_approximate or other.report.is_approximate
    gap = max(0, gap - (2 if slack else 0))
    both_told = one.days is not None and other.days is not None
    if gap <= 0:
        return 0 if both_told else 60
    if gap == _WEEK and both_told and _may_be_a_weekday_misread(one.report, other.report):
        return 120
    return min(250 + 100 * (gap - 1), 900) if both_told else min(250 + 60 * gap, 900)


def _may_be_a_weekday_misread(one: ContactReport, other: ContactReport) -> bool:
    """What did not take place may lie before or after the day on which it is told: "refused to meet on Tuesday"."""
    did_not_happen = {"refused", "denied"}
    return (
        one.status in did_not_happen
        and other.status in did_not_happen
        and (one.is_anchored or other.is_anchored)
    )


def _mode_apart(one: ContactReport, other: ContactReport) -> int:
    modes = {one.mode, other.mode}
    if len(modes) == 1:
        return 0
    if modes & _LOOSE_MODES:
        return 150 if "letter" in modes else 20
    if modes <= _SPOKEN or modes <= _MET:
        return 60
    return 400


def _details_apart(one: Features, other: Features) -> int:
    first, second = one.report, other.report
    lost = 0
    if first.hour and second.hour and first.hour != second.hour:
        lost += 420
    if first.place and second.place and not _same_place(first.place, second.place):
        lost += 60
    if {first.status, second.status} == {"planned", "held"}:
        lost += 50
    return lost


def _same_place(one: str, other: str) -> bool:
    return bool(set(words_of(one)) & set(words_of(other)))


def _days(report: ContactReport) -> tuple[int, int] | None:
    if report.date is None:
        return None
    first = datetime.date.fromisoformat((report.date + "-01-01")[:10])
    if report.end:
        return first.toordinal(), datetime.date.fromisoformat(report.end).toordinal()
    length = {4: 366, 7: 31, 10: 1}[len(report.date)]
    return first.toordinal(), first.toordinal() + length - 1
