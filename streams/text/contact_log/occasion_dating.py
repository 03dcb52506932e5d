"""When a contact took place, as all its mentions and the text around them tell.

Reads:  the mentions of one contact, and those of the others, in a scene
Writes: the most precise date; the words alone where they cannot be resolved; None where nothing is told

Beside its own date, a contact may share that of the one told before it ("Milley also held talks with"), or that of
its place: "a summit in Tehran … Putin said in Tehran on Friday".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from readout.streams.text.contact_log.clauses import is_verb, subjects_of
from readout.streams.text.contact_log.mention_dating import head_of, resolve_date
from readout.streams.text.contact_log.occasions import Occasion
from readout.streams.text.contact_log.party import Party
from readout.streams.text.contact_log.party_likeness import is_same_party
from readout.streams.text.contact_log.scene import Scene
from readout.streams.text.contact_log.tokens import Token
from readout.streams.text.dates import DateWords, ResolvedDate

Group = list[Occasion]
_AtPlace = tuple[int | None, int | str | None]
"""The place's index in the cast, and who was there: a person's index, or the code of his country."""
_PRECISION = ("day", "week", "month", "year", "unknown")
_HIGHEST = 5
_AGAIN = re.compile(r"\b(?:and|again)\b", re.IGNORECASE)
_AND_AGAIN = re.compile(
    r",?\s+and\s+(?:then\s+)?(?:once\s+)?again\s+(?:on\s+|in\s+)?(?:the\s+)?", re.IGNORECASE
)
# How far a day told before reaches, in code points, and how many of them are looked at.
_NEXT = 300
_DATES_BEFORE = 2
_ASIDE = frozenset("relcl ccomp advcl acl parataxis csubj pcomp".split())


def date_of_contact(
    group: Group, groups: Sequence[Group], scene: Scene, published_on: date | None
) -> ResolvedDate | None:
    """The date of a contact: its own, else that of the contact before it, else that of its place."""
    told = [occasion.when for occasion in group if occasion.when]
    own = min(told, key=lambda when: _PRECISION.index(when.precision), default=None)
    return (
        own
        or _of_sequel(group, groups)
        or _of_place(group, scene, published_on)
        or next(_of_passage(group, scene, published_on), None)
    )


def repeated(occasion: Occasion, scene: Scene, published_on: date | None) -> Iterator[Occasion]:
    """The occasion, and another of the same parties for "on June 3 and again on June 5", "on Monday and Friday"."""
    words = _words_of(occasion, scene)
    days = _days_apart(words, occasion.when, scene) if words and occasion.when else ()
    ahead = occasion.status == "planned"
    told = [resolve_date(day, scene, published_on, ahead=ahead) for day in days]
    if len({when.date for when in told} - {None}) < 2:
        yield occasion
        return
    for when in told:
        yield replace(occasion, when=when, date_words=scene.body[slice(*when.span)].casefold())


def _words_of(occasion: Occasion, scene: Scene) -> DateWords | None:
    """The date expression of a mention, if there may be another beside it."""
    if occasion.when is None or not _AGAIN.search(scene.body, *occasion.evidence):
        return None
    (words,) = scene.dates_from(occasion.when.span.start, 1) or (None,)
    return words if words is not None and words.span == occasion.when.span else None


def _days_apart(words: DateWords, when: ResolvedDate, scene: Scene) -> tuple[DateWords, ...]:
    """The days of "on Monday and Friday"; of "on June 3 and again on June 5"; two days in a row are a stretch."""
    if words.kind == "pair":
        return words.ends if when.date is None else ()
    following = scene.dates_from(words.span.end, 1)
    is_again = following and _AND_AGAIN.fullmatch(scene.body, words.span.end, following[0].span.start)
    return (words, *following) if is_again else ()


def _of_sequel(group: Group, groups: Sequence[Group]) -> ResolvedDate | None:
    """As in "Milley also held talks with": on the day of the contact told before it, if that was one of his."""
    sequel = next((occasion for occasion in group if occasion.is_sequel and occasion.status == "held"), None)
    if sequel is None:
        return None
    dated = [other for others in groups for other in others if other.when and other.trigger < sequel.trigger]
    nearest = max(dated, key=lambda other: other.trigger, default=None)
    if nearest is None or nearest.status != "held" or not _share_a_party(sequel.parties, nearest.parties):
        return None
    return nearest.when


def _of_passage(group: Group, scene: Scene, published_on: date | None) -> Iterator[ResolvedDate]:
    """The day just told of a party that goes on to act: "Rome signed on Monday. Its envoy met …".

    Only for what follows in the simple past: "told reporters on Friday that she had met him" dates nothing.
    """
    first = min(group, key=lambda occasion: occasion.trigger)
    if any(occasion.status != "held" for occasion in group) or not _goes_on(scene.doc[first.trigger]):
        return
    parties = [party for occasion in group for party in occasion.parties]
    for words in reversed(scene.dates_before(first.evidence.start, _DATES_BEFORE)):
        verb = _verb_above(head_of(words, scene))
        is_near = first.evidence.start - words.span.end <= _NEXT
        if is_near and verb is not None and any(_acts(child, parties, scene) for child in subjects_of(verb)):
            yield from _day(words, scene, published_on)


def _goes_on(trigger: Token) -> bool:
    """Is it the main clause of its sentence, in the simple past?"""
    above = [trigger, *trigger.ancestors]
    root = above[-1]
    is_main = all(token.dep_ not in _ASIDE for token in above[:-1])
    has_perfect = any(child.lower_ in ("had", "has", "have") and child.dep_ == "aux" for child in root.lefts)
    return is_main and root.tag_ == "VBD" and not has_perfect


def _acts(subject: Token, parties: Sequence[Party], scene: Scene) -> bool:
    """Is it a party, its country, or a person of its country?"""
    index = scene.member_at(subject)
    if index is None:
        return False
    countries = {party.country for party in parties} - {None}
    return index in {party.member for party in parties} or scene.country_of_member(index) in countries


def _share_a_party(some: Sequence[Party], others: Sequence[Party]) -> bool:
    return any(is_same_party(party, other) for party in some for other in others)


def _of_place(group: Group, scene: Scene, published_on: date | None) -> ResolvedDate | None:
    """The first day on which a party is told to have done something at the place of the contact."""
    place = next((occasion.place for occasion in group if occasion.place and occasion.place.member), None)
    parties = [party for occasion in group for party in occasion.parties]
    if place is None or any(occasion.status != "held" for occasion in group):
        return None
    days = scene.once(("days at places", published_on), lambda: _days_at_places(scene, published_on))
    known = [party.country if party.kind == "country" else None for party in parties]
    found = [days.get((place.member, who)) for who in (*known, *(party.member for party in parties))]
    return min((day for day in found if day is not None), key=lambda day: day.span, default=None)


def _days_at_places(scene: Scene, published_on: date | None) -> dict[_AtPlace, ResolvedDate]:
    """The first day on which the article tells that somebody did something somewhere."""
    found: dict[_AtPlace, ResolvedDate] = {}
    for words in scene.dates:
        token = head_of(words, scene)
        verb = _verb_above(token)
        doers = {who for child in verb.children for who in _doers(child, scene)} if verb else set()
        if verb is None or not doers:
            continue
        for place in {scene.member_at(other) for other in verb.subtree if _verb_above(other) == verb} - {
            None
        }:
            for day in _day(words, scene, published_on):
                for who in doers:
                    found.setdefault((place, who), day)
    return found


def _doers(token: Token, scene: Scene) -> set[int | str]:
    """A person, by its index and by its country."""
    index = scene.member_at(token)
    if index is None or index not in scene.persons:
        return set()
    country = scene.country_of_member(index)
    return {index} if country is None else {index, country}


def _day(words: DateWords, scene: Scene, published_on: date | None) -> Iterator[ResolvedDate]:
    when = resolve_date(words, scene, published_on, ahead=False)
    if when.precision == "day":
        yield when


def _verb_above(token: Token) -> Token | None:
    for _ in range(_HIGHEST):
        if is_verb(token):
            return token
        if token.dep_ not in ("pobj", "prep", "npadvmod", "compound", "advmod", "nummod", "appos"):
            return None
        token = token.head
    return None
