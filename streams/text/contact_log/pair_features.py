"""What a sentence shows of two mentions in it: the way between them through its tree, and the words around.

Reads:  two mentions of a sentence, the rules' occasions in it, in a scene
Writes: features as strings; those of one group begin with the same letter, so that a group can be left out
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from readout.streams.text.contact_log.mentions import PartyMention
from readout.streams.text.contact_log.occasions import Occasion
from readout.streams.text.contact_log.scene import lemma_of
from readout.streams.text.contact_log.tokens import Token
from readout.streams.text.contact_log.triggers import (
    ADDRESSING,
    JOURNEYS,
    LIGHT_VERBS,
    NOUNS,
    REFUSALS,
    VERBS,
)

_DEEPEST = 25
_BETWEEN = 15
# Verbs that tell of a contact in few of their uses: each stands for itself.
_AMBIGUOUS = frozenset(
    "tell send raise play present stand appear sign reach see inform receive invite seat welcome".split()
)
_SAYING = frozenset(
    "say announce add confirm report declare reveal note indicate claim write tweet deny insist explain".split()
)
_TELLING_CHILDREN = frozenset(
    """dobj prep neg prt aux attr acomp agent oprd auxpass advmod xcomp ccomp mark""".split()
)
_OBJECTS = frozenset(("dobj", "prep", "prt", "ccomp", "xcomp"))


@dataclass(frozen=True)
class Surroundings:
    """What all pairs of a sentence share.

    Attributes:
        occasions: what the rules have found in it.
        told: how many of the rules' occasions in the article have both of two identities.
        words: the features of the words of the sentence.
    """

    mentions: Sequence[PartyMention]
    occasions: Sequence[Occasion]
    told: dict[frozenset[object], int]
    quoted: Sequence[bool]
    words: tuple[str, ...]


@dataclass(frozen=True)
class Way:
    """The way from one head up to where both meet, and down to the other.

    Attributes:
        up: from the first head, it included, to below the top.
        down: the same from the second head.
        above: the tokens above the top, nearest first.
    """

    up: Sequence[Token]
    top: Token
    down: Sequence[Token]
    above: Sequence[Token]

    @property
    def meets_at_mention(self) -> bool:
        """Does one mention hang on the other?"""
        return not self.up or not self.down

    @property
    def inner(self) -> list[Token]:
        """The tokens between the two heads, in the order of the way."""
        top = [] if self.meets_at_mention else [self.top]
        return [*self.up[1:], *top, *reversed(self.down[1:])]

    @property
    def is_coordinated(self) -> bool:
        """As in "A and B", "A, the premier, and B"."""
        return all(token.dep_ in ("conj", "appos") for token in (*self.up, *self.down))

    @property
    def climb(self) -> list[Token]:
        """The tokens above, up to the second verb."""
        found: list[Token] = []
        verbs = 0
        for token in self.above[:5]:
            found.append(token)
            verbs += token.tag_.startswith("VB")
            if verbs > 1 and token.tag_.startswith("VB"):
                break
        return found

    @property
    def is_told_above(self) -> bool:
        """Is the word that tells of a contact above both, as in "A and B met"?"""
        return self.meets_at_mention or self.is_coordinated


def way_between(one: Token, other: Token) -> Way | None:
    """The way between two tokens of a sentence; None in a tree of more than one root."""
    first, second = _chain(one), _chain(other)
    places = {token.i: place for place, token in enumerate(second)}
    for place, token in enumerate(first):
        if token.i in places:
            return Way(first[:place], token, second[: places[token.i]], first[place + 1 :])
    return None


def _chain(token: Token) -> list[Token]:
    chain = [token]
    while token.head is not token and len(chain) < _DEEPEST:
        token = token.head
        chain.append(token)
    return chain


def sentence_words(sentence: Sequence[Token]) -> tuple[str, ...]:
    """The verbs and nouns of a sentence that are triggers, as features."""
    lemmas = {lemma_of(token) for token in sentence if token.tag_[:2] in ("VB", "NN")}
    length = f"z:{min(5, len(sentence) // 10)}"
    return (length, *(f"zs:{word}" for word in sorted(lemmas) if word in VERBS or word in NOUNS))


def pair_features(one: PartyMention, other: PartyMention, way: Way, around: Surroundings) -> list[str]:
    """The features of two mentions, the first in reading order first."""
    return [
        *_way_features(one, other, way),
        *_class_features(one, other, way),
        *_word_features(way),
        *_edge_features(one, other, way),
        *_above_features(way),
        *_party_features(one, "A"),
        *_party_features(other, "B"),
        *_between_features(one, other, around),
        *_rule_features(one, other, around),
        *around.words,
    ]


def _kind(mention: PartyMention) -> str:
    return mention.party.kind + "~" * mention.party.is_pronoun


def _word(token: Token) -> str:
    is_common = token.tag_[:2] in ("VB", "NN") and token.tag_ not in ("NNP", "NNPS")
    return lemma_of(token) if not token.ent_type_ or is_common else token.ent_type_


def _class(token: Token) -> str:
    """What kind of trigger a token is, so that rare words of a kind learn from the others."""
    tag = token.tag_[:2]
    if tag == "VB":
        return _verb_class(lemma_of(token))
    if token.tag_ in ("NN", "NNS"):
        mode = NOUNS.get(lemma_of(token))
        return f"N{mode}" if mode else "N"
    return token.lower_ if tag in ("IN", "TO") else tag


def _verb_class(word: str) -> str:
    if word in VERBS:
        return f"V:{word}" if word in _AMBIGUOUS else f"V{VERBS[word].mode}"
    kinds = ((_SAYING, "say"), (REFUSALS, "refuse"), (JOURNEYS, "go"), (ADDRESSING, "address"))
    for words, kind in (*kinds, (LIGHT_VERBS, "light")):
        if word in words:
            return kind
    return "be" if word == "be" else "V"


def _links(way: Way) -> tuple[str, str]:
    return ">".join([token.dep_ for token in way.up]), "<".join([token.dep_ for token in way.down])


def _way_features(one: PartyMention, other: PartyMention, way: Way) -> Iterator[str]:
    up, down = _links(way)
    top = "self" if way.meets_at_mention else way.top.tag_[:2]
    links = f"{up}^{top}^{down}"
    kinds = f"{_kind(one)}+{_kind(other)}"
    words = "|".join([_word(token) for token in way.inner])
    top_word = "SELF" if way.meets_at_mention else _word(way.top)
    yield from (f"p:{links}", f"pw:{up}|{words}|{down}", f"pk:{kinds}", f"plk:{links}{kinds}")
    yield from (f"pn:{min(8, len(way.up) + len(way.down))}", f"pt:{top_word}", f"ptl:{top_word}{links}")
    yield f"pte:{top_word}/{_outer(way)}"


def _outer(way: Way) -> str:
    return f"{way.up[-1].dep_ if way.up else '-'}/{way.down[-1].dep_ if way.down else '-'}"


def _class_features(one: PartyMention, other: PartyMention, way: Way) -> Iterator[str]:
    up, down = _links(way)
    classes = [_class(token) for token in way.inner]
    path = f"{up}|{'|'.join(classes)}|{down}"
    kinds = sorted(set(classes))
    yield from (f"c:{path}", f"ck:{path}{_kind(one)}+{_kind(other)}", f"ct:{_class(way.top)}/{_outer(way)}")
    yield from (f"ci:{kind}" for kind in kinds)
    yield f"cs:{'+'.join([kind for kind in kinds if len(kind) > 2])}"
    yield from (f"c2:{first}_{second}" for first, second in pairwise(classes))


def _word_features(way: Way) -> Iterator[str]:
    on_way = {token.i for token in (*way.up, *way.down)}
    for token in way.inner:
        word, kind = _word(token), _class(token)
        yield from (f"w:{word}", f"wd:{word}{token.dep_}")
        for child in token.children:
            if child.dep_ in _TELLING_CHILDREN and child.i not in on_way:
                child_word = _word(child)
                yield f"wc:{child.dep_}/{child_word}"
                yield f"wk:{kind}{child.dep_}{_class(child)}"
                if child.dep_ in _OBJECTS:
                    yield f"wx:{word}{child.dep_}/{child_word}"


def _edge_features(one: PartyMention, other: PartyMention, way: Way) -> Iterator[str]:
    ends = (one.head.i, other.head.i)
    names = [
        ("M" if token.i in ends else _word(token)) + token.dep_
        for token in (*way.up, way.top, *reversed(way.down))
    ]
    yield from (f"e:{first}_{second}" for first, second in pairwise(names))


def _above_features(way: Way) -> Iterator[str]:
    climb = way.climb
    if way.top.tag_.startswith("VB"):
        higher = "ROOT" if way.top.head is way.top else _word(way.top.head)
        yield from (f"a:{way.top.tag_}", f"ah:{_word(way.top)}/{higher}{way.top.dep_}", f"ad:{way.top.dep_}")
    yield from (f"au:{_word(token)}" for token in climb[:3])
    if not way.is_told_above:
        return
    first = way.top.dep_
    yield from (f"af:{first}", f"aj:{way.is_coordinated}/{_word(climb[0]) if climb else ''}")
    below = way.top
    for place, token in enumerate(climb[:3]):
        word, kind = _word(token), _class(token)
        yield from (
            f"a{place}:{word}",
            f"ax:{word}",
            f"al{place}:{below.dep_}/{word}",
            f"ak{place}:{kind}{below.dep_}",
        )
        yield f"aw{place}:{first}{kind}"
        for child in token.children:
            if child.dep_ in _TELLING_CHILDREN and child is not below:
                yield from (
                    f"ac{min(place, 1)}:{child.dep_}/{_word(child)}",
                    f"ab:{kind}{child.dep_}{_class(child)}",
                )
        below = token


def _party_features(mention: PartyMention, side: str) -> Iterator[str]:
    head = mention.head
    is_common = head.tag_ in ("NN", "NNS", "PRP", "PRP$")
    yield f"m{side}:{lemma_of(head) if is_common else head.tag_}"
    yield f"mt{side}:{bool(mention.party.title)}"
    yield f"mk{side}:{_kind(mention)}{head.dep_}"
    yield f"mh{side}:{head.dep_}/{_word(head.head)}"


def _between_features(one: PartyMention, other: PartyMention, around: Surroundings) -> Iterator[str]:
    first, last = one.head.i, other.head.i
    doc = one.head.doc
    for place in range(first + 1, min(last, first + _BETWEEN)):
        token = doc[place]
        if token.tag_[:2] in ("VB", "NN") and not token.ent_type_:
            yield f"b:{lemma_of(token)}"
    yield f"bn:{min(5, sum(first < mention.head.i < last for mention in around.mentions))}"
    yield f"bd:{min(9, (last - first) // 3)}"
    yield f"bq:{around.quoted[first]:d}{around.quoted[last]:d}"
    yield f"ba:{min(6, len(around.mentions))}"
    countries = (one.party.country, other.party.country)
    alike = "none" if None in countries else "same" if countries[0] == countries[1] else "other"
    yield f"bc:{alike}{_kind(one)}{_kind(other)}"


def _rule_features(one: PartyMention, other: PartyMention, around: Surroundings) -> Iterator[str]:
    pair = frozenset((one.party.identity, other.party.identity))
    known = 0
    for occasion in around.occasions:
        shared = len(pair & {party.identity for party in occasion.parties})
        known = max(known, shared)
        if shared == 2:
            yield f"rs:{occasion.strength}{occasion.mode}"
            yield f"rw:{lemma_of(one.head.doc[occasion.trigger])}"
    yield f"r:{known}"
    yield f"rt:{min(3, around.told.get(pair, 0))}"
