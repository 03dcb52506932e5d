"""Parties: whom a noun phrase names as a party to a contact.

Reads:  the heads of noun phrases, in a scene
Writes: `Party`: member of the cast or unnamed office, its words, name, title and country

"the defence ministers of the US, France and Turkey" is three parties; "the chairman of the Joint Chiefs, Mark
Milley" is one; "the envoy of President Sirleaf" is not Sirleaf. Sets ("both countries") are in `party_sets`.
Deliberately absent: the press, crowds, things and places that are no country: they are nobody's party.
"""

from dataclasses import dataclass, replace
from typing import Literal

from spacy.tokens import Token

from streams.text.cast import Mention
from streams.text.clauses import children
from streams.text.party_offices import (
    counterpart_role,
    countries_of,
    countries_told,
    country_of,
    holder_of,
    is_plural_office,
    last_holder,
    named_office,
    owners_of,
    role_words,
    serves_here,
)
from streams.text.party_words import COUNTRY_NOUNS, GROUPS, HONORIFICS, OFFICES, PRESS
from streams.text.scene import Scene, is_plural, lemma_of, trimmed
from streams.text.spans import Span

PartyKind = Literal["person", "office", "group", "organisation", "country"]
_LEFT_OUT = ("conj", "cc", "relcl", "acl", "advcl", "parataxis", "preconj", "punct", "dep")
_PRONOUNS = frozenset(("he", "she", "him", "her", "his", "hers", "it", "its", "himself", "herself"))
_EDITORS = frozenset(("anchor", "presenter", "interviewer", "editor", "correspondent"))
_AIRED = frozenset(("radio", "tv", "television", "news"))
_NO_PLACES = ("country", "capital", "seat")


@dataclass(frozen=True, slots=True)
class Party:
    """One party as one phrase names it.

    Attributes:
        span: the words, titles left out where a name is told.
        member: its index in the cast; None for an unnamed office or group.
        country: ISO 3166-1 alpha-2, where it is known.
        is_by_office: told only as one of several holders of an office, whoever holds it.
    """

    span: Span
    name: str
    kind: PartyKind
    member: int | None = None
    country: str | None = None
    title: str | None = None
    is_pronoun: bool = False
    is_by_office: bool = False

    @property
    def identity(self) -> object:
        """What two phrases share that name the same party: the member, or the canonical name."""
        return self.name if self.member is None else self.member


def parties_of(heads: list[Token], scene: Scene) -> tuple[Party, ...]:
    """All parties that some coordinated noun phrases name, in reading order, nobody twice."""
    found: dict[object, Party] = {}
    office: str | None = None
    for head in heads:
        parties = _office_holders(head, scene)
        if not parties and office and is_bare_country(head, scene):
            # "the foreign ministers of France, the UK and the US": the parser hangs the UK on the ministers
            parties = [office_holder(head, office, scene)]
        elif is_plural_office(head) and len(countries_of(head, scene)) == 1:
            office = role_words(head, scene)
            goes_on = any(is_bare_country(other, scene) for other in heads[heads.index(head) + 1 :])
            parties = [office_holder(countries_of(head, scene)[0], office, scene)] if goes_on else []
        elif parties:
            office = role_words(head, scene)
        for party in parties or [*_countries_before(head, scene), _single(head, scene)]:
            if party is not None:
                found.setdefault(party.identity, party)
    return tuple(found.values())


def _countries_before(head: Token, scene: Scene) -> list[Party]:
    """As in "a visit to neighboring Mozambique and eastern Congo", of which the parser makes one country."""
    own = scene.member_at(head)
    names = [child for child in children(head, "amod", "nmod") if scene.member_at(child) not in (None, own)]
    if not is_bare_country(head, scene):
        return []
    return [party for name in names if is_bare_country(name, scene) and (party := _single(name, scene)) is not None]


def is_bare_country(head: Token, scene: Scene) -> bool:
    """Is the phrase the name of a country or capital and no more?"""
    mention = scene.mention_at(head)
    name = scene.doc.text[slice(*mention.span)] if mention and mention.kind == "name" else head.text
    entry = scene.gazetteer.lookup(name)
    return entry is not None and entry.kind in ("country", "capital")


def region(head: Token) -> list[Token]:
    """The tokens of a noun phrase without what is coordinated with it and without its clauses."""
    kept = [head]
    for child in head.children:
        if child.dep_ == "prep":
            kept.extend(child.subtree)
        elif child.dep_ not in _LEFT_OUT:
            kept.extend(region(child))
    return sorted(kept, key=lambda token: token.i)


def _office_holders(head: Token, scene: Scene) -> list[Party]:
    """As in "the Turkish and Russian presidents", "defence ministers of the US and France": one party each."""
    if not is_plural_office(head):
        return []
    countries = countries_of(head, scene)
    if len(countries) < 2:
        return _sent_by_bodies(head, scene)
    role = counterpart_role(head, scene) if lemma_of(head) == "counterpart" else role_words(head, scene)
    holders = [office_holder(country, role, scene) for country in countries]
    if holders[0].span.start > head.idx and holders[0].kind == "office":
        # the first takes the words of the office along: "the defence ministers of the US", then "France"
        holders[0] = replace(holders[0], span=Span(named_part(head, scene).start, holders[0].span.end))
    return holders


def _sent_by_bodies(head: Token, scene: Scene) -> list[Party]:
    """As in "officials from the SDF and the coalition": the bodies that they come from."""
    owners = owners_of(head)
    bodies = [party for owner in owners if (party := _single(owner, scene)) is not None]
    return bodies if len(owners) > 1 and len(bodies) == len(owners) else []


def office_holder(country: Token, role: str, scene: Scene) -> Party:
    """Who holds an office of the country that a token names; the span is the country's."""
    code = country_of(country, scene)
    mention = scene.mention_at(country)
    span = mention.span if mention else Span(country.idx, country.idx + len(country))
    return holder_party(role, code, span, scene)


def holder_party(role: str, code: str | None, span: Span, scene: Scene) -> Party:
    """The holder of an office as a party, by name if the article tells it."""
    member = holder_of(role, code, scene)
    if member is None:
        return Party(span, named_office(role, code, scene), "office", None, code, role)
    return Party(span, scene.cast.members[member].name, "person", member, code, role, is_by_office=True)


# One party ----------------------------------------------------------------------------------------------------------


def _single(head: Token, scene: Scene) -> Party | None:
    if head.dep_ != "poss" and head.i + 1 < len(scene.doc) and scene.doc[head.i + 1].tag_ == "POS":
        return None  # "between Kabila and Mozambique's president-for-life": the parser takes the owner for a party
    if lemma_of(head) in PRESS and scene.member_at(head) is None:
        return None
    if _is_of_the_press(head, scene):
        return None
    found = _person(head, scene) or _member(head, scene) or _unnamed(head, scene)
    return found or (_unknown_name(head, scene) if scene.member_at(head) is None else None)


def _person(head: Token, scene: Scene) -> Party | None:
    """The person whom the phrase names, by name or in apposition to an office."""
    own, own_mention = scene.member_at(head), scene.mention_at(head)
    if own is not None and own in scene.persons and own_mention is not None and own_mention.kind == "name":
        return party_of_member(own, own_mention.span, scene)
    tokens = region(head)
    inside = {token.i for token in tokens}
    fitting: dict[int, Span] = {}
    for token in tokens:
        index, mention = scene.member_at(token), scene.mention_at(token)
        if index not in scene.persons or index is None or mention is None or mention.kind != "name":
            continue
        if _is_whom(mention.span, head, inside, scene):
            fitting.setdefault(index, mention.span)
    beside = {scene.member_at(child) for child in children(head, "appos")}
    is_somebody = lemma_of(head) in OFFICES | GROUPS or head.tag_.startswith("NNP")
    first = next((index for index in fitting if index in beside or is_somebody), None)
    return None if first is None else party_of_member(first, fitting[first], scene)


def _is_whom(span: Span, head: Token, inside: set[int], scene: Scene) -> bool:
    """Is this name the phrase's own, and not that of somebody whose envoy, son or office it is?"""
    positions = scene.positions(span)
    if head.i in positions or any(
        scene.doc[position].head == head for position in positions if head.tag_ == "NNP"
    ):
        return True
    first, last = positions[0], positions[-1]
    after = scene.doc[last + 1] if last + 1 < len(scene.doc) else None
    if after is not None and after.tag_ == "POS":
        return False
    while first - 1 in inside and scene.doc[first - 1].lower_ in HONORIFICS:
        first -= 1
    before = scene.doc[first - 1] if first else None
    return before is None or before.tag_ not in ("IN", "TO")


def party_of_member(index: int, span: Span, scene: Scene) -> Party:
    """A member of the cast as a party."""
    member = scene.cast.members[index]
    office = member.offices[0] if member.offices else None
    country = scene.country_of_member(index)
    is_pronoun = scene.doc.text[slice(*span)].lower() in _PRONOUNS
    kinds: dict[str, PartyKind] = {"group": "group", "place": "country"}
    kind = "person" if index in scene.persons else kinds.get(member.type, "organisation")
    return Party(span, member.name, kind, index, country, office.title if office else None, is_pronoun)


def _member(head: Token, scene: Scene) -> Party | None:
    """A person by pronoun or description, a body, or a country, a capital standing for its government."""
    index, mention = scene.member_at(head), scene.mention_at(head)
    if index is None or mention is None or _is_of_another_country(head, index, mention, scene):
        return None
    member = scene.cast.members[index]
    if index in scene.persons or member.type == "group":
        return party_of_member(index, mention.span, scene)
    if member.type == "organisation":
        return None if _is_press(member.name, scene) else party_of_member(index, mention.span, scene)
    return _country(index, mention.span, scene) if member.type == "place" else None


def _is_of_another_country(head: Token, index: int, mention: Mention, scene: Scene) -> bool:
    """As in "the Libyan government" is no name for the US state department, however recent that was."""
    country = scene.cast.members[index].country
    if mention.kind != "nominal" or country is None:
        return False
    told = {country_of(token, scene) for token in countries_of(head, scene)}
    return country not in told if told else index in scene.persons and not serves_here(index, head, scene)


def _is_of_the_press(head: Token, scene: Scene) -> bool:
    """As in "told Fox News’s Greta Van Susteren", "told the radio host Howard Stern": journalists are no party."""
    member = scene.member(head)
    titles = [office.title.casefold().split() for office in member.offices] if member else []
    if any(title and (title[-1] in PRESS | _EDITORS or _AIRED & {*title[:-1]}) for title in titles):
        return True
    owners = [scene.member(child) for child in children(head, "poss")]
    return any(owner is not None and _is_press(owner.name, scene) for owner in owners)


def _is_press(name: str, scene: Scene) -> bool:
    entry = scene.gazetteer.lookup(name)
    return entry is not None and entry.kind in ("agency", "outlet")


def country_party(token: Token, scene: Scene) -> Party | None:
    """The country that a name or an adjective tells as a party: "US-Iranian talks"."""
    code = country_of(token, scene)
    if code is None:
        return None
    span = Span(token.idx, token.idx + len(token))
    return Party(span, scene.gazetteer.country_name(code), "country", scene.index_of_country(code), code)


def _country(index: int, span: Span, scene: Scene) -> Party | None:
    """Ankara as a party is the Turkish government; a town that governs nothing is no party."""
    member = scene.cast.members[index]
    entry = scene.gazetteer.lookup(member.name)
    if entry is not None and entry.kind not in _NO_PLACES:
        return None
    code = entry.country if entry else member.country
    if code is None:
        return None
    state = scene.index_of_country(code)
    name = scene.gazetteer.country_name(code)
    return Party(span, name, "country", index if state is None else state, code)


def _unnamed(head: Token, scene: Scene) -> Party | None:
    """As in "Turkish officials", "the mediator from Egypt", "a delegation representing the Soviet Union"."""
    word = lemma_of(head)
    if word in PRESS or not head.tag_.startswith("NN"):
        return None
    if word in COUNTRY_NOUNS:
        return _described_country(head, scene)
    if word in OFFICES and not is_plural(head):
        return _unnamed_office(head, scene)
    return _unnamed_group(head, scene) if word in OFFICES or word in GROUPS else None


def _described_country(head: Token, scene: Scene) -> Party | None:
    """As in "the tiny country of Suriname" is Suriname, "six world powers" are a group, "the country" is nobody."""
    for preposition in children(head, "prep"):
        for noun in children(preposition, "pobj"):
            if preposition.lower_ == "of" and is_bare_country(noun, scene):
                return _single(noun, scene)
    return _unnamed_group(head, scene) if any(children(head, "nummod", "amod")) and is_plural(head) else None


def _unnamed_office(head: Token, scene: Scene) -> Party | None:
    span = named_part(head, scene)
    code = next((country_of(part, scene) for part in countries_of(head, scene)), None)
    role = counterpart_role(head, scene) if lemma_of(head) == "counterpart" else role_words(head, scene)
    member = holder_of(role, code, scene)
    is_definite = any(child.lower_ in ("the", "The") for child in head.lefts)
    if member is None and code is None and is_definite:
        member = last_holder(head, scene)
    if member is not None:
        return replace(party_of_member(member, span, scene), title=role)
    name = named_office(role, code, scene) if code else _office_of(head, role, scene)
    return Party(span, name, "office", None, code, role)


def _office_of(head: Token, role: str, scene: Scene) -> str:
    """As in "the chairman of the African Union", "President Sirleaf's envoy": whose office it is."""
    owners = [noun for preposition in children(head, "prep") for noun in children(preposition, "pobj")]
    for owner in (*children(head, "poss"), *owners):
        member = scene.member(owner)
        if member is not None and owner.tag_.startswith("NNP") and member.type in ("organisation", "person"):
            return f"{role} of {member.name}"
    return role


def _unnamed_group(head: Token, scene: Scene) -> Party | None:
    """Representatives of a body are that body, those of a country stay "Turkish officials"."""
    span = named_part(head, scene)
    code = next((country_of(part, scene) for part in countries_told(head, scene)), None)
    leader = _leader(head, scene)
    if leader is not None:
        return leader
    if code is None and is_plural_office(head):
        body = _body(head, scene)
        if body is not None:
            return replace(body, span=span)
    words = [
        scene.doc.text[child.left_edge.idx : child.idx + len(child)]
        if child.n_lefts
        else child.lower_
        if child.is_sent_start and not child.tag_.startswith("NNP") else child.text
        for child in head.lefts
        if child.dep_ in ("amod", "compound") and not country_of(child, scene)
    ]
    name = named_office(" ".join([*words, head.text.lower()]), code, scene)
    return Party(span, name, "group", None, code)


def _leader(head: Token, scene: Scene) -> Party | None:
    """As in "a delegation led by Deputy Prime Minister Liu": he is named, they are not."""
    for clause in children(head, "acl"):
        if lemma_of(clause) in ("lead", "head"):
            for agent in children(clause, "agent"):
                for noun in children(agent, "pobj"):
                    return _person(noun, scene)
    return None


def _body(head: Token, scene: Scene) -> Party | None:
    for preposition in children(head, "prep"):
        for noun in children(preposition, "pobj"):
            if preposition.lower_ in ("of", "from"):
                for name in (noun, *children(noun, "appos")):
                    member = scene.member(name)
                    if member is not None and member.type == "organisation":
                        return _member(name, scene)
    return None


def named_part(head: Token, scene: Scene) -> Span:
    """The words of an unnamed party: its modifiers, itself, and of whom."""
    kinds = ("amod", "compound", "nmod", "poss", "nummod", "det")
    left = [token for child in children(head, *kinds) if child.i < head.i for token in child.subtree]
    right = [
        token
        for child in head.rights
        if child.dep_ == "prep" and child.lower_ in ("of", "from", "for")
        for token in child.subtree
    ]
    tokens = sorted([*left, head, *right], key=lambda token: token.i)
    last = max(token.i for token in tokens if token.i - tokens[0].i < 16)
    return trimmed(scene.doc, tokens[0].i, last + 1)


def _unknown_name(head: Token, scene: Scene) -> Party | None:
    """A name that the cast has missed."""
    kinds: dict[str, PartyKind] = {
        "PERSON": "person",
        "ORG": "organisation",
        "GPE": "country",
        "NORP": "group",
    }
    first = min([head.i, *(token.i for token in children(head, "compound") if token.tag_.startswith("NNP"))])
    is_person = first < head.i and _seems_a_person(head, scene.doc[first], scene)
    if not head.tag_.startswith("NNP") or not (head.ent_type_ in kinds or is_person):
        return None
    span = trimmed(scene.doc, first, head.i + 1)
    name = scene.doc.text[slice(*span)]
    if _is_press(name, scene):
        return None
    if is_person:
        return Party(span, name, "person")
    return Party(span, name, kinds[head.ent_type_], None, scene.gazetteer.country_of(name))


def _seems_a_person(head: Token, first: Token, scene: Scene) -> bool:
    """As in "Theresa May", whose surname is a month, and "Staffan de Mistura, the UN special envoy"."""
    is_beside_office = any(lemma_of(child) in OFFICES for child in children(head, "appos"))
    return first.text in scene.gazetteer.genders or is_beside_office
