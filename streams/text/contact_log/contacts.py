"""Find the contacts of an article: who met, called, visited or wrote to whom, when, where and about what.

Reads:  a parsed article, its cast, the gazetteer and the day of publication
Writes: one `Contact` an occasion, with all its mentions, in the order in which the article first tells of them
Pure:   no clock, no randomness; the same article gives the same contacts

The steps: `verbal_occasions` and `nominal_occasions` read single mentions, `occasion_merging` brings those of one
contact together, and this module says what they tell as a whole.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from spacy.tokens import Doc

from readout.schemas.contact_log import ContactMode, ContactStatus, ParticipantPart
from readout.streams.text.cast import Cast
from readout.streams.text.contact_log.clauses import PHRASES
from readout.streams.text.contact_log.confidence import confidence_features
from readout.streams.text.contact_log.contact_model import ContactModel
from readout.streams.text.contact_log.journeys import journey_occasion
from readout.streams.text.contact_log.linear_scores import per_mille
from readout.streams.text.contact_log.nominal_occasions import nominal_occasion
from readout.streams.text.contact_log.occasion_dating import date_of_contact, repeated
from readout.streams.text.contact_log.occasion_groups import (
    Group,
    mode_of_group,
    parties_of_group,
    status_of_group,
)
from readout.streams.text.contact_log.occasion_merging import merge_occasions
from readout.streams.text.contact_log.occasion_status import is_neither
from readout.streams.text.contact_log.occasions import Attribution, Occasion, Place
from readout.streams.text.contact_log.pairs import Pair, learned_occasions, scored_pairs
from readout.streams.text.contact_log.party import Party
from readout.streams.text.contact_log.party_likeness import is_same_party
from readout.streams.text.contact_log.same_occasion import joined
from readout.streams.text.contact_log.scene import Scene
from readout.streams.text.contact_log.tokens import Token, Tokens
from readout.streams.text.contact_log.triggers import ADDRESSING, MEDIA, NOUNS, TELLING_VERBS
from readout.streams.text.contact_log.verbal_occasions import verbal_occasion
from readout.streams.text.dates import Anchors, ResolvedDate
from readout.streams.text.entities.words import Words
from readout.streams.text.gazetteer import Gazetteer
from readout.streams.text.lemmas import lemma
from readout.streams.text.spans import Span

# Mentions are compared with each other; so many in a row are, and the next so many among themselves.
_TOGETHER = 100
_NOUN_TAGS = frozenset(("NN", "NNS"))
_TRIGGER_TAGS = _NOUN_TAGS | {"VB", "VBD", "VBG", "VBN", "VBP", "VBZ"}


@dataclass(frozen=True, slots=True)
class Attendee:
    """One participant of a contact.

    Attributes:
        spans: the best mention first, then the others inside the evidence, in reading order.
        member: index in the cast; None for an unnamed office or group.
    """

    name: str
    member: int | None
    title: str | None
    country: str | None
    part: ParticipantPart
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Contact:
    """One call, meeting, visit, letter or round of talks."""

    attendees: tuple[Attendee, ...]
    mode: ContactMode
    status: ContactStatus
    occurred_on: ResolvedDate | None
    place: Place | None
    subjects: tuple[Span, ...]
    reported_by: Attribution | None
    evidence: tuple[Span, ...]
    confidence: int | None = None
    """How likely it is right, in per mille; None where only the rules have read."""


@dataclass(frozen=True)
class Extractor:
    """What decides which contacts are found: the model, and how sure it must be, in per mille."""

    model: ContactModel
    least: int = 0


@dataclass(frozen=True)
class Groups:
    """The mentions of an article by contact, with what the model has seen."""

    groups: list[Group]
    pairs: Sequence[Pair]
    learned: Collection[Occasion]


def find_contacts(  # noqa: PLR0913 - an article as it is parsed, and who reads it
    doc: Doc,
    cast: Cast,
    gazetteer: Gazetteer,
    published_on: date | None,
    words: Words | None = None,
    anchors: Anchors | None = None,
    *,
    extractor: Extractor | None = None,
) -> tuple[Contact, ...]:
    """The contacts of an article; empty if it tells of none. Every contact has two participants or more.

    Args:
        doc: the parsed body.
        cast: who and what the article mentions.
        gazetteer: countries and capitals.
        published_on: the day of publication, if known.
        words: the columns of the document, if made already.
        anchors: on which day each part of the article was written; none: all on the day of publication.
        extractor: the model; without one the rules read alone.
    """
    anchors = anchors or Anchors(published_on)
    scene = Scene(Tokens(doc, words or Words.of(doc)), cast, gazetteer, anchors)
    return tuple(contacts_in(scene, published_on, extractor))


def contacts_in(scene: Scene, published_on: date | None, extractor: Extractor | None) -> Iterator[Contact]:
    """The contacts of a scene."""
    if extractor is not None:
        yield from _judged(
            group_mentions(scene, published_on, extractor.model), extractor, scene, published_on
        )
        return
    occasions = list(rule_occasions(scene, published_on))
    for start in range(0, len(occasions), _TOGETHER):
        groups = merge_occasions(occasions[start : start + _TOGETHER])
        found = (contact_of_group(group, groups, scene, published_on) for group in groups)
        yield from (contact for contact in found if contact is not None)


def group_mentions(scene: Scene, published_on: date | None, model: ContactModel) -> Groups:
    """The mentions of contacts that the rules and the model find, those of one contact together."""
    ruled = list(rule_occasions(scene, published_on))
    pairs = scored_pairs(scene, ruled, model)
    learned = tuple(learned_occasions(pairs, ruled, scene, published_on))
    occasions = sorted([*ruled, *learned], key=lambda occasion: occasion.trigger)
    parts = [occasions[start : start + _TOGETHER] for start in range(0, len(occasions), _TOGETHER)]
    groups = [group for part in parts for group in merge_occasions(part)]
    return Groups(joined(groups, model.same, scene), pairs, learned)


def _judged(
    found: Groups, extractor: Extractor, scene: Scene, published_on: date | None
) -> Iterator[Contact]:
    by_sentence: dict[int, list[Pair]] = {}
    for pair in found.pairs:
        by_sentence.setdefault(pair.sentence, []).append(pair)
    for place, group in enumerate(found.groups):
        near = found.groups[max(place - _TOGETHER, 0) : place + _TOGETHER]
        contact = contact_of_group(group, near, scene, published_on)
        if contact is not None and not _is_of_one_side(group):
            sentences = {scene.doc.words.sentence_at(occasion.trigger).start for occasion in group}
            pairs = [pair for first in sorted(sentences) for pair in by_sentence.get(first, ())]
            features = confidence_features(group, pairs, found.learned, scene)
            confidence = per_mille(extractor.model.judge.score(features))
            if confidence >= extractor.least:
                yield replace(contact, confidence=confidence)


def _is_of_one_side(group: Group) -> bool:
    """Only a person and the country that this person speaks for? Then one of them was taken for another."""
    parties = sorted(parties_of_group(group), key=lambda party: party.kind)
    return [party.kind for party in parties] == ["country", "person"] and (
        parties[0].country == parties[1].country
    )


def rule_occasions(scene: Scene, published_on: date | None) -> Iterator[Occasion]:
    """The mentions of contacts that the rules find, in reading order."""
    for token in _triggers(scene.doc):
        if token.tag_.startswith("VB"):
            found = verbal_occasion(token, scene, published_on) or journey_occasion(
                token, scene, published_on
            )
        else:
            found = nominal_occasion(token, scene, published_on)
        if found is not None:
            for one in repeated(found, scene, published_on):
                yield from _apart(one, token)


def _apart(occasion: Occasion, trigger: Token) -> Iterator[Occasion]:
    """As in "met neither A nor B": two contacts that did not take place."""
    hub = occasion.hub
    if occasion.status != "denied" or hub is None or not is_neither(trigger):
        yield occasion
        return
    for party in occasion.parties:
        if party is not hub:
            yield replace(occasion, parties=(hub, party), hub=None)


def _triggers(tokens: Tokens) -> Iterator[Token]:
    """The verbs and nouns that may tell of a contact, in reading order."""
    words = tokens.words
    for place, tag in [(place, tag) for place, tag in enumerate(words.tag) if tag in _TRIGGER_TAGS]:
        if tag not in _NOUN_TAGS:
            may_tell = _verb_may_tell(lemma(words.text[place], tag), place, words)
        else:
            may_tell = lemma(words.text[place], tag) in NOUNS or words.lower[place] in MEDIA
        if may_tell:
            yield tokens[place]


def _verb_may_tell(word: str, place: int, words: Words) -> bool:
    """By itself; on an errand, "flew to Oslo to ask the king for help"; "are in Turkey"."""
    if word in TELLING_VERBS:
        return True
    if word == "be":
        is_present = words.tag[place] in ("VBP", "VBZ")
        return is_present and any(words.dep[below] in PHRASES for below in words.children(place))
    return word in ADDRESSING and words.dep[place] in ("advcl", "xcomp")


def contact_of_group(
    group: Group, groups: Sequence[Group], scene: Scene, published_on: date | None
) -> Contact | None:
    """What a group tells as a whole; None where fewer than two parties are left. `groups`: the whole article's."""
    in_order = sorted(group, key=lambda occasion: occasion.trigger)
    evidence = tuple(sorted({occasion.evidence for occasion in in_order}))
    attendees = tuple(_attendee(party, in_order, evidence, scene) for party in parties_of_group(in_order))
    if len(attendees) < 2:
        return None
    return Contact(
        attendees=attendees,
        mode=mode_of_group(in_order),
        status=status_of_group(in_order),
        occurred_on=date_of_contact(in_order, groups, scene, published_on),
        place=next((occasion.place for occasion in in_order if occasion.place), None),
        subjects=tuple(dict.fromkeys(span for occasion in in_order for span in occasion.subjects)),
        reported_by=_reported_by(in_order),
        evidence=evidence,
    )


def _reported_by(group: Group) -> Attribution | None:
    """Who is credited where the parties are named, else where they are not."""
    by_names = sorted(group, key=lambda occasion: not occasion.parties)
    return next((occasion.reported_by for occasion in by_names if occasion.reported_by), None)


def _attendee(party: Party, group: Sequence[Occasion], evidence: Sequence[Span], scene: Scene) -> Attendee:
    spans = [party.span, *(p.span for o in group for p in o.parties if is_same_party(p, party))]
    if party.member is not None and party.kind == "person" and not party.is_by_office:
        names = scene.once(("names of", party.member), lambda: _names(party, scene))
        spans = _inside(names, evidence) + spans
    return Attendee(
        party.name, party.member, party.title, party.country, _part(party, group), tuple(dict.fromkeys(spans))
    )


def _names(party: Party, scene: Scene) -> list[Span]:
    """Where the article names a member, in reading order."""
    mentions = scene.cast.members[party.member or 0].mentions
    return [mention.span for mention in mentions if mention.kind == "name"]


def _inside(spans: Sequence[Span], around: Sequence[Span]) -> list[Span]:
    """Those of some spans in reading order that one of others contains."""
    found = {
        span
        for one in around
        for span in spans[bisect_left(spans, (one.start,)) : bisect_left(spans, (one.end,))]
        if one.contains(span)
    }
    return sorted(found)


def _part(party: Party, group: Sequence[Occasion]) -> ParticipantPart:
    hubs = {occasion.hub.identity for occasion in group if occasion.hub}
    if party.identity in hubs:
        return "hub"
    hosts = {host.identity for occasion in group for host in occasion.hosts}
    return "host" if party.identity in hosts else "party"
