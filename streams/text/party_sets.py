"""Sets of parties: "both countries", "the two leaders", "the two sides", "they", "the defence ministers of both countries".

Reads:  the heads of noun phrases, in a scene
Writes: the parties that a phrase sums up, one each, all with the words of the phrase

A set is looked up in the text before it: the nearest group of that size ("the US and Russia", "Egyptian and Soviet
leaders"), else the last that many persons or countries. Nothing is given where fewer are found.
"""

from collections.abc import Iterator
from dataclasses import replace

from spacy.tokens import Token

from streams.text.clauses import children, conjuncts
from streams.text.party import Party, country_of, holder_of, named_office, parties_of, role_words
from streams.text.party_words import NUMBERS, OFFICES, SETS_OF_COUNTRIES, SETS_OF_PERSONS
from streams.text.scene import Scene, lemma_of, trimmed
from streams.text.spans import Span

_PRONOUNS = frozenset(("they", "them", "their", "both"))
# How far back a set may find its members, in tokens: about five sentences.
_REACH = 150


def parties_in(heads: list[Token], scene: Scene) -> tuple[Party, ...]:
    """All parties of some coordinated noun phrases, sets resolved, in reading order, nobody twice."""
    found: dict[object, Party] = {}
    plain: list[Token] = []
    for head in heads:
        if is_set(head):
            found |= _by_identity(resolve_set(head, scene))
        elif holders := _holders_of_a_set(head, scene):
            found |= _by_identity(holders)
        else:
            plain.append(head)
    return tuple({**_by_identity(parties_of(plain, scene)), **found}.values())


def _by_identity(parties: tuple[Party, ...]) -> dict[object, Party]:
    return {party.identity: party for party in parties}


def is_set(head: Token) -> bool:
    """Does the noun or pronoun sum up parties told before: "they", "both countries", "the three leaders"?"""
    if head.lower_ in _PRONOUNS:
        return head.dep_ != "det"
    if lemma_of(head) not in SETS_OF_PERSONS | SETS_OF_COUNTRIES:
        return False
    return head.lower_ in ("pair", "duo") or (head.tag_ in ("NNS", "NNPS") and bool(_size(head)) and not _is_defined(head))


def _size(head: Token) -> int:
    numbers = (NUMBERS.get(child.lower_, 0) for child in head.lefts)
    return max(numbers, default=0) or (2 if head.lower_ in ("pair", "duo", "both") else 0)


def _is_defined(head: Token) -> bool:
    """"two leaders of the party", "the two other African countries" say themselves who is meant."""
    return any(child.dep_ in ("prep", "relcl") for child in head.rights) or head.lefts and next(head.lefts).tag_ == "CD"  # type: ignore[return-value]


def resolve_set(head: Token, scene: Scene) -> tuple[Party, ...]:
    """The parties that a set sums up; empty if the text before it does not tell them."""
    wants_countries = lemma_of(head) in SETS_OF_COUNTRIES
    size = _size(head)
    first = max(0, head.i - _REACH)
    group = _nearest_group(head, first, size, scene) or _last_named(head, first, size or 2, scene, wants_countries)
    if wants_countries:
        group = tuple(_as_country(party, scene) for party in group)
    left = [token for child in head.lefts if child.dep_ in ("det", "nummod", "amod", "predet") for token in child.subtree]
    span = trimmed(scene.doc, min([head.i, *(token.i for token in left)]), head.i + 1)
    return tuple(replace(party, span=span, is_pronoun=head.lower_ in _PRONOUNS) for party in group)


def _nearest_group(head: Token, first: int, size: int, scene: Scene) -> tuple[Party, ...]:
    for token in _backwards(head, first, scene):
        is_first = token.dep_ != "conj" and any(child.dep_ == "conj" for child in token.rights)
        if not (is_first or (token.tag_ == "NNS" and lemma_of(token) in OFFICES)) or not token.tag_.startswith("N"):
            continue
        group = parties_of(conjuncts(token), scene)
        if len(group) == size or (not size and len(group) > 1):
            return group
    return ()


def _backwards(head: Token, first: int, scene: Scene) -> Iterator[Token]:
    return (scene.doc[position] for position in range(head.i - 1, first - 1, -1))


def _last_named(head: Token, first: int, size: int, scene: Scene, wants_countries: bool) -> tuple[Party, ...]:
    """The last so many persons, or countries, that the text before has named."""
    found: dict[object, Party] = {}
    for token in _backwards(head, first, scene):
        if wants_countries:
            code = country_of(token, scene)
            party = code and _country_party(token, code, scene)
        else:
            single = parties_of([token], scene) if _is_name_of_person(token, scene) else ()
            party = single[0] if single and single[0].kind == "person" else None
        if party:
            found.setdefault(party.identity, party)
        if len(found) == size:
            return tuple(reversed(found.values()))
    return ()


def _is_name_of_person(token: Token, scene: Scene) -> bool:
    member = scene.member(token)
    return member is not None and member.type == "person"


def _country_party(token: Token, code: str, scene: Scene) -> Party:
    span = Span(token.idx, token.idx + len(token))
    return Party(span, scene.gazetteer.country_name(code), "country", scene.index_of_country(code), code)


def _as_country(party: Party, scene: Scene) -> Party:
    if party.kind == "country" or party.country is None:
        return party
    index = scene.index_of_country(party.country)
    return Party(party.span, scene.gazetteer.country_name(party.country), "country", index, party.country)


def _holders_of_a_set(head: Token, scene: Scene) -> tuple[Party, ...]:
    """"the defence ministers of both countries", "chiefs of staff from the three militaries"."""
    if head.tag_ not in ("NNS", "NNPS") or lemma_of(head) not in OFFICES:
        return ()
    for preposition in children(head, "prep"):
        for noun in children(preposition, "pobj"):
            if preposition.lower_ in ("of", "from") and is_set(noun):
                countries = resolve_set(noun, scene)
                last = max(token.i for token in noun.subtree)
                first = min(token.i for token in head.subtree)
                span = trimmed(scene.doc, first, last + 1)
                return tuple(_holder(head, party, span, scene) for party in countries if party.country)
    return ()


def _holder(head: Token, country: Party, span: Span, scene: Scene) -> Party:
    role = role_words(head, scene)
    member = holder_of(role, country.country, scene)
    if member is None:
        return Party(span, named_office(role, country.country, scene), "office", None, country.country, role)
    return Party(span, scene.cast.members[member].name, "person", member, country.country, role)
