"""Parties without a name: "Turkish officials", "the mediator from Egypt", "a delegation led by Deputy Premier Liu".

Reads:  the head of a noun phrase, in a scene
Writes: the party with its canonical name ("French envoy"), or None where the noun tells of nobody who can be one
"""

from dataclasses import replace

from readout.streams.text.contact_log.clauses import children
from readout.streams.text.contact_log.party import Party
from readout.streams.text.contact_log.party_named import (
    is_bare_country,
    named_member,
    named_person,
    party_of_member,
)
from readout.streams.text.contact_log.party_offices import (
    counterpart_role,
    countries_of,
    countries_told,
    country_of,
    holder_of,
    is_plural_office,
    last_holder,
    named_office,
    role_words,
)
from readout.streams.text.contact_log.party_words import COUNTRY_NOUNS, GROUPS, OFFICES, PRESS
from readout.streams.text.contact_log.scene import Scene, is_plural, lemma_of, trimmed
from readout.streams.text.contact_log.tokens import Token
from readout.streams.text.spans import Span

_LONGEST = 16
# "when I visit other countries": no country in particular
_ANY = frozenset("other foreign many most several various different certain all".split())


def unnamed_party(head: Token, scene: Scene) -> Party | None:
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
                return named_member(noun, scene)
    told = [child for child in children(head, "nummod", "amod") if child.lower_ not in _ANY]
    return _unnamed_group(head, scene) if told and is_plural(head) else None


def _unnamed_office(head: Token, scene: Scene) -> Party | None:
    span = named_part(head, scene)
    beside = _named_beside(span, scene)
    if beside is not None:
        return beside
    code = next((country_of(part, scene) for part in countries_of(head, scene)), None)
    role = counterpart_role(head, scene) if lemma_of(head) == "counterpart" else role_words(head, scene)
    member = holder_of(role, code, scene)
    is_definite = any(child.lower_ in ("the", "The") for child in head.lefts)
    has_field = any(
        link.lower_ in ("of", "for") for link in children(head, "prep")
    )  # "the minister of trade"
    if member is None and code is None and is_definite and not has_field:
        member = last_holder(head, scene)
    if member is not None:
        return replace(party_of_member(member, span, scene), title=role)
    name = named_office(role, code, scene) if code else _office_of(head, role, scene)
    return Party(span, name, "office", None, code, role)


def _named_beside(span: Span, scene: Scene) -> Party | None:
    """As in "lunch with the commissioner for peace, Adam Roth, at his residence", however that is parsed.

    Not "After talks with the premier, Adam Roth said": there the name begins another clause.
    """
    after = scene.positions(span)[-1] + 1
    if after + 1 >= len(scene.doc) or scene.doc[after].text != ",":
        return None
    name = scene.doc[after + 1]
    index, mention = scene.member_at(name), scene.mention_at(name)
    if index is None or mention is None or mention.kind != "name" or not _may_be_person(index, scene):
        return None
    last = scene.positions(mention.span)[-1]
    follows = scene.doc[last + 1].text if last + 1 < len(scene.doc) else "."
    does = any(scene.doc[position].dep_ in ("nsubj", "nsubjpass", "poss") for position in (after + 1, last))
    is_apart = follows in (",", ".", ";") or scene.doc[last].dep_ == "appos"
    if not is_apart or does:
        return None
    return replace(party_of_member(index, mention.span, scene), kind="person")


def _may_be_person(index: int, scene: Scene) -> bool:
    """A person, or a name of two words that no gazetteer knows, beside an office."""
    member = scene.cast.members[index]
    is_unknown = " " in member.name and scene.gazetteer.lookup(member.name) is None and not member.country
    return index in scene.persons or is_unknown


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
        scene.body[child.left_edge.idx : child.idx + len(child)]
        if child.lefts
        else child.lower_
        if child.is_sent_start and not child.tag_.startswith("NNP") and child.ent_type_ != "NORP"
        else child.text
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
                    return named_person(noun, scene)
    return None


def _body(head: Token, scene: Scene) -> Party | None:
    for preposition in children(head, "prep"):
        for noun in children(preposition, "pobj"):
            if preposition.lower_ in ("of", "from"):
                for name in (noun, *children(noun, "appos")):
                    member = scene.member(name)
                    if member is not None and member.type == "organisation":
                        return named_member(name, scene)
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
    last = max(token.i for token in tokens if token.i - tokens[0].i < _LONGEST)
    return trimmed(scene.doc, tokens[0].i, last + 1)
