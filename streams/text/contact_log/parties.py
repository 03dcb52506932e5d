"""Parties of a noun phrase: one, several, or several holders of one office.

Reads:  the heads of coordinated noun phrases, in a scene
Writes: the parties, in reading order, nobody twice

"the defence ministers of the US, France and Turkey" is three parties; "officials from the SDF and the coalition"
are the two bodies. Sets ("both countries") are in `party_sets`.
"""

from dataclasses import replace

from readout.streams.text.contact_log.clauses import children
from readout.streams.text.contact_log.party import Party
from readout.streams.text.contact_log.party_named import (
    is_bare_country,
    is_of_the_press,
    named_member,
    named_person,
    unknown_name,
)
from readout.streams.text.contact_log.party_offices import (
    counterpart_role,
    countries_of,
    country_of,
    holder_of,
    is_plural_office,
    named_office,
    owners_of,
    role_words,
)
from readout.streams.text.contact_log.party_unnamed import named_part, unnamed_party
from readout.streams.text.contact_log.party_words import OFFICES, PRESS
from readout.streams.text.contact_log.scene import Scene, lemma_of
from readout.streams.text.contact_log.tokens import Token
from readout.streams.text.spans import Span


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
        for party in parties or [*_countries_before(head, scene), *_alone(head, scene)]:
            found.setdefault(party.identity, party)
    return tuple(found.values())


def _countries_before(head: Token, scene: Scene) -> list[Party]:
    """As in "a visit to neighboring Mozambique and eastern Congo", of which the parser makes one country."""
    own = scene.member_at(head)
    names = [child for child in children(head, "amod", "nmod") if scene.member_at(child) not in (None, own)]
    if not names or not is_bare_country(head, scene):
        return []
    return [
        party
        for name in names
        if is_bare_country(name, scene) and (party := _single(name, scene)) is not None
    ]


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


def _alone(head: Token, scene: Scene) -> list[Party]:
    single = _single(head, scene)
    return [single] if single else []


def _office_before(head: Token, scene: Scene) -> Token | None:
    """As in "Its chairman left for Cairo, where he was to meet the king": he is the chairman, whoever that is."""
    if head.lower_ not in ("he", "she") or not head.dep_.startswith("nsubj"):
        return None
    subjects = [token for token in head.sent if token.i < head.i and token.dep_ in ("nsubj", "nsubjpass")]
    subjects = [token for token in subjects if token.head != head.head and token.lower_ not in ("he", "she")]
    if not subjects or subjects[-1].tag_ != "NN" or lemma_of(subjects[-1]) not in OFFICES:
        return None
    last = subjects[-1]
    is_named = any(scene.member_at(child) in scene.persons for child in children(last, "appos", "compound"))
    return None if is_named or scene.member_at(last) is not None else last


def _single(head: Token, scene: Scene) -> Party | None:
    if head.dep_ != "poss" and head.i + 1 < len(scene.doc) and scene.doc[head.i + 1].tag_ == "POS":
        return None  # "between Kabila and Mozambique's president-for-life": the parser takes the owner for a party
    if scene.is_dateline(head):
        return None
    before = _office_before(head, scene)
    if before is not None:
        return unnamed_party(before, scene)
    if lemma_of(head) in PRESS and scene.member_at(head) is None:
        return None
    if is_of_the_press(head, scene):
        return None
    found = named_person(head, scene) or named_member(head, scene) or unnamed_party(head, scene)
    return found or (unknown_name(head, scene) if scene.member_at(head) is None else None)
