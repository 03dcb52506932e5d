"""Pairs: any two mentions of a sentence, and how likely it tells that they are in contact.

Reads:  the sentences of an article that hold a telling word, and the rules' occasions
Writes: scored pairs, and occasions of those that score high enough

Pairs whose contact one word tells are one occasion: "A wrote to B and C" is two pairs and one letter.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from readout.schemas.contact_log import ContactMode
from readout.streams.text.contact_log.contact_model import ContactModel
from readout.streams.text.contact_log.linear_scores import LinearScores
from readout.streams.text.contact_log.mentions import PartyMention, mentions_in
from readout.streams.text.contact_log.nominal_frames import frame_of
from readout.streams.text.contact_log.occasion_making import Sketch, make_occasion
from readout.streams.text.contact_log.occasion_status import outlook_of
from readout.streams.text.contact_log.occasions import Occasion
from readout.streams.text.contact_log.pair_features import (
    Surroundings,
    Way,
    pair_features,
    sentence_words,
    way_between,
)
from readout.streams.text.contact_log.party import Party
from readout.streams.text.contact_log.scene import Scene, lemma_of
from readout.streams.text.contact_log.tokens import Token
from readout.streams.text.contact_log.triggers import NOUNS, VERBS
from readout.streams.text.contact_log.verbal_occasions import core_of
from readout.streams.text.lemmas import lemma

# Mentions further apart in a sentence are not paired: a list of names would give hundreds of pairs.
_APART = 9
# And no more mentions of a sentence are read.
_MOST = 60
_LEAST = -600
"""A pair makes an occasion of its own from this score on, in thousandths of a logit."""

_WEAKER = 1500
"""A pair that scores so much less than the best of its occasion adds no party to it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two mentions of a sentence.

    Attributes:
        sentence: index of the first token of their sentence.
        score: in thousandths of a logit; 0 until it is known.
    """

    sentence: int
    one: PartyMention
    other: PartyMention
    way: Way
    features: Sequence[str]
    score: int = 0

    @property
    def identities(self) -> frozenset[object]:
        """Whom it is about."""
        return frozenset((self.one.party.identity, self.other.party.identity))


def scored_pairs(scene: Scene, occasions: Sequence[Occasion], model: ContactModel) -> list[Pair]:
    """The pairs of an article with their scores."""
    return [_scored(pair, model.pair) for pair in pairs_of(scene, occasions, model.telling)]


def _scored(pair: Pair, scores: LinearScores) -> Pair:
    return Pair(pair.sentence, pair.one, pair.other, pair.way, pair.features, scores.score(pair.features))


def pairs_of(scene: Scene, occasions: Sequence[Occasion], telling: Container[str]) -> Iterator[Pair]:
    """The pairs of the sentences that hold a telling word, or an occasion of the rules, in reading order."""
    told = _told(occasions)
    for first, end in _sentences(scene, occasions, telling):
        sentence = scene.doc[first].sent
        mentions = mentions_in(sentence, scene)[:_MOST]
        inside = [occasion for occasion in occasions if first <= occasion.trigger < end]
        around = Surroundings(mentions, inside, told, scene.doc.words.quoted, sentence_words(sentence))
        yield from _pairs_in(first, around)


def _told(occasions: Sequence[Occasion]) -> dict[frozenset[object], int]:
    told: dict[frozenset[object], int] = {}
    for occasion in occasions:
        known = [party.identity for party in occasion.parties]
        for place, one in enumerate(known):
            for other in known[place + 1 :]:
                told[frozenset((one, other))] = told.get(frozenset((one, other)), 0) + 1
    return told


def _sentences(
    scene: Scene, occasions: Sequence[Occasion], telling: Container[str]
) -> Iterator[tuple[int, int]]:
    words = scene.doc.words
    wanted = {occasion.trigger for occasion in occasions}
    for place, tag in enumerate(words.tag):
        is_common = tag.startswith("VB") or tag in ("NN", "NNS")
        if is_common and lemma(words.text[place], tag) in telling:
            wanted.add(place)
    done = 0
    for place in sorted(wanted):
        if place >= done:
            sentence = words.sentence_at(place)
            done = sentence.stop
            yield sentence.start, sentence.stop


def _pairs_in(first: int, around: Surroundings) -> Iterator[Pair]:
    mentions = around.mentions
    for place, one in enumerate(mentions):
        for other in mentions[place + 1 : place + 1 + _APART]:
            if one.party.identity == other.party.identity:
                continue
            way = way_between(one.head, other.head)
            if way is not None:
                yield Pair(first, one, other, way, pair_features(one, other, way, around))


def learned_occasions(
    pairs: Sequence[Pair], known: Sequence[Occasion], scene: Scene, published_on: date | None
) -> Iterator[Occasion]:
    """Occasions of the pairs that score high and that no rule has found in their sentence."""
    told = [(occasion.trigger, {party.identity for party in occasion.parties}) for occasion in known]
    for trigger, cluster in _clusters(pairs):
        sentence = trigger.sent
        inside = [whom for place, whom in told if sentence[0].i <= place <= sentence[-1].i]
        if not any(pair.identities <= whom for pair in cluster for whom in inside):
            sketch = _sketch(trigger, cluster)
            occasion = None if sketch is None else make_occasion(sketch, scene, published_on)
            if occasion is not None:
                yield occasion


def _clusters(pairs: Sequence[Pair]) -> Iterator[tuple[Token, list[Pair]]]:
    clusters: dict[int, tuple[Token, list[Pair]]] = {}
    for pair in pairs:
        if pair.score >= _LEAST:
            trigger = trigger_of(pair.way)
            clusters.setdefault(trigger.i, (trigger, []))[1].append(pair)
    for trigger, cluster in clusters.values():
        best = max(pair.score for pair in cluster)
        yield trigger, [pair for pair in cluster if pair.score >= best - _WEAKER]


def trigger_of(way: Way) -> Token:
    """The word that tells of the contact, on the way or above it: a trigger noun or verb, else any verb."""
    words = [*way.inner, *way.climb[:3]]
    words += [
        child for verb in words if verb.tag_.startswith("VB") for child in verb.rights if child.dep_ == "dobj"
    ]
    for is_telling in (_is_telling_noun, _is_telling_verb, _is_any_verb):
        for word in words:
            if is_telling(word):
                return word
    return words[0] if words else way.top


def _is_telling_noun(token: Token) -> bool:
    return token.tag_ in ("NN", "NNS") and lemma_of(token) in NOUNS


def _is_telling_verb(token: Token) -> bool:
    return token.tag_.startswith("VB") and lemma_of(token) in VERBS


def _is_any_verb(token: Token) -> bool:
    return token.tag_.startswith("VB")


def _sketch(trigger: Token, cluster: Sequence[Pair]) -> Sketch | None:
    """What a cluster tells; None if its words tell that it was only asked, tried, wished for or possible."""
    frame = None if trigger.tag_.startswith("VB") else frame_of(trigger)
    core, outlook = (core_of(trigger), outlook_of(trigger)) if frame is None else (frame.core, frame.outlook)
    if outlook in ("absent", "possible"):
        return None
    parties: dict[object, Party] = {}
    for pair in sorted(cluster, key=lambda pair: -pair.score):
        for mention in (pair.one, pair.other):
            parties.setdefault(mention.party.identity, mention.party)
    in_order = sorted(parties.values(), key=lambda party: party.span)
    hub = _hub(in_order, cluster)
    others = tuple(party for party in in_order if party is not hub)
    doers, others = ((hub,), others) if hub else (tuple(in_order), ())
    return Sketch(core, doers, others, _mode(trigger), outlook)


def _hub(parties: Sequence[Party], cluster: Sequence[Pair]) -> Party | None:
    """Who is in contact with each of the others, who are not with each other."""
    if (
        len(parties) < 3
        or len({pair.identities for pair in cluster}) >= len(parties) * (len(parties) - 1) // 2
    ):
        return None
    for party in parties:
        met = {
            identity for pair in cluster if party.identity in pair.identities for identity in pair.identities
        }
        if len(met) == len(parties):
            return party
    return None


def _mode(trigger: Token) -> ContactMode:
    word = lemma_of(trigger)
    if trigger.tag_.startswith("VB"):
        return VERBS[word].mode if word in VERBS else "talks"
    return NOUNS.get(word, "talks")
