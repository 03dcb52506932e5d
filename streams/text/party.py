"""Parties: whom a noun phrase names as a party to a contact.

Reads:  the heads of noun phrases, in a scene
Writes: `Party`: member of the cast or unnamed office, its words, name, title and country

"the defence ministers of the US, France and Turkey" is three parties; "the chairman of the Joint Chiefs, Mark
Milley" is one; "the envoy of President Sirleaf" is not Sirleaf. Sets ("both countries") are in `party_sets`.
Deliberately absent: the press, crowds, things and places that are no country: they are nobody's party.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from spacy.tokens import Token

from streams.text.cast import Member
from streams.text.clauses import children, conjuncts, is_verb
from streams.text.party_words import GROUPS, HONORIFICS, OFFICES, PRESS
from streams.text.scene import Scene, lemma_of, trimmed
from streams.text.spans import Span

PartyKind = Literal["person", "office", "group", "organisation", "country"]
_LEFT_OUT = ("conj", "cc", "relcl", "acl", "advcl", "parataxis", "preconj", "punct", "dep")
_PRONOUNS = frozenset(("he", "she", "him", "her", "his", "hers", "it", "its", "himself", "herself"))


@dataclass(frozen=True, slots=True)
class Party:
    """One party as one phrase names it.

    Attributes:
        span: the words, titles left out where a name is told.
        member: its index in the cast; None for an unnamed office or group.
        country: ISO 3166-1 alpha-2, where it is known.
    """

    span: Span
    name: str
    kind: PartyKind
    member: int | None = None
    country: str | None = None
    title: str | None = None
    is_pronoun: bool = False

    @property
    def identity(self) -> object:
        """What two phrases share that name the same party: the member, or the canonical name."""
        return self.name if self.member is None else self.member


def parties_of(heads: list[Token], scene: Scene) -> tuple[Party, ...]:
    """All parties that some coordinated noun phrases name, in reading order, nobody twice."""
    found: list[Party] = []
    office: tuple[str, Token] | None = None
    for head in heads:
        several = _office_holders(head, scene)
        if several:
            office = (role_words(head, scene), head)
        elif office and _is_bare_country(head, scene):
            # "the foreign ministers of France, the UK and the US": the parser hangs the UK on the ministers
            several = [_office_holder(head, office[0], scene)]
        else:
            single = _single(head, scene)
            several = [single] if single else []
        found.extend(several)
    return _distinct(found)


def _distinct(parties: list[Party]) -> tuple[Party, ...]:
    known: dict[object, Party] = {}
    for party in parties:
        known.setdefault(party.identity, party)
    return tuple(known.values())


def _is_bare_country(head: Token, scene: Scene) -> bool:
    entry = scene.gazetteer.lookup(_name_at(head, scene))
    return entry is not None and entry.kind in ("country", "capital")


def _name_at(head: Token, scene: Scene) -> str:
    mention = scene.mention_at(head)
    return scene.doc.text[slice(*mention.span)] if mention and mention.kind == "name" else head.text


def region(head: Token) -> list[Token]:
    """The tokens of a noun phrase without what is coordinated with it and without its clauses."""
    kept = [head]
    for child in head.children:
        if child.dep_ not in _LEFT_OUT and not (child.dep_ == "prep" and is_verb(child.head)):
            kept.extend(region(child) if child.dep_ != "prep" else list(child.subtree))
    return sorted(kept, key=lambda token: token.i)


# Several holders of one office --------------------------------------------------------------------------------------


def _office_holders(head: Token, scene: Scene) -> list[Party]:
    """"the Turkish and Russian presidents", "defence ministers of the US and France": one party each."""
    if head.tag_ not in ("NNS", "NNPS") or lemma_of(head) not in OFFICES or lemma_of(head) == "official":
        return []
    countries = _countries_of(head, scene)
    if len(countries) < 2:
        return []
    role = role_words(head, scene)
    return [_office_holder(country, role, scene) for country in countries]


def _countries_of(head: Token, scene: Scene) -> list[Token]:
    """The tokens that name the countries of an office: adjectives before it, names after of or from."""
    adjectives = [
        part
        for child in children(head, "amod", "compound", "nmod", "poss")
        for part in (child, *(other for other in child.children if other.dep_ == "conj"))
        if country_of(part, scene)
    ]
    named = [
        part
        for preposition in children(head, "prep")
        if preposition.lower_ in ("of", "from", "for")
        for child in children(preposition, "pobj")
        for part in conjuncts(child)
        if country_of(part, scene) and part.tag_.startswith("NNP")
    ]
    return adjectives + named


def _office_holder(country: Token, role: str, scene: Scene) -> Party:
    code = country_of(country, scene)
    mention = scene.mention_at(country)
    span = mention.span if mention else Span(country.idx, country.idx + len(country))
    member = holder_of(role, code, scene)
    if member is not None:
        return Party(span, scene.cast.members[member].name, "person", member, code, role)
    return Party(span, named_office(role, code, scene), "office", None, code, role)


def holder_of(role: str, country: str | None, scene: Scene) -> int | None:
    """The one person of the cast who holds this office for this country; None if nobody or several do."""
    wanted = _plain_role(role)
    fitting = [
        index
        for index, member in enumerate(scene.cast.members)
        if member.type == "person" and any(
            _plain_role(office.title) == wanted and country in (office.country, member.country) for office in member.offices
        )
    ]
    return fitting[0] if len(fitting) == 1 else None


def _plain_role(title: str) -> str:
    words = title.casefold().replace("defense", "defence").replace("-", " ").split()
    return " ".join(word for word in words if word not in ("the", "us", "uk", "acting", "of"))


def role_words(head: Token, scene: Scene) -> str:
    """The office alone: "the French and Turkish defence ministers" -> "defence minister"."""
    before = [
        child.text.lower() for child in head.lefts
        if child.dep_ in ("amod", "compound", "nmod") and not country_of(child, scene)
        and child.lower_ not in ("former", "new", "other", "top", "senior")
    ]
    return " ".join([*before, lemma_of(head)])


# One party ----------------------------------------------------------------------------------------------------------


def _single(head: Token, scene: Scene) -> Party | None:
    if lemma_of(head) in PRESS and scene.member_at(head) is None:
        return None
    return _person(head, scene) or _member(head, scene) or _unnamed(head, scene) or _unknown_name(head, scene)


def _person(head: Token, scene: Scene) -> Party | None:
    """The person whom the phrase names, by name or in apposition to an office."""
    tokens = region(head)
    inside = {token.i for token in tokens}
    fitting: dict[int, Span] = {}
    for token in tokens:
        member, mention = scene.member(token), scene.mention_at(token)
        if member is None or mention is None or member.type != "person" or mention.kind != "name":
            continue
        if _is_whom(mention.span, head, inside, scene):
            fitting.setdefault(scene.member_at(token) or 0, mention.span)
    if not fitting:
        return None
    index, span = list(fitting.items())[-1]
    return _of_member(index, span, scene)


def _is_whom(span: Span, head: Token, inside: set[int], scene: Scene) -> bool:
    """Is this name the phrase's own, and not that of somebody whose envoy, son or office it is?"""
    positions = scene.positions(span)
    if head.i in positions:
        return True
    first, last = positions[0], positions[-1]
    after = scene.doc[last + 1] if last + 1 < len(scene.doc) else None
    if after is not None and after.tag_ == "POS":
        return False
    while first - 1 in inside and scene.doc[first - 1].dep_ in ("compound", "nmod", "amod") and (
        scene.doc[first - 1].lower_ in HONORIFICS
    ):
        first -= 1
    before = scene.doc[first - 1] if first else None
    return before is None or before.tag_ not in ("IN", "TO")


def _of_member(index: int, span: Span, scene: Scene) -> Party:
    member = scene.cast.members[index]
    office = member.offices[0] if member.offices else None
    country = member.country or (office.country if office else None)
    is_pronoun = scene.doc.text[slice(*span)].lower() in _PRONOUNS
    return Party(span, member.name, _kind(member), index, country, office.title if office else None, is_pronoun)


def _kind(member: Member) -> PartyKind:
    if member.type == "place":
        return "country"
    return {"person": "person", "group": "group"}.get(member.type, "organisation")  # type: ignore[return-value]


def _member(head: Token, scene: Scene) -> Party | None:
    """A person by pronoun or description, a body, or a country, a capital standing for its government."""
    index, mention = scene.member_at(head), scene.mention_at(head)
    if index is None or mention is None:
        return None
    member = scene.cast.members[index]
    if member.type in ("person", "group"):
        return _of_member(index, mention.span, scene)
    if member.type == "organisation":
        return None if _is_press(member.name, scene) else _of_member(index, mention.span, scene)
    return _country(index, mention.span, scene) if member.type == "place" else None


def _is_press(name: str, scene: Scene) -> bool:
    entry = scene.gazetteer.lookup(name)
    return entry is not None and entry.kind in ("agency", "outlet")


def _country(index: int, span: Span, scene: Scene) -> Party | None:
    """Ankara as a party is the Turkish government."""
    member = scene.cast.members[index]
    entry = scene.gazetteer.lookup(member.name)
    if entry is None or not entry.governs or entry.country is None:
        return None
    state = scene.index_of_country(entry.country)
    name = scene.gazetteer.country_name(entry.country)
    return Party(span, name, "country", index if state is None else state, entry.country)


def _unnamed(head: Token, scene: Scene) -> Party | None:
    """"Turkish officials", "the mediator from Egypt", "a delegation representing the Soviet Union"."""
    word = lemma_of(head)
    if word in PRESS or not (word in OFFICES or word in GROUPS) or not head.tag_.startswith("NN"):
        return None
    kind: PartyKind = "office" if word in OFFICES and head.tag_ in ("NN", "NNP") else "group"
    tokens = _named_part(head)
    span = trimmed(scene.doc, tokens[0].i, tokens[-1].i + 1)
    country = next((country_of(part, scene) for part in _all_countries(head, scene)), None)
    role = role_words(head, scene) if kind == "office" else _group_words(head, scene)
    member = holder_of(role, country, scene) if kind == "office" else None
    if member is not None:
        return replace(_of_member(member, span, scene), title=role)
    name = named_office(role, country, scene)
    return Party(span, name, kind, None, country, role if kind == "office" else None)


def _named_part(head: Token) -> list[Token]:
    """The words of an unnamed party: its modifiers, itself, and of whom."""
    left = [token for child in head.lefts if child.dep_ in ("amod", "compound", "nmod", "poss", "nummod", "det") for token in child.subtree]
    right = [
        token
        for child in head.rights
        if child.dep_ == "prep" and child.lower_ in ("of", "from", "for")
        for token in child.subtree
    ]
    tokens = sorted([*left, head, *right], key=lambda token: token.i)
    return [token for token in tokens if token.i - tokens[0].i < 16]


def _all_countries(head: Token, scene: Scene) -> Iterator[Token]:
    yield from _countries_of(head, scene)
    for clause in children(head, "acl"):
        if clause.lower_ == "representing":
            yield from (part for part in children(clause, "dobj") if country_of(part, scene))


def _group_words(head: Token, scene: Scene) -> str:
    before = [
        child.text for child in head.lefts if child.dep_ in ("amod", "compound") and not country_of(child, scene)
    ]
    return " ".join([*before, head.text.lower()])


def _unknown_name(head: Token, scene: Scene) -> Party | None:
    """A name that the cast has missed."""
    if not head.tag_.startswith("NNP") or head.ent_type_ not in ("PERSON", "ORG", "GPE", "NORP"):
        return None
    tokens = [token for token in head.subtree if token.dep_ in ("compound", "flat") and token.head is head] + [head]
    span = trimmed(scene.doc, tokens[0].i, head.i + 1)
    name = scene.doc.text[slice(*span)]
    if _is_press(name, scene):
        return None
    kinds: dict[str, PartyKind] = {"PERSON": "person", "ORG": "organisation", "GPE": "country", "NORP": "group"}
    return Party(span, name, kinds[head.ent_type_], None, scene.gazetteer.country_of(name))


# Countries ----------------------------------------------------------------------------------------------------------


def country_of(token: Token, scene: Scene) -> str | None:
    """The country that a token names, as a name, an adjective, a people or a capital."""
    member, mention = scene.member(token), scene.mention_at(token)
    if member is not None and mention is not None and mention.kind == "name" and member.type in ("place", "group"):
        return member.country
    if not token.text[:1].isupper():
        return None
    return scene.gazetteer.country_of(token.text)


def named_office(role: str, code: str | None, scene: Scene) -> str:
    """"French defence minister": the canonical name of somebody whom the article does not name."""
    return f"{scene.gazetteer.adjective_of(code)} {role}" if code else role
