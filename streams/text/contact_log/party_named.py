"""Parties by name: persons, bodies and countries that a noun phrase names, or refers back to.

Reads:  the head of a noun phrase, in a scene
Writes: the party, or None

"the chairman of the Joint Chiefs, Mark Milley" is Milley; "the envoy of President Sirleaf" is not Sirleaf.
Deliberately absent: the press, which is nobody's party, and places that govern nothing.
"""

from readout.streams.text.cast import Mention
from readout.streams.text.contact_log.clauses import children
from readout.streams.text.contact_log.party import Party, PartyKind
from readout.streams.text.contact_log.party_offices import countries_of, country_of, serves_here
from readout.streams.text.contact_log.party_words import GROUPS, HONORIFICS, OFFICES, PRESS
from readout.streams.text.contact_log.scene import Scene, lemma_of, trimmed
from readout.streams.text.contact_log.tokens import Token
from readout.streams.text.spans import Span

_LEFT_OUT = ("conj", "cc", "relcl", "acl", "advcl", "parataxis", "preconj", "punct", "dep")
_PRONOUNS = frozenset(("he", "she", "him", "her", "his", "hers", "it", "its", "himself", "herself"))
_EDITORS = frozenset(("anchor", "presenter", "interviewer", "editor", "correspondent"))
_AIRED = frozenset(("radio", "tv", "television", "news"))


def named_person(head: Token, scene: Scene) -> Party | None:
    """The person whom the phrase names, by name or in apposition to an office."""
    own, own_mention = scene.member_at(head), scene.mention_at(head)
    if own is not None and own in scene.persons and own_mention is not None and own_mention.kind == "name":
        return party_of_member(own, own_mention.span, scene)
    following = _name_behind(head, scene)
    if following is not None:
        return following
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
    beside |= {
        scene.member_at(first) for name in children(head, "appos") for first in children(name, "compound")
    }
    is_somebody = lemma_of(head) in OFFICES | GROUPS or head.tag_.startswith("NNP")
    named = [index for index in fitting if index in beside] or (list(fitting) if is_somebody else [])
    first = next(iter(named), None)
    return None if first is None else party_of_member(first, fitting[first], scene)


def _name_behind(head: Token, scene: Scene) -> Party | None:
    """As in "the exile Claude Nkemba", "by the coroner, Edwin Marsh," where the parser hangs the name elsewhere."""
    step = 2 if head.i + 1 < len(scene.doc) and scene.doc[head.i + 1].text == "," else 1
    if head.tag_ != "NN" or head.i + step + 1 >= len(scene.doc) or scene.doc[head.i + step].tag_ != "NNP":
        return None
    name = scene.doc[head.i + step]
    index, mention = scene.member_at(name), scene.mention_at(name)
    if step == 2 and mention is not None and not _is_enclosed(mention, scene):
        return None
    if index is None or index not in scene.persons or mention is None or mention.kind != "name":
        return None
    is_whole = mention.span.start == name.idx and mention.span.end > name.idx + len(name)
    return party_of_member(index, mention.span, scene) if is_whole else None


def _is_enclosed(mention: Mention, scene: Scene) -> bool:
    """Does a comma close the name, which is no subject and no part of a list?"""
    last = scene.doc[scene.positions(mention.span)[-1]]
    after = scene.doc[last.i + 1] if last.i + 1 < len(scene.doc) else last
    return after.text == "," and last.dep_ in ("npadvmod", "dep", "advcl", "oprd", "attr", "parataxis")


def region(head: Token) -> list[Token]:
    """The tokens of a noun phrase without what is coordinated with it and without its clauses."""
    kept = [head]
    for child in head.children:
        if child.dep_ == "prep":
            kept.extend(child.subtree)
        elif child.dep_ not in _LEFT_OUT:
            kept.extend(region(child))
    return sorted(kept, key=lambda token: token.i)


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
    is_pronoun = scene.body[slice(*span)].lower() in _PRONOUNS
    kinds: dict[str, PartyKind] = {"group": "group", "place": "country"}
    kind = "person" if index in scene.persons else kinds.get(member.type, "organisation")
    return Party(span, member.name, kind, index, country, office.title if office else None, is_pronoun)


def named_member(head: Token, scene: Scene) -> Party | None:
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


def _country(index: int, span: Span, scene: Scene) -> Party | None:
    """Ankara as a party is the Turkish government; a town that governs nothing is no party."""
    member = scene.cast.members[index]
    entry = scene.gazetteer.lookup(member.name)
    if entry is not None and not entry.governs:
        return None
    code = entry.country if entry else member.country
    if code is None:
        return None
    state = scene.index_of_country(code)
    name = scene.gazetteer.country_name(code)
    return Party(span, name, "country", index if state is None else state, code)


def country_party(token: Token, scene: Scene) -> Party | None:
    """The country that a name or an adjective tells as a party: "US-Iranian talks"."""
    code = country_of(token, scene)
    if code is None:
        return None
    span = Span(token.idx, token.idx + len(token))
    return Party(span, scene.gazetteer.country_name(code), "country", scene.index_of_country(code), code)


def is_bare_country(head: Token, scene: Scene) -> bool:
    """Is the phrase the name of a country or capital and no more?"""
    mention = scene.mention_at(head)
    name = scene.body[slice(*mention.span)] if mention and mention.kind == "name" else head.text
    entry = scene.gazetteer.lookup(name)
    return entry is not None and entry.kind in ("country", "capital")


def is_of_the_press(head: Token, scene: Scene) -> bool:
    """As in "told Fox News's Greta Van Susteren", "told the radio host Howard Stern": journalists are no party."""
    member = scene.member(head)
    titles = [office.title.casefold().split() for office in member.offices] if member else []
    if any(title and (title[-1] in PRESS | _EDITORS or _AIRED & {*title[:-1]}) for title in titles):
        return True
    owners = [scene.member(child) for child in children(head, "poss")]
    return any(owner is not None and _is_press(owner.name, scene) for owner in owners)


def _is_press(name: str, scene: Scene) -> bool:
    entry = scene.gazetteer.lookup(name)
    return entry is not None and entry.kind in ("agency", "outlet")


def unknown_name(head: Token, scene: Scene) -> Party | None:
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
    name = scene.body[slice(*span)]
    if _is_press(name, scene):
        return None
    if is_person:
        return Party(span, name, "person")
    return Party(span, name, kinds[head.ent_type_], None, scene.gazetteer.country_of(name))


def _seems_a_person(head: Token, first: Token, scene: Scene) -> bool:
    """As in "Theresa May", whose surname is a month, and "Staffan de Mistura, the UN special envoy"."""
    is_beside_office = any(lemma_of(child) in OFFICES for child in children(head, "appos"))
    return first.text in scene.gazetteer.genders or is_beside_office
