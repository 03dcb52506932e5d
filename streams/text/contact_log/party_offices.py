"""Offices and countries in a noun phrase: who holds which office of which country, named or not.

Reads:  the head of a noun phrase, in a scene
Writes: the office in plain words, the countries it belongs to, the member who holds it
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator

from readout.streams.text.contact_log.clauses import children, conjuncts
from readout.streams.text.contact_log.party_words import OFFICES
from readout.streams.text.contact_log.scene import Scene, is_plural, lemma_of
from readout.streams.text.contact_log.tokens import Token

_UNTOLD = frozenset(
    "former new other top senior then current outgoing several some many key own high-ranking".split()
)
_MODIFIERS = ("amod", "compound", "nmod")
_RULING = ("president", "chancellor", "premier")
_RULE = re.compile(r"(?:\u2019s|'s)?\s+(?:administration|presidency|government|white house)\b", re.IGNORECASE)


def country_of(token: Token, scene: Scene) -> str | None:
    """The country that a token names, as a name, an adjective, a people or a capital."""
    member, mention = scene.member(token), scene.mention_at(token)
    if member is not None and mention is not None and mention.kind == "name":
        if member.type in ("place", "group") and member.country:
            return member.country
        if member.type in ("person", "place"):
            return None
    for words in _spellings(token):
        entry = scene.gazetteer.lookup(words)
        if entry is not None:
            return entry.country if entry.governs else None
        if code := scene.gazetteer.country_of(words):
            return code
    return None


def _spellings(token: Token) -> Iterator[str]:
    """As in "North Korean", then "Korean": the longer name decides."""
    doc, place = token.doc, token.i
    if not token.text[:1].isupper():
        return
    if place and doc[place - 1].text[:1].isupper():
        yield f"{doc[place - 1].text} {token.text}"
    if place + 1 < len(doc) and doc[place + 1].text[:1].isupper():
        yield f"{token.text} {doc[place + 1].text}"
    yield token.text


def countries_of(head: Token, scene: Scene) -> list[Token]:
    """The tokens that name the countries of an office: adjectives before it, names after of or from."""
    adjectives = [
        part
        for child in children(head, *_MODIFIERS, "poss")
        for part in (child, *(other for other in child.subtree if other.dep_ == "conj"))
        if country_of(part, scene)
    ]
    named = [part for part in owners_of(head) if country_of(part, scene) and part.tag_.startswith("NNP")]
    return list(dict.fromkeys(adjectives + named))


def owners_of(head: Token) -> list[Token]:
    """The coordinated nouns after of, from or for, those included that the parser takes for modifiers.

    As in "the presidents of Guinea and Sierra Leone".
    """
    found: list[Token] = []
    for preposition in children(head, "prep"):
        if preposition.lower_ in ("of", "from", "for"):
            for child in children(preposition, "pobj"):
                found.extend(part for noun in conjuncts(child) for part in (*_coordinated_before(noun), noun))
    return found


def _coordinated_before(noun: Token) -> list[Token]:
    modifiers = [child for child in noun.lefts if child.dep_ in ("nmod", "amod", "compound")]
    return [
        child
        for child in modifiers
        if child.tag_.startswith("NNP") and any(c.dep_ == "cc" for c in child.rights)
    ]


def countries_told(head: Token, scene: Scene) -> Iterator[Token]:
    """The same, and whom a delegation is said to represent."""
    yield from countries_of(head, scene)
    for clause in children(head, "acl"):
        if clause.lower_ == "representing":
            yield from (part for part in children(clause, "dobj") if country_of(part, scene))


def role_words(head: Token, scene: Scene) -> str:
    """The office alone: "the French and Turkish defence ministers" -> "defence minister"."""
    before = [
        child.text.lower()
        for child in head.lefts
        if child.dep_ in _MODIFIERS
        and not country_of(child, scene)
        and child.lower_ not in _UNTOLD
        and child.text.isalpha()
    ]
    return " ".join([*before, lemma_of(head)])


def named_office(role: str, code: str | None, scene: Scene) -> str:
    """As in "French defence minister": the canonical name of somebody whom the article does not name."""
    return f"{scene.gazetteer.adjective_of(code)} {role}" if code else role


def holder_of(role: str, country: str | None, scene: Scene) -> int | None:
    """The one person of the cast who holds this office for this country; None if nobody or several do."""
    fitting = scene.once("holders", lambda: _holders(scene)).get((plain_role(role), country), ())
    return next(iter(fitting)) if len(fitting) == 1 else None


def _holders(scene: Scene) -> dict[tuple[str, str | None], set[int]]:
    """The people of the cast by office and country."""
    found: defaultdict[tuple[str, str | None], set[int]] = defaultdict(set)
    for index, member in enumerate(scene.cast.members):
        for office in member.offices if member.type == "person" else ():
            for country in (office.country, member.country):
                found[plain_role(office.title), country].add(index)
    return found


def plain_role(title: str) -> str:
    """An office without case, articles, countries and differences of spelling."""
    words = title.casefold().replace("defense", "defence").replace("-", " ").split()
    return " ".join(word for word in words if word not in ("the", "us", "uk", "acting", "of"))


def counterpart_role(head: Token, scene: Scene) -> str:
    """As in "his Turkish counterpart": the office of whoever he is."""
    for owner in children(head, "poss"):
        member = scene.member(owner)
        if member is not None and member.offices:
            return plain_role(member.offices[0].title)
    return "counterpart"


def last_holder(head: Token, scene: Scene) -> int | None:
    """Whom "the president" means, if the text calls somebody so, or speaks of somebody's administration.

    "Trump's administration … Corker was due to meet the president": nobody else is said to rule.
    """
    role = lemma_of(head)
    named = scene.once("named by office", lambda: _mentions_by_office(scene)).get(role, [])
    before = bisect_left(named, (head.idx,))
    last = next((index for _, _, index in reversed(named[:before]) if serves_here(index, head, scene)), None)
    if last is not None:
        return last
    return scene.once("ruler", lambda: _ruler(scene)) if role in _RULING else None


def _mentions_by_office(scene: Scene) -> dict[str, list[tuple[int, int, int]]]:
    """Where the holders of an office are mentioned, by its last word: offsets, and their index twice, in order."""
    found: defaultdict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for index, member in enumerate(scene.cast.members):
        titles = {word for office in member.offices for word in office.title.casefold().split()[-1:]}
        for title in titles if member.type == "person" else ():
            found[title] += [(mention.span.start, -index, index) for mention in member.mentions]
    return {title: sorted(places) for title, places in found.items()}


def serves_here(index: int, head: Token, scene: Scene) -> bool:
    """Is a person of the country of those around? "Mattis went to see the president": not the Turkish one."""
    country = scene.cast.members[index].country
    if country is None:
        return True
    present = {scene.member_at(token) for token in head.sent} & scene.persons - {index}
    others = {scene.cast.members[other].country for other in present if other is not None} - {None}
    return not others or country in others


def _ruler(scene: Scene) -> int | None:
    rulers = [
        index
        for index, member in enumerate(scene.cast.members)
        if member.type == "person"
        and any(_RULE.match(scene.body, mention.span.end) for mention in member.mentions)
    ]
    return rulers[0] if len(rulers) == 1 else None


def is_plural_office(head: Token) -> bool:
    """As in "ministers", "representatives", "officials"."""
    return is_plural(head) and (lemma_of(head) in OFFICES or lemma_of(head) in ("delegation", "team"))
