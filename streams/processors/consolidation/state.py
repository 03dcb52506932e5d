"""The state of one contact: what its reports claim, what they dispute, and how many of them are independent.

Reads:  the reports of one contact
Writes: its state and its id
Pure:   a function of the set of reports. No claim is dropped or averaged.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from readout.schemas.contact_log import ContactMode, ContactStatus
from readout.schemas.contacts import (
    ConsolidatedContact,
    ContactReport,
    DateClaim,
    DisputedField,
    ModeClaim,
    PlaceClaim,
    ReportGroup,
    StatusClaim,
)
from readout.streams.processors.consolidation.copies import groups_of
from readout.streams.processors.consolidation.identity import participants
from readout.streams.processors.consolidation.likeness import Features
from readout.streams.processors.consolidation.names import words_of

K = TypeVar("K", bound=Hashable)
Numbers = tuple[int, ...]
_MOSTLY_SAID = frozenset({"talks"})
_ALIKE = (frozenset({"call", "video"}), frozenset({"meeting", "visit"}))


def contact_id(reports: Sequence[ContactReport]) -> str:
    """The id of a contact: what its first report proposes, so that of merged ones the first told stays."""
    return reports[0].proposed_id


def consolidated(cluster: Iterable[Features]) -> ConsolidatedContact:
    """The state of a contact, from all its reports."""
    ordered = sorted(cluster, key=lambda one: one.key)
    reports = tuple(one.report for one in ordered)
    groups = groups_of(reports)
    dates = _claims(reports, groups, lambda one: (one.date, one.end) if one.date else None)
    modes: dict[ContactMode, Numbers] = _claims(reports, groups, _mode)
    statuses: dict[ContactStatus, Numbers] = _claims(reports, groups, _status)
    places = _claims(reports, groups, lambda one: words_of(one.place) if one.place else None)
    published = sorted(one.published_at for one in reports if one.published_at)
    return ConsolidatedContact(
        participants=participants(reports),
        modes=tuple(ModeClaim(mode=mode, reports=numbers) for mode, numbers in modes.items()),
        statuses=tuple(StatusClaim(status=status, reports=numbers) for status, numbers in statuses.items()),
        dates=tuple(DateClaim(date=date[0], end=date[1], reports=numbers) for date, numbers in dates.items()),
        places=tuple(
            PlaceClaim(place=reports[numbers[0]].place or "", reports=numbers) for numbers in places.values()
        ),
        subjects=tuple(sorted({subject for one in reports for subject in one.subjects})),
        disputed=tuple(_disputed(ordered, modes, statuses, places)),
        report_count=len({one.article_id for one in reports}),
        independent_reports=len(groups),
        groups=groups,
        first_reported=published[0] if published else None,
        last_reported=published[-1] if published else None,
        reports=reports,
    )


def _mode(report: ContactReport) -> ContactMode:
    return report.mode


def _status(report: ContactReport) -> ContactStatus:
    return report.status


def _claims(
    reports: Sequence[ContactReport],
    groups: Sequence[ReportGroup],
    claim: Callable[[ContactReport], K | None],
) -> dict[K, Numbers]:
    """Who claims what; what most independent groups claim comes first."""
    found: defaultdict[K, list[int]] = defaultdict(list)
    for number, report in enumerate(reports):
        said = claim(report)
        if said is not None:
            found[said].append(number)
    group_of = {number: place for place, group in enumerate(groups) for number in group.reports}
    ranked = sorted(found.items(), key=lambda one: (-len({group_of[number] for number in one[1]}), one[1]))
    return {said: tuple(numbers) for said, numbers in ranked}


def _disputed(
    reports: Sequence[Features],
    modes: Mapping[ContactMode, Numbers],
    statuses: Mapping[ContactStatus, Numbers],
    places: Mapping[tuple[str, ...], Numbers],
) -> Iterator[DisputedField]:
    days = [one.days for one in reports if one.days]
    if days and max(first for first, _ in days) > min(last for _, last in days):
        yield "date"
    said = set(modes) - _MOSTLY_SAID
    if len(said) > 1 and not any(said <= alike for alike in _ALIKE):
        yield "mode"
    if "held" in statuses and {"denied", "refused"} & set(statuses):
        yield "status"
    words = [set(place) for place in places]
    if any(not one & other for one in words for other in words):
        yield "place"
