"""Bring the mentions of one contact together: headline, readout, "in that call".

Reads:  the occasions of an article in reading order
Writes: groups of occasions, one group a contact, in the order of their first mention

Two mentions tell of one contact if one names the parties of the other, and mode, status and date do not disagree.
A mention that names only countries or offices joins the one that names their people; a first paragraph that sums up
several contacts ("the military chiefs of A, B and C held talks") is evidence of each and no contact of its own; a
visit is the meeting that was held during it.
"""

from collections.abc import Sequence
from dataclasses import replace

from readout.streams.text.contact_log.occasion_groups import (
    Group,
    is_collective,
    mode_of_group,
    modes_agree,
    parties_of_group,
    status_of_group,
)
from readout.streams.text.contact_log.occasions import Occasion
from readout.streams.text.contact_log.party import Party
from readout.streams.text.contact_log.party_likeness import is_same_party, stands_for_party

# An anaphor reaches back so many code points: half a dozen paragraphs.
_REACH = 2500
# A meeting told so soon after a visit took place during it: within a few sentences.
_SOON = 400
_NEIGHBOURS = 12


def merge_occasions(occasions: Sequence[Occasion]) -> list[Group]:
    """The groups of mentions, each a contact."""
    told = _without_visits(occasions)
    groups: list[Group] = []
    for occasion in sorted(told, key=_firmness):
        if occasion.strength != "anaphor":
            _add(occasion, groups)
    groups = _without_summaries(groups)
    for occasion in told:
        if occasion.strength == "anaphor":
            _refer(occasion, groups)
    return sorted(groups, key=_first_trigger)


def _first_trigger(group: Group) -> int:
    return min(occasion.trigger for occasion in group)


def _firmness(occasion: Occasion) -> tuple[bool, bool, int]:
    """Who is named comes before who is only told by country, and a meeting before a private word."""
    return occasion.strength == "told", is_collective([occasion]), occasion.trigger


def _add(occasion: Occasion, groups: list[Group]) -> None:
    fitting = [group for group in groups if _share_anybody(occasion, group) and _is_same(occasion, group)]
    if fitting:
        max(fitting, key=lambda group: _likeness(occasion, group)).append(occasion)
    else:
        groups.append([occasion])


def _share_anybody(occasion: Occasion, group: Group) -> bool:
    """Can the two be one contact at all? A cheap question before the dear ones; texts may be very long."""
    known = {key for other in group for party in other.parties for key in _keys(party)}
    return any(key in known for party in occasion.parties for key in _keys(party))


def _keys(party: Party) -> tuple[object, ...]:
    surname = party.name.rpartition(" ")[2]
    return (
        (party.identity, surname)
        if party.country is None
        else (party.identity, surname, ("in", party.country))
    )


def _likeness(occasion: Occasion, group: Group) -> tuple[int, bool, int]:
    known = parties_of_group(group)
    same = sum(any(is_same_party(party, other) for other in known) for party in occasion.parties)
    distance = min(abs(occasion.trigger - other.trigger) for other in group)
    return same, _dates_agree(occasion, group), -distance


def _is_same(occasion: Occasion, group: Group) -> bool:
    if occasion.strength == "told":
        return _covers(occasion, parties_of_group(group))
    if not modes_agree(occasion.mode, mode_of_group(group)) or not _statuses_agree(occasion, group):
        return False
    if _is_long_past(occasion) != all(_is_long_past(other) for other in group):
        return False
    if _dates_clash(occasion, group) or not _covers(occasion, parties_of_group(group)):
        return False
    return not is_collective([occasion]) or _dates_may_agree(occasion, group)


def _is_long_past(occasion: Occasion) -> bool:
    """As in "whose visit in 2011 was the last": not the meeting of these days."""
    return occasion.mode == "visit" and occasion.when is not None and occasion.when.precision == "year"


def _statuses_agree(occasion: Occasion, group: Group) -> bool:
    """A refusal ends what was planned: "cancelled the meeting … had been due to meet"; or says why none was."""
    status = status_of_group(group)
    if {occasion.status, status} == {"denied", "refused"}:
        return True
    if occasion.status == "planned" and status == "refused":
        return occasion.is_past_plan
    if occasion.status == "refused" and status == "planned":
        return all(other.is_past_plan for other in group)
    return occasion.status == status


def _covers(occasion: Occasion, known: Sequence[Party]) -> bool:
    """Does one list name the parties of the other, at least two of them?

    Or does the mention name all its parties by their countries and offices: "the two presidents met"? But
    "preliminary talks between India and Pakistan" are not those that their envoys held.
    """
    some = occasion.parties
    same = [party for party in some if any(is_same_party(party, other) for other in known)]
    if len(some) < 2 or occasion.is_another:
        return False
    if len(same) >= 2 and len(same) == min(len(some), len(known)):
        return True
    rest = [party for party in some if party not in same]
    left = [other for other in known if not any(is_same_party(party, other) for party in same)]
    return bool(rest) and _stand_for_all(rest, left)


def _stand_for_all(some: Sequence[Party], others: Sequence[Party]) -> bool:
    """Does each of some parties stand for another one?"""
    left = list(others)
    for party in some:
        found = next((other for other in left if stands_for_party(party, other)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _dates_may_agree(occasion: Occasion, group: Group) -> bool:
    """As in "the two sides will meet on December 15" is not the meeting that is planned for "later this month"."""
    if occasion.when is None or occasion.when.date:
        return True
    return all(other.date_words in ("", occasion.date_words) for other in group)


def _dates_clash(occasion: Occasion, group: Group) -> bool:
    return any(_clash(occasion, other) for other in group)


def _clash(one: Occasion, other: Occasion) -> bool:
    if one.when is None or other.when is None:
        return False
    if one.when.date and other.when.date:
        return not one.when.may_be(other.when)
    if one.when.date or other.when.date:
        return False
    is_exact = one.is_dated_exactly and other.is_dated_exactly
    return is_exact and one.date_words != other.date_words


def _dates_agree(occasion: Occasion, group: Group) -> bool:
    dates = {other.when.date for other in group if other.when and other.when.date}
    return occasion.when is not None and occasion.when.date in dates


# Visits ----------------------------------------------------------------------------------------------------


def _without_visits(occasions: Sequence[Occasion]) -> list[Occasion]:
    """Leave out a visit whose own sentence tells the meeting: "visited Sudan to meet the prime minister"."""
    kept: list[Occasion] = []
    for index, occasion in enumerate(occasions):
        around = occasions[max(0, index - _NEIGHBOURS) : index + _NEIGHBOURS]
        visit = next((other for other in around if _is_visit_for(other, occasion)), None)
        if not any(_is_visit_for(occasion, other) for other in around):
            kept.append(_during(visit, occasion) if visit else occasion)
    return kept


def _during(visit: Occasion, meeting: Occasion) -> Occasion:
    """The meeting, with the date and place of the visit where it tells none itself."""
    return replace(
        meeting,
        when=meeting.when or visit.when,
        date_words=meeting.date_words or visit.date_words,
        place=meeting.place or visit.place,
        mode="meeting" if meeting.mode == "talks" else meeting.mode,
        status="refused" if visit.status == "refused" else meeting.status,
    )


def _is_visit_for(visit: Occasion, meeting: Occasion) -> bool:
    if visit.mode not in ("visit", "meeting") or meeting.mode not in ("meeting", "talks") or visit is meeting:
        return False
    # "left for a visit to Laos, where he will meet the premier"
    is_begun = (visit.status, meeting.status) == ("held", "planned") and visit.evidence == meeting.evidence
    is_cancelled = visit.status == "refused" and meeting.is_past_plan
    if visit.status != meeting.status and not (is_begun or is_cancelled):
        return False
    if len(meeting.parties) < 2 or meeting.strength != "explicit":
        return False
    if _is_long_past(visit) or (visit.evidence != meeting.evidence and not _is_soon_after(visit, meeting)):
        return False
    guests = [party for party in visit.parties if party.kind != "country"]
    hosts = [party for party in visit.parties if party.kind == "country"]
    shares_guests = all(any(is_same_party(guest, other) for other in meeting.parties) for guest in guests)
    return bool(guests and hosts) and shares_guests and not any(h in meeting.parties for h in hosts)


def _is_soon_after(visit: Occasion, meeting: Occasion) -> bool:
    """As in "She arrived in Tehran on Sunday. She met President Karimi later that day"."""
    hosts = {party.country for party in visit.parties if party.kind == "country"}
    strangers = [
        party for party in meeting.parties if not any(is_same_party(party, known) for known in visit.parties)
    ]
    likely = {None, *hosts} if len(hosts) == 1 else hosts
    is_host = all(party.country in likely for party in strangers)
    distance = meeting.evidence.start - visit.evidence.end
    return (
        visit.mode == "visit"
        and is_host
        and 0 <= distance < _SOON
        and (visit.status == "refused" or not _clash(visit, meeting))  # the day of the refusal
    )


# Anaphors --------------------------------------------------------------------------------------------------


def _refer(occasion: Occasion, groups: list[Group]) -> None:
    """Join "that call" to the nearest contact before it of a fitting mode, with the party that it names, if any."""
    if occasion.is_another:
        _repeat(occasion, groups)
        return
    in_sentence = [g for g in groups if any(other.evidence == occasion.evidence for other in g)]
    if in_sentence and occasion.status != "refused" and not occasion.adds_parties:
        return
    fitting = [group for group in groups if _may_mean(occasion, group)]
    if fitting:
        max(fitting, key=lambda group: _last_before(occasion, group)).append(occasion)
    elif occasion.when is not None and occasion.when.day and not occasion.parties:
        _announce(occasion, groups)


def _announce(occasion: Occasion, groups: list[Group]) -> None:
    """As in "Thursday's meeting was tense. … Berg met Holm": the day is told before who met."""
    following = [group for group in groups if _is_announced(occasion, group)]
    if following:
        min(following, key=_first_trigger).append(occasion)


def _is_announced(occasion: Occasion, group: Group) -> bool:
    distance = min(other.evidence.start for other in group) - occasion.evidence.end
    is_undated = all(other.when is None for other in group)
    return (
        0 <= distance <= _REACH
        and is_undated
        and occasion.status == status_of_group(group)
        and modes_agree(occasion.mode, mode_of_group(group))
    )


def _last_before(occasion: Occasion, group: Sequence[Occasion]) -> int:
    return max((other.trigger for other in group if other.trigger < occasion.trigger), default=-1)


def _may_mean(occasion: Occasion, group: Group) -> bool:
    if not _is_near(occasion, group) or not modes_agree(occasion.mode, mode_of_group(group)):
        return False
    status = status_of_group(group)
    if occasion.status != status and (occasion.status, status) != ("refused", "planned"):
        return False
    known = parties_of_group(group)
    named = all(any(is_same_party(party, other) for other in known) for party in occasion.parties)
    return (named or occasion.adds_parties) and not _dates_clash(occasion, group)


def _is_near(occasion: Occasion, group: Group) -> bool:
    ends = [other.evidence.end for other in group if other.trigger < occasion.trigger]
    return bool(ends) and occasion.evidence.start - max(ends) <= _REACH


def _repeat(occasion: Occasion, groups: list[Group]) -> None:
    """As in "The next meeting will take place in Lausanne": the same parties, another contact."""
    near = [
        group
        for group in groups
        if _is_near(occasion, group) and modes_agree(occasion.mode, mode_of_group(group))
    ]
    if near and occasion.status == "planned" and not occasion.parties:
        parties = parties_of_group(max(near, key=lambda group: _last_before(occasion, group)))
        groups.append([replace(occasion, parties=parties, strength="explicit")])


# Summaries -------------------------------------------------------------------------------------------------


def _without_summaries(groups: list[Group]) -> list[Group]:
    kept: list[Group] = []
    shared: list[tuple[Group, Group]] = []
    for group in groups:
        is_summary = is_collective(group)
        parts = [other for other in groups if is_summary and other is not group and _is_part_of(other, group)]
        told = {country for part in parts for country in _countries(part)}
        if is_summary and parts and _countries(group) <= told:
            shared.extend((part, group) for part in parts)
        else:
            kept.append(group)
    for part, summary in shared:
        part.extend(replace(occasion, parties=(), hub=None, subjects=()) for occasion in summary)
    return kept


def _is_part_of(part: Group, whole: Group) -> bool:
    if is_collective(part) or not modes_agree(mode_of_group(part), mode_of_group(whole)):
        return False
    if status_of_group(part) != status_of_group(whole):
        return False
    if any(_dates_clash(one, part) or not _dates_may_agree(one, part) for one in whole):
        return False
    known = parties_of_group(whole)
    return all(
        any(is_same_party(one, other) or stands_for_party(one, other) for other in known)
        for one in parties_of_group(part)
    )


def _countries(group: Group) -> set[str]:
    return {party.country or "" for party in parties_of_group(group)}
