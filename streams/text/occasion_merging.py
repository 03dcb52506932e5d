"""Bring the mentions of one contact together: headline, readout, "in that call".

Reads:  the occasions of an article in reading order
Writes: groups of occasions, one group a contact, in the order of their first explicit mention

Two mentions tell of one contact if one names the parties of the other, and mode, status and date do not disagree.
A mention that names only countries or offices joins the one that names their people; a first paragraph that sums up
several contacts ("the military chiefs of A, B and C held talks") is evidence of each and no contact of its own.
"""

from collections.abc import Iterable, Sequence

from schemas.contact_log import ContactMode
from streams.text.occasions import Occasion
from streams.text.party import Party

Group = list[Occasion]
# An anaphor reaches back so many code points: half a dozen paragraphs.
_REACH = 2500
_COMPATIBLE = frozenset(
    frozenset(pair)
    for pair in (
        ("talks", "call"), ("talks", "video"), ("talks", "meeting"), ("talks", "visit"), ("meeting", "visit"),
    )
)  # fmt: skip


def merge_occasions(occasions: Sequence[Occasion]) -> list[Group]:
    """The groups of mentions, each a contact."""
    groups: list[Group] = []
    for occasion in sorted(occasions, key=_firmness):
        if occasion.strength != "anaphor":
            _add(occasion, groups)
    groups = _without_summaries(groups)
    groups.sort(key=lambda group: min(occasion.trigger for occasion in group))
    for occasion in occasions:
        if occasion.strength == "anaphor":
            _refer(occasion, groups)
    return groups


def _firmness(occasion: Occasion) -> tuple[bool, bool, int]:
    """Who is named comes before who is only told by country, and a meeting before a private word."""
    is_collective = all(party.kind != "person" for party in occasion.parties)
    return occasion.strength == "told", is_collective, occasion.trigger


def _add(occasion: Occasion, groups: list[Group]) -> None:
    fitting = [group for group in groups if _is_same(occasion, group)]
    if fitting:
        max(fitting, key=lambda group: _likeness(occasion, group)).append(occasion)
    else:
        groups.append([occasion])


def _likeness(occasion: Occasion, group: Group) -> tuple[int, int, int]:
    known = parties_of_group(group)
    same = sum(any(is_same_party(party, other) for other in known) for party in occasion.parties)
    distance = min(abs(occasion.trigger - other.trigger) for other in group)
    return same, int(_dates_agree(occasion, group)), -distance


def _is_same(occasion: Occasion, group: Group) -> bool:
    if not modes_agree(occasion.mode, mode_of_group(group)) or _dates_clash(occasion, group):
        return False
    if occasion.status != status_of_group(group) and occasion.strength != "told":
        return False
    return _covers(occasion.parties, parties_of_group(group))


def _covers(some: Sequence[Party], others: Sequence[Party]) -> bool:
    """Does one list name the parties of the other, at least two, each by itself or by its country?"""
    matched = _matches(some, others)
    return matched >= 2 and matched == min(len(some), len(others))


def _matches(some: Sequence[Party], others: Sequence[Party]) -> int:
    left = list(others)
    count = 0
    for is_like in (is_same_party, stands_for_party):
        for party in some:
            if is_like is stands_for_party and any(is_same_party(party, other) for other in others):
                continue
            found = next((other for other in left if is_like(party, other)), None)
            if found is not None:
                left.remove(found)
                count += 1
    return count


def is_same_party(one: Party, other: Party) -> bool:
    """The same member of the cast, or the same unnamed office."""
    return one.identity == other.identity


def stands_for_party(one: Party, other: Party) -> bool:
    """Turkey for its president, the French defence minister for a French person of no other office."""
    if one.country is None or one.country != other.country or (one.kind == other.kind == "person"):
        return False
    if "office" in (one.kind, other.kind) and one.title and other.title:
        return _office_word(one.title) == _office_word(other.title)
    return True


_SAME_OFFICES = {
    "chairman": "chief", "head": "chief", "leader": "president", "secretary": "minister", "premier": "minister",
}  # fmt: skip


def _office_word(title: str) -> str:
    """Military chief, chairman of the joint chiefs, chief of staff: all chiefs; the word before of decides."""
    words = title.casefold().split(" of ")[0].split()
    last = words[-1] if words else ""
    return _SAME_OFFICES.get(last, last)


def modes_agree(one: ContactMode, other: ContactMode) -> bool:
    """May two mentions of these modes tell of one contact?"""
    return one == other or frozenset((one, other)) in _COMPATIBLE


def _dates_clash(occasion: Occasion, group: Group) -> bool:
    return any(_clash(occasion, other) for other in group)


def _clash(one: Occasion, other: Occasion) -> bool:
    if one.when is None or other.when is None:
        return False
    if one.when.date and other.when.date:
        shorter = min(len(one.when.date), len(other.when.date))
        return one.when.date[:shorter] != other.when.date[:shorter]
    return bool(one.date_words and other.date_words) and one.date_words != other.date_words


def _dates_agree(occasion: Occasion, group: Group) -> bool:
    dates = {other.when.date for other in group if other.when and other.when.date}
    return occasion.when is not None and occasion.when.date in dates


# Anaphors -----------------------------------------------------------------------------------------------------------


def _refer(occasion: Occasion, groups: list[Group]) -> None:
    """Join "that call" to the nearest contact before it of a fitting mode, with the party that it names, if any."""
    if any(other.evidence == occasion.evidence for group in groups for other in group):
        return
    fitting = [group for group in groups if _may_mean(occasion, group)]
    if fitting:
        nearest = max(fitting, key=lambda group: max(o.trigger for o in group if o.trigger < occasion.trigger))
        nearest.append(occasion)


def _may_mean(occasion: Occasion, group: Group) -> bool:
    before = [other for other in group if other.trigger < occasion.trigger]
    if not before or occasion.evidence.start - max(other.evidence.end for other in before) > _REACH:
        return False
    known = parties_of_group(group)
    named = all(any(is_same_party(party, other) for other in known) for party in occasion.parties)
    return named and modes_agree(occasion.mode, mode_of_group(group)) and not _dates_clash(occasion, group)


# Summaries ----------------------------------------------------------------------------------------------------------


def _without_summaries(groups: list[Group]) -> list[Group]:
    kept = []
    for group in groups:
        parts = [other for other in groups if other is not group and _is_part_of(other, group)]
        if _is_collective(group) and parts and _countries(group) <= {c for part in parts for c in _countries(part)}:
            for part in parts:
                part.extend(group)
        else:
            kept.append(group)
    return kept


def _is_collective(group: Group) -> bool:
    return all(party.kind != "person" for party in parties_of_group(group))


def _is_part_of(part: Group, whole: Group) -> bool:
    if _is_collective(part) or not modes_agree(mode_of_group(part), mode_of_group(whole)):
        return False
    return status_of_group(part) == status_of_group(whole) and _countries(part) <= _countries(whole)


def _countries(group: Group) -> set[str]:
    return {party.country or "" for party in parties_of_group(group)}


# What a group says as a whole ---------------------------------------------------------------------------------------


def parties_of_group(group: Iterable[Occasion]) -> tuple[Party, ...]:
    """All parties of a contact, nobody twice; who is named replaces the country or office that stood for him."""
    found: dict[object, Party] = {}
    for occasion in group:
        for party in occasion.parties:
            known = found.get(party.identity)
            if known is None or known.is_pronoun and not party.is_pronoun:
                found[party.identity] = party
    return tuple(
        party
        for party in found.values()
        if not any(_is_more_specific(other, party) for other in found.values())
    )


_SPECIFICITY = {"country": 0, "organisation": 1, "group": 1, "office": 2, "person": 3}


def _is_more_specific(one: Party, other: Party) -> bool:
    return (
        one is not other
        and stands_for_party(one, other)
        and _SPECIFICITY[one.kind] > _SPECIFICITY[other.kind]
        and other.kind != "group"
    )


def mode_of_group(group: Iterable[Occasion]) -> ContactMode:
    """The most telling mode: a call that was first only said to be talks is a call."""
    modes = [occasion.mode for occasion in group]
    order: tuple[ContactMode, ...] = ("video", "call", "letter", "meeting", "visit", "talks")
    return next(mode for mode in order if mode in modes)


def status_of_group(group: Sequence[Occasion]) -> str:
    """The status that the mentions tell; a refusal or cancellation takes back a plan."""
    found = [occasion.status for occasion in group]
    return next((status for status in ("denied", "refused") if status in found), found[0])
