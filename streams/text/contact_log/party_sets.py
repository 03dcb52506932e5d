"""Sets of parties: "both countries", "the two leaders", "the two sides", "they", "the defence ministers of both".

Reads:  the heads of noun phrases, in a scene
Writes: the parties that a phrase sums up or lists, one each

A set is looked up in the text before it: the nearest group of that size ("the US and Russia", "Egyptian and Soviet
leaders"), else the last that many persons or countries. Nothing is given where fewer are found. A set that is told
at once ("the three powers, Russia, Iran and Turkey", "allies such as the UK and France") is read as its list.
"""

from collections.abc import Iterator
from dataclasses import replace

from readout.streams.text.contact_log.clauses import children, conjuncts, objects_of
from readout.streams.text.contact_log.parties import holder_party, parties_of
from readout.streams.text.contact_log.party import Party
from readout.streams.text.contact_log.party_named import country_party
from readout.streams.text.contact_log.party_offices import is_plural_office, role_words
from readout.streams.text.contact_log.party_words import NUMBERS, SETS_OF_COUNTRIES, SETS_OF_PERSONS
from readout.streams.text.contact_log.scene import Scene, is_plural, lemma_of, trimmed
from readout.streams.text.contact_log.tokens import Token
from readout.streams.text.spans import Span

_PRONOUNS = frozenset(("they", "them", "their", "both"))
_LED = frozenset("side team delegation party negotiator".split())
_LISTING = frozenset(("as", "including", "like"))
# How far back a set may find its members, in tokens: a page for a group of the right size, else a few sentences.
_REACH_OF_GROUPS = 400
_REACH = 150


def parties_in(heads: list[Token], scene: Scene) -> tuple[Party, ...]:
    """All parties of some coordinated noun phrases, sets resolved, in reading order, nobody twice."""
    found: dict[object, Party] = {}
    plain: list[Token] = []
    for head in (part for told in heads for part in _past_dateline(told, scene)):
        listed = _listed(head) or _leaders(head)
        if listed:
            plain.extend(listed)
        elif is_set(head):
            found |= _by_identity(resolve_set(head, scene))
        elif holders := _holders_of_a_set(head, scene):
            found |= _by_identity(holders)
        else:
            plain.append(head)
    return tuple({**_by_identity(parties_of(plain, scene)), **found}.values())


def _past_dateline(head: Token, scene: Scene) -> list[Token]:
    """As in "TASHKENT, Uzbekistan – President Aliev left", where the parser takes the town for who left."""
    if not scene.is_dateline(head):
        return [head]
    told = [part for part in head.subtree if part.dep_ in ("appos", "conj") and not scene.is_dateline(part)]
    return conjuncts(told[0]) if told else []


def _by_identity(parties: tuple[Party, ...]) -> dict[object, Party]:
    return {party.identity: party for party in parties}


def _leaders(head: Token) -> list[Token]:
    """As in "the two sides, led by Novak and Berg": who leads them meets."""
    if not is_plural(head) or lemma_of(head) not in _LED:
        return []
    clauses = [clause for clause in children(head, "acl") if lemma_of(clause) in ("lead", "head")]
    found = [leader for clause in clauses for leader in objects_of(clause, "by")]
    return found if len(found) > 1 else []


def _listed(head: Token) -> list[Token]:
    """The heads of a list that says who a plural noun means."""
    if not is_plural(head):
        return []
    names = list(children(head, "appos"))
    for preposition in children(head, "prep"):
        if preposition.lower_ in _LISTING:
            names.extend(children(preposition, "pobj"))
    lists = (conjuncts(name) for name in names)
    return next((items for items in lists if len(items) > 1 and items[0].tag_.startswith("NNP")), [])


def is_set(head: Token) -> bool:
    """Does the noun or pronoun sum up parties told before: "they", "both countries", "the three leaders"?"""
    if head.lower_ in _PRONOUNS:
        return head.dep_ != "det"
    if head.lower_ in ("pair", "duo") or _is_bare_number(head):
        return not _is_defined(head)
    known = lemma_of(head) in SETS_OF_PERSONS | SETS_OF_COUNTRIES
    return known and is_plural(head) and _size(head) > 0 and not _is_defined(head)


def _is_bare_number(head: Token) -> bool:
    """As in "contacts between the two", "the three met": nothing is counted but those told before."""
    has_article = any(child.lower_ == "the" for child in head.lefts)
    return head.tag_ == "CD" and head.lower_ in NUMBERS and has_article and head.dep_ != "nummod"


def _size(head: Token) -> int:
    if head.lower_ in NUMBERS:
        return NUMBERS[head.lower_]
    numbers = (NUMBERS.get(child.lower_, 0) for child in head.lefts)
    return max(numbers, default=0) or (2 if head.lower_ in ("pair", "duo", "both") else 0)


def _is_defined(head: Token) -> bool:
    """As in "two leaders of the party", "two envoys", "the six world powers": they say themselves who is meant."""
    if any(child.dep_ in ("prep", "relcl", "appos") and child.lower_ != "in" for child in head.rights):
        return True
    if any(
        child.dep_ in ("amod", "compound") and child.lower_ not in ("presidential", "military")
        for child in head.lefts
    ):
        return True
    first = next(iter(head.lefts), None)
    return first is not None and first.tag_ == "CD"


def resolve_set(head: Token, scene: Scene) -> tuple[Party, ...]:
    """The parties that a set sums up; empty if the text before it does not tell them."""
    speakers = _who_say_so(head, scene)
    if speakers:
        return speakers
    wants_countries = lemma_of(head) in SETS_OF_COUNTRIES
    size = _size(head)
    group = _nearest_group(head, size, scene)
    if not group and size < 3:
        group = _last_named(head, size or 2, scene, wants_countries=wants_countries)
    if wants_countries:
        group = tuple(_as_country(party, scene) for party in group)
    if head.lower_ in _PRONOUNS:
        return group
    span = Span(min([head.idx, *(child.idx for child in head.lefts)]), head.idx + len(head))
    return tuple(replace(party, span=span) for party in group)


def _who_say_so(head: Token, scene: Scene) -> tuple[Party, ...]:
    """As in "Kurdish officials said they had held talks": those who say so."""
    verb = head.head
    if head.lower_ != "they" or verb.dep_ != "ccomp":
        return ()
    subjects = [
        child for child in children(verb.head, "nsubj") if is_plural(child) or any(children(child, "conj"))
    ]
    return parties_of([part for subject in subjects for part in conjuncts(subject)], scene)


def _nearest_group(head: Token, size: int, scene: Scene) -> tuple[Party, ...]:
    for token in _backwards(head, _REACH_OF_GROUPS if size else _REACH, scene):
        if not token.tag_.startswith("N") or token.dep_ == "conj":
            continue
        if is_plural_office(token) or any(child.dep_ == "conj" for child in token.rights):
            group = parties_of(conjuncts(token), scene)
            are_fit = all(_can_be_summed_up(party) for party in group)
            if lemma_of(head) in ("man", "woman"):
                are_fit = all(party.kind == "person" for party in group)
            if _is_right_size(len(group), size) and are_fit:
                return group
    return ()


def _is_right_size(found: int, wanted: int) -> bool:
    return found == wanted if wanted else found > 1


def _can_be_summed_up(party: Party) -> bool:
    """Leaders and countries; not "NATO and the EU", nor unnamed groups."""
    return party.kind in ("person", "office", "country") or (
        party.kind == "group" and party.country is not None
    )


def _backwards(head: Token, reach: int, scene: Scene) -> Iterator[Token]:
    return (scene.doc[position] for position in range(head.i - 1, max(0, head.i - reach) - 1, -1))


def _last_named(head: Token, size: int, scene: Scene, *, wants_countries: bool) -> tuple[Party, ...]:
    """The last so many persons, or countries, that the text before has named."""
    found: dict[object, Party] = {}
    for token in _backwards(head, _REACH, scene):
        party = country_party(token, scene) if wants_countries else _person_party(token, scene)
        if party:
            found.setdefault(party.identity, party)
        if len(found) == size:
            return tuple(reversed(found.values()))
    return ()


def _person_party(token: Token, scene: Scene) -> Party | None:
    if scene.member_at(token) not in scene.persons:
        return None
    return next((party for party in parties_of([token], scene) if party.kind == "person"), None)


def _as_country(party: Party, scene: Scene) -> Party:
    if party.kind == "country" or party.country is None:
        return party
    index = scene.index_of_country(party.country)
    return Party(party.span, scene.gazetteer.country_name(party.country), "country", index, party.country)


def _holders_of_a_set(head: Token, scene: Scene) -> tuple[Party, ...]:
    """As in "the defence ministers of both countries", "chiefs of staff from the three militaries"."""
    if not is_plural_office(head):
        return ()
    for preposition in children(head, "prep"):
        for noun in children(preposition, "pobj"):
            if preposition.lower_ in ("of", "from") and is_set(noun):
                countries = [party for party in resolve_set(noun, scene) if party.country]
                first = min(token.i for token in head.subtree)
                span = trimmed(scene.doc, first, max(token.i for token in noun.subtree) + 1)
                role = role_words(head, scene)
                return tuple(holder_party(role, party.country, span, scene) for party in countries)
    return ()
