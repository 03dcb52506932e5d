"""Same occasion: which groups of mentions the model takes for one contact, after the rules have grouped them.

Reads:  the groups of an article, in a scene
Writes: the groups, those of one contact joined; features as strings
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from readout.streams.text.contact_log.linear_scores import LinearScores, steps
from readout.streams.text.contact_log.occasion_groups import (
    Group,
    mode_of_group,
    modes_agree,
    parties_of_group,
    status_of_group,
)
from readout.streams.text.contact_log.party import Party
from readout.streams.text.contact_log.party_likeness import is_same_party, stands_for_party
from readout.streams.text.contact_log.scene import Scene, lemma_of
from readout.streams.text.contact_log.tokens import Token

_DISTANCES = (10, 25, 50, 100, 200, 400)
_DEFINITE = frozenset("the that this their his her".split())
# Groups of a long article: each is compared with so many before it at most.
_MOST = 40


def joined(groups: Sequence[Group], scores: LinearScores, scene: Scene) -> list[Group]:
    """The groups in their order, those that are likelier one contact than two joined to the first of them."""
    found: list[Group] = []
    keys: list[set[object]] = []
    for group in groups:
        mine = _keys(group)
        first = max(len(found) - _MOST, 0)
        near = [place for place in range(first, len(found)) if mine & keys[place]]
        likely = [(_score(found[place], group, scores, scene), -place) for place in near]
        best, place = max(likely, default=(0, 0))
        if best > 0:
            found[-place] = _together(found[-place], group)
            keys[-place] |= mine
        else:
            found.append(list(group))
            keys.append(mine)
    return found


def _keys(group: Group) -> set[object]:
    """What two groups share that share a party: a cheap question before the dear ones."""
    parties = [party for occasion in group for party in occasion.parties]
    return {key for party in parties for key in (party.identity, party.name.rpartition(" ")[2])}


def _together(one: Group, other: Group) -> Group:
    """Both, with the parties of the one that names more of them: the other may call them by other words."""
    main, rest = (other, one) if _naming(other) > _naming(one) else (one, other)
    known = parties_of_group(main)
    told = [replace(occasion, parties=_shared(occasion.parties, known), hub=None) for occasion in rest]
    return sorted([*main, *told], key=lambda occasion: occasion.trigger)


def _naming(group: Group) -> tuple[int, int]:
    parties = parties_of_group(group)
    return sum(party.kind == "person" for party in parties), len(parties)


def _shared(parties: Sequence[Party], known: Sequence[Party]) -> tuple[Party, ...]:
    return tuple(party for party in parties if any(is_same_party(party, other) for other in known))


def _score(one: Group, other: Group, scores: LinearScores, scene: Scene) -> int:
    features = same_features(one, other, scene)
    return scores.score(features) if features else -1


def same_features(one: Group, other: Group, scene: Scene) -> list[str]:
    """What speaks for and against one contact.

    Empty where nobody is shared, each names another person, one word tells of both, or one is still ahead.
    """
    first, second = parties_of_group(one), parties_of_group(other)
    shared = [party for party in first if any(is_same_party(party, known) for known in second)]
    if not shared:
        return []
    rests = (_rest(first, second), _rest(second, first))
    if (
        all(map(_names_somebody, rests))
        or _are_told_by_one_word(one, other)
        or _is_one_still_ahead(one, other)
    ):
        return []
    words = ([scene.doc[o.trigger] for o in one], [scene.doc[o.trigger] for o in other])
    return [
        *_party_features(shared, rests),
        *_kind_features(one, other),
        *_place_features(words),
        *_wording_features(one, other, words),
    ]


def _are_told_by_one_word(one: Group, other: Group) -> bool:
    """As in "held talks on June 3 and again on June 5", which the rules have set apart."""
    return not {occasion.trigger for occasion in one}.isdisjoint(occasion.trigger for occasion in other)


def _is_one_still_ahead(one: Group, other: Group) -> bool:
    """As in "met on Sunday and agreed to meet again"."""
    return {status_of_group(one), status_of_group(other)} == {"held", "planned"}


def _names_somebody(parties: Sequence[Party]) -> bool:
    """As in "Milley called Gerasimov … called Zaluzhny": two calls, whatever else they share."""
    return any(party.kind == "person" and not party.is_by_office for party in parties)


def _rest(some: Sequence[Party], others: Sequence[Party]) -> list[Party]:
    return [party for party in some if not any(is_same_party(party, known) for known in others)]


def _party_features(shared: Sequence[Party], rests: tuple[list[Party], list[Party]]) -> Iterator[str]:
    first, second = rests
    left = f"{min(2, len(first))}{min(2, len(second))}"
    yield from (f"sh:{min(3, len(shared))}", f"sr:{left}", f"shr:{min(3, len(shared))}{left}")
    stands = any(stands_for_party(one, other) for one in first for other in second)
    yield from (f"st:{stands}", f"str:{stands}{left}")
    yield from (f"sk:{party.kind}" for party in (*first, *second))
    yield from (f"skk:{one.kind}{other.kind}" for one in first for other in second)
    yield from (f"ss:{party.kind}" for party in shared)


def _kind_features(one: Group, other: Group) -> Iterator[str]:
    modes = sorted((mode_of_group(one), mode_of_group(other)))
    statuses = sorted((status_of_group(one), status_of_group(other)))
    dates = _dates(one, other)
    alike = modes[0] == modes[1]
    yield from (f"sm:{'+'.join(modes)}", f"sa:{modes_agree(modes[0], modes[1])}", f"se:{alike}")
    yield from (f"su:{'+'.join(statuses)}", f"sv:{statuses[0] == statuses[1]}")
    yield from (f"sd:{dates}", f"sdm:{dates}{alike}")


def _dates(one: Group, other: Group) -> str:
    first, second = ({o.when.date for o in group if o.when and o.when.date} for group in (one, other))
    if first and second:
        return "same" if first & second else "other"
    return "one" if first or second else "none"


def _place_features(words: tuple[list[Token], list[Token]]) -> Iterator[str]:
    first, second = words
    distance = min(abs(one.i - other.i) for one in first for other in second)
    is_one_sentence = any(one.sent is other.sent for one in first for other in second)
    yield from steps("sn", distance, _DISTANCES)
    yield from (f"so:{is_one_sentence}", f"sf:{min(token.i for token in first) < _DISTANCES[2]}")


def _wording_features(one: Group, other: Group, words: tuple[list[Token], list[Token]]) -> Iterator[str]:
    first, second = words
    later = min(second, key=lambda token: token.i)
    yield f"sl:{bool({lemma_of(token) for token in first} & {lemma_of(token) for token in second})}"
    if later.tag_.startswith("NN"):
        yield f"sw:{any(child.lower_ in _DEFINITE for child in later.lefts)}"
    else:
        yield f"sw:{later.tag_}"
    both = (*one, *other)
    yield from (f"sx:{any(o.is_another for o in other)}", f"sq:{any(o.is_sequel for o in other)}")
    yield from (f"sy:{any(o.strength != 'explicit' for o in both)}", f"sb:{any(o.hub for o in both)}")


def pairs_of_groups(groups: Sequence[Group]) -> Iterator[tuple[Group, Group]]:
    """The groups of an article two by two, the earlier first, as the model learns from them."""
    return combinations(groups, 2)
