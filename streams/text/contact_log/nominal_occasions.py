"""Occasions told by a noun: "a call between A and B", "A's visit to B", "after talks with B, A said".

Reads:  nouns of the trigger list, in a scene
Writes: one occasion a noun at most; "that call" and "the meeting" without parties of their own are anaphors

Deliberately absent, as no contact: calls for something, open letters, a body's own meeting, talks of which only one
party is told.
"""

from dataclasses import replace
from datetime import date

from readout.schemas.contact_log import ContactMode
from readout.streams.text.calling import is_line
from readout.streams.text.contact_log.clauses import chain_above, children, objects_of
from readout.streams.text.contact_log.mention_dating import is_date
from readout.streams.text.contact_log.nominal_clauses import addressed
from readout.streams.text.contact_log.nominal_frames import Frame, frame_of
from readout.streams.text.contact_log.nominal_parties import sides_of
from readout.streams.text.contact_log.nominal_sides import Sides
from readout.streams.text.contact_log.occasion_details import place_of
from readout.streams.text.contact_log.occasion_making import Sketch, make_occasion
from readout.streams.text.contact_log.occasion_status import outlook_of
from readout.streams.text.contact_log.occasions import Occasion
from readout.streams.text.contact_log.party import Party
from readout.streams.text.contact_log.scene import Scene, lemma_of
from readout.streams.text.contact_log.tokens import Token
from readout.streams.text.contact_log.triggers import MEDIA, NOUNS, VERBS

_SPECIAL: dict[str, dict[str, ContactMode]] = {
    "call": {"courtesy": "meeting", "farewell": "meeting", "protocol": "meeting"},
    "conference": {"video": "video"},
}
_DEFINITE = frozenset("the this that these those its their".split())
_ANOTHER = frozenset(
    "next another second third new further follow-up preliminary previous earlier separate".split()
)
_ABOUT = frozenset("about on over of regarding for".split())
_NONE = frozenset("no any".split())
_KEEPING_UP = frozenset("continue maintain keep establish cut sever restore break remain stay".split())


def nominal_occasion(noun: Token, scene: Scene, published_on: date | None) -> Occasion | None:
    """The contact that a noun tells of, if it is a trigger and its parties, or what it refers to, are told."""
    by_medium = _by_medium(noun, scene)
    if by_medium is not None:
        return make_occasion(by_medium, scene, published_on)
    mode = _mode(noun)
    if mode is None:
        return None
    frame = frame_of(noun)
    is_none = any(child.lower_ in _NONE for child in noun.lefts)
    sides = _with_host_country(frame, sides_of(frame, mode, scene), scene)
    is_told = sides.is_complete(mode) and not sides.adds
    is_one_sided = sides.count > 1 and not is_told and not sides.adds
    if not is_told and lemma_of(noun) == "invitation":
        return None
    if _is_mere_line(frame) or is_one_sided or not (sides.count > 1 or _is_definite(noun, scene)):
        return None
    if is_none and not (is_told and _is_denied(frame)):
        return None
    sketch = Sketch(
        frame.core,
        sides.doers,
        sides.others,
        mode,
        "denied" if is_none else frame.outlook,
        "explicit" if is_told else "anaphor",
        sides.hosts,
        is_another=any(child.lower_ in _ANOTHER for child in noun.lefts),
        adds_parties=sides.adds or (not is_told and bool(sides.hosts)),
    )
    return make_occasion(sketch, scene, published_on)


def _is_denied(frame: Frame) -> bool:
    """As in "held no talks with", "there were no talks between"; not "no meeting is planned", "plans no visit"."""
    return (frame.is_lightly_held or frame.is_said_to_be) and frame.outlook == "held"


def _by_medium(noun: Token, scene: Scene) -> Sketch | None:
    """As in "congratulated the premier by telephone": what is urged or told through a medium is a contact."""
    mode = MEDIA.get(noun.lower_)
    if mode is None or noun.dep_ != "pobj" or noun.head.lower_ not in ("by", "over", "via", "on"):
        return None
    frame = frame_of(noun)
    sides = addressed(frame.verb, scene) if frame.verb is not None else None
    if sides is None or frame.verb is None or lemma_of(frame.verb) in VERBS:
        return None
    return Sketch((noun, *chain_above(frame.verb)), sides.doers, sides.others, mode, outlook_of(frame.verb))


def _mode(noun: Token) -> ContactMode | None:
    """The mode that the noun tells; None where it tells of no contact."""
    word = lemma_of(noun)
    if not noun.tag_.startswith("NN") or word not in NOUNS or noun.dep_ in ("compound", "nmod"):
        return None
    modifiers = {child.lower_ for child in noun.lefts}
    special = _SPECIAL.get(word, {}).keys() & modifiers
    if special:
        return _SPECIAL[word][min(special)]
    return NOUNS[word] if _tells_of_contact(word, noun, modifiers) else None


def _tells_of_contact(word: str, noun: Token, modifiers: set[str]) -> bool:
    """Not so for calls for peace, press conferences, open letters, the talk of the town and an audience of fans."""
    checks = {
        "call": lambda: _is_phone_call(noun, modifiers),
        "conference": lambda: _is_shared_conference(noun, modifiers),
        "letter": lambda: "open" not in modifiers,
        "line": lambda: is_line(noun),
        "phone": lambda: is_line(noun),
        "talk": lambda: noun.tag_ != "NN",
        "audience": lambda: bool(objects_of(noun, "with")),
    }
    return word not in checks or checks[word]()


def _is_phone_call(noun: Token, modifiers: set[str]) -> bool:
    """As in "the Friday call between", "that call"; not "calls for a ceasefire", "a call to arms"."""
    if modifiers & {"phone", "telephone", "video", "conference"} or objects_of(noun, "with", "between"):
        return True
    above = lemma_of(noun.head)
    if objects_of(noun, "from") and objects_of(noun, "to"):
        return True
    if noun.dep_ == "dobj" and above in ("place", "make", "put") and objects_of(noun, "to"):
        return True  # "placed a call to the trader"
    if noun.dep_ == "dobj" and above in ("get", "take", "receive", "field", "return"):
        return bool(objects_of(noun, "from") or objects_of(noun.head, "from")) or any(children(noun, "poss"))
    is_single = noun.tag_ == "NN" and bool(modifiers & _DEFINITE)
    return is_single and not any(children(noun, "prep", "acl", "relcl"))


def _is_shared_conference(noun: Token, modifiers: set[str]) -> bool:
    """As in "a joint press conference with"; not "told a press conference"."""
    if "joint" in modifiers and modifiers & {"press", "news"}:
        return True
    if not modifiers & {"press", "news"} and modifiers & {"the", "that"} and not any(children(noun, "prep")):
        return True  # "had been due to meet at a conference … The conference was cancelled"
    return not modifiers & {"press", "news"} and bool(objects_of(noun, "between"))


def _is_definite(noun: Token, scene: Scene) -> bool:
    """As in "the meeting", "that call", "Friday's talks"; not "the recent discussion about women", which is any."""
    is_any = any(preposition.lower_ in _ABOUT for preposition in children(noun, "prep"))
    is_dated = any(is_date(owner, scene) for owner in children(noun, "poss"))
    return not is_any and (is_dated or any(child.lower_ in _DEFINITE for child in noun.lefts))


def _is_mere_line(frame: Frame) -> bool:
    """As in "keep contacts with", "would continue diplomatic contacts", "deliver their talks": no occasion."""
    verb = lemma_of(frame.verb) if frame.verb is not None else ""
    if frame.is_object and verb in ("deliver", "hear") and lemma_of(frame.noun) == "talk":
        return True
    return lemma_of(frame.noun) in ("contact", "dialogue") and verb in _KEEPING_UP


def _with_host_country(frame: Frame, sides: Sides, scene: Scene) -> Sides:
    """As in "Tillerson will have a difficult conversation in Ankara": who talks abroad talks with his hosts."""
    if len(sides.doers) != 1 or sides.others or not frame.is_lightly_held or sides.adds:
        return sides
    place = place_of(frame.core, scene)
    guest = sides.doers[0]
    if (
        place is None
        or place.member is None
        or place.country in (None, guest.country)
        or guest.kind != "person"
    ):
        return sides
    entry = scene.gazetteer.lookup(place.name)
    if entry is None or entry.kind not in ("country", "capital") or place.country is None:
        return sides
    name = scene.gazetteer.country_name(place.country)
    index = scene.index_of_country(place.country)
    host = Party(place.span, name, "country", place.member if index is None else index, place.country)
    return replace(sides, others=(host,))
