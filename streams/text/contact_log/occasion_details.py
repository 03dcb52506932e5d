"""Where, about what, and who says so: the details of one mention of a contact (when is told by `mention_dating`).

Reads:  the trigger and the words that belong to it (its core), in a scene
Writes: place, subjects and attribution; None or empty where the sentence tells nothing
"""

from collections.abc import Iterable

from readout.streams.text.contact_log.clauses import children, direct_objects, objects_of, subjects_of
from readout.streams.text.contact_log.mention_dating import is_date
from readout.streams.text.contact_log.occasions import Attribution, Place
from readout.streams.text.contact_log.party_named import region
from readout.streams.text.contact_log.scene import Scene, lemma_of, trimmed
from readout.streams.text.contact_log.tokens import Token
from readout.streams.text.contact_log.triggers import JOURNEYS
from readout.streams.text.spans import Span

_ABOUT = frozenset("about on over regarding concerning".split())
_DISCUSSING = frozenset(
    "discuss negotiate address review debate tackle resolve finalise finalize reassure find".split()
)
_SAYING = frozenset(
    """say announce add confirm report tell state declare reveal note indicate claim write tweet according
    deny insist explain show suggest""".split()
)
_SITES = frozenset(
    """capital city town resort port village palace complex residence ministry headquarters embassy
    consulate base airbase airport hotel university office compound castle estate parliament island
    suburb province""".split()
)
_DEEPEST = 14


def place_of(core: Iterable[Token], scene: Scene) -> Place | None:
    """As in "in Vienna", "at the ministry": the first place that hangs on the core, or on whom it was held with."""
    partners = [noun for token in core for noun in (*direct_objects(token), *objects_of(token, "with"))]
    for token in (*core, *partners):
        ends = ("in", "at", "to") if lemma_of(token) in JOURNEYS else ("in", "at")
        for preposition in children(token, "prep"):
            if preposition.lower_ in ends:
                for noun in children(preposition, "pobj"):
                    place = _place(noun, scene)
                    if place is not None:
                        return place
    return None


def _place(noun: Token, scene: Scene) -> Place | None:
    """The name of a place, or a noun for one that a name tells apart: "Ankara's presidency complex"."""
    if _is_place(noun, scene):
        index, mention = scene.member_at(noun), scene.mention_at(noun)
        if index is None or mention is None:
            return Place(Span(noun.idx, noun.idx + len(noun)), noun.text, None, None)
        member = scene.cast.members[index]
        return Place(mention.span, member.name, index, member.country)
    tokens = region(noun)
    named = next((token for token in tokens if _is_place(token, scene)), None)
    if named is None or lemma_of(noun) not in _SITES:
        return None
    span = trimmed(scene.doc, tokens[0].i, tokens[-1].i + 1)
    member_there = scene.member(named)
    return Place(span, scene.body[slice(*span)], None, member_there.country if member_there else None)


def _is_place(token: Token, scene: Scene) -> bool:
    member = scene.member(token)
    if member is not None:
        return member.type in ("place", "facility")
    return token.ent_type_ in ("GPE", "FAC", "LOC")


def subjects_about(core: Iterable[Token], scene: Scene) -> tuple[Span, ...]:
    """As in "talks about X", "met to discuss X": what the contact was about."""
    found: list[Span] = []
    for token in core:
        for child in token.children:
            if child.dep_ == "prep" and child.lower_ in _ABOUT:
                found.extend(
                    _span_of(noun, scene)
                    for noun in children(child, "pobj")
                    if _can_be_subject(noun) and not is_date(noun, scene)
                )
            elif child.dep_ in ("advcl", "xcomp", "acl", "relcl") and lemma_of(child) in _DISCUSSING:
                found.extend(_span_of(noun, scene) for noun in children(child, "dobj"))
    return tuple(dict.fromkeys(found))


def _can_be_subject(noun: Token) -> bool:
    if noun.ent_type_ in ("DATE", "TIME") or lemma_of(noun) in (
        "phone",
        "telephone",
        "sideline",
        "condition",
        "visit",
    ):
        return False
    return noun.tag_.startswith(("NN", "VBG", "PRP"))


def _span_of(noun: Token, scene: Scene) -> Span:
    tokens = [token.i for token in noun.subtree]
    return trimmed(scene.doc, tokens[0], tokens[-1] + 1)


def attribution_of(trigger: Token, scene: Scene) -> Attribution | None:
    """As in "…, diplomats said", "according to the ministry": whom the article credits."""
    token = trigger
    for _ in range(_DEEPEST):
        above = token.head
        if above == token:
            break
        if token.dep_ == "ccomp" and lemma_of(above) in _SAYING:
            sources = subjects_of(above)
            return _attribution(sources[0], scene) if sources else None
        token = above
    return _according_to(trigger, scene)


def _according_to(trigger: Token, scene: Scene) -> Attribution | None:
    for token in trigger.sent:
        if token.lower_ == "according":
            for preposition in children(token, "prep"):
                for noun in children(preposition, "pobj"):
                    return _attribution(noun, scene)
    return None


def _attribution(noun: Token, scene: Scene) -> Attribution:
    for token in region(noun):
        member, mention = scene.member(token), scene.mention_at(token)
        if member is not None and mention is not None and member.type == "person":
            return Attribution(mention.span, member.name, scene.member_at(token))
    index, mention = scene.member_at(noun), scene.mention_at(noun)
    if index is not None and mention is not None:
        return Attribution(mention.span, scene.cast.members[index].name, index)
    tokens = region(noun)
    span = trimmed(scene.doc, tokens[0].i, tokens[-1].i + 1)
    return Attribution(span, scene.body[slice(*span)], None)
