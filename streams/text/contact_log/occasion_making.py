"""Make an occasion from a trigger and the parties on its two sides, with mode, date, place and subjects.

Reads:  a `Sketch` that verbal_occasions or nominal_occasions has drawn, in a scene
Writes: an `Occasion`, or None where fewer than two parties are left or nothing took place
"""

from dataclasses import dataclass, replace
from datetime import date

from readout.schemas.contact_log import ContactMode, ContactStatus
from readout.streams.text.contact_log.clauses import children
from readout.streams.text.contact_log.mention_dating import date_of, is_ahead, resolve_date
from readout.streams.text.contact_log.occasion_details import (
    attribution_of,
    place_of,
    subjects_about,
)
from readout.streams.text.contact_log.occasions import Occasion, Outlook, Place, Strength
from readout.streams.text.contact_log.party import Party
from readout.streams.text.contact_log.party_offices import named_office, plain_role
from readout.streams.text.contact_log.scene import Scene, lemma_of
from readout.streams.text.contact_log.tokens import Token
from readout.streams.text.dates import ResolvedDate

_PHONES = frozenset("phone telephone call teleconference hotline".split())
# Kinds of dates that tell two contacts apart even where no day of publication resolves them.
_SPECIFIC = frozenset(
    ("weekday", "near_day", "month_day", "month", "ordinal", "holiday", "in_week", "range", "days")
)
_WRITINGS = frozenset("letter message telegram email note".split())
_VIDEOS = frozenset("video videoconference zoom virtual virtually online videolink".split())


@dataclass(frozen=True)
class Sketch:
    """A trigger with the parties on its two sides.

    Attributes:
        core: the tokens whose dates, places and subjects are the contact's; the trigger is the first.
        doers: who calls, visits, hosts; for "between A and B" all of them, and no others.
    """

    core: tuple[Token, ...]
    doers: tuple[Party, ...]
    others: tuple[Party, ...]
    mode: ContactMode
    outlook: Outlook
    strength: Strength = "explicit"
    hosts: tuple[Party, ...] = ()
    is_another: bool = False
    adds_parties: bool = False


def make_occasion(sketch: Sketch, scene: Scene, published_on: date | None) -> Occasion | None:
    """The occasion of a sketch; an anaphor may have fewer than two parties."""
    sketch = _with_counterparts(sketch, scene)
    parties = _together(sketch)
    if sketch.outlook in ("absent", "possible") or (sketch.strength != "anaphor" and not _is_known(parties)):
        return None
    trigger = sketch.core[0]
    words = date_of(sketch.core, scene)
    ahead = is_ahead(sketch.core, sketch.outlook)
    when = resolve_date(words, scene, published_on, ahead=ahead) if words else None
    place = place_of(sketch.core, scene)
    status = _status(sketch.outlook, when, scene.anchors.at(trigger.idx) or published_on)
    return Occasion(
        trigger=trigger.i,
        parties=parties,
        mode=mode_of(sketch, place),
        status=status,
        strength=sketch.strength,
        evidence=scene.sentence(trigger),
        hub=sketch.doers[0] if len(sketch.doers) == 1 and len(parties) > 2 else None,
        hosts=sketch.hosts,
        when=when,
        date_words=scene.body[slice(*words.span)].casefold() if words else "",
        is_dated_exactly=words is not None and words.kind in _SPECIFIC,
        place=place,
        subjects=subjects_about(sketch.core, scene),
        reported_by=attribution_of(trigger, scene),
        is_another=sketch.is_another,
        adds_parties=sketch.adds_parties,
        is_sequel=_is_sequel(sketch.core),
        is_past_plan=status == "planned" and any(_is_past(token) for token in sketch.core),
    )


def _status(outlook: Outlook, when: ResolvedDate | None, published_on: date | None) -> ContactStatus:
    """What lies ahead of the day of publication is planned: "Trump meets Xi on Friday"."""
    if outlook == "held" and when and when.day and published_on and when.day > published_on:
        return "planned"
    return outlook if outlook in ("planned", "refused", "denied") else "held"


def _with_counterparts(sketch: Sketch, scene: Scene) -> Sketch:
    """As in "After talks with his Greek counterpart, Foreign Minister Kaya said": a Greek foreign minister."""
    titles = [party.title for party in sketch.doers if party.title]
    if not titles or all(party.title != "counterpart" for party in sketch.others):
        return sketch
    role = plain_role(titles[0])
    others = tuple(
        replace(party, name=named_office(role, party.country, scene), title=role)
        if party.title == "counterpart" and party.member is None
        else party
        for party in sketch.others
    )
    return replace(sketch, others=others)


def _is_known(parties: tuple[Party, ...]) -> bool:
    """Two parties or more, one of them identified: not "negotiations between all parties and factions"."""
    return len(parties) > 1 and any(
        party.member is not None or party.country or party.kind == "office" for party in parties
    )


def _together(sketch: Sketch) -> tuple[Party, ...]:
    parties: dict[object, Party] = {}
    for party in (*sketch.doers, *sketch.others, *sketch.hosts):
        parties.setdefault(party.identity, party)
    return tuple(parties.values())


def _is_past(token: Token) -> bool:
    return token.tag_ == "VBD" or any(child.tag_ == "VBD" for child in children(token, "aux", "auxpass"))


def _is_sequel(core: tuple[Token, ...]) -> bool:
    """As in "Milley also held talks"; not "has also held talks", which may have been at any time."""
    return any(
        token.tag_ == "VBD" and any(child.lower_ in ("also", "then", "later") for child in token.lefts)
        for token in core
    )


def mode_of(sketch: Sketch, place: Place | None) -> ContactMode:
    """A call is talks "over the phone"; "a virtual meeting" is one by video; talks in a place are a meeting."""
    if sketch.mode in ("letter", "visit"):
        return sketch.mode
    # "agreed in a phone call to hold a summit": what lies above the trigger's own verb is another occasion's
    words = {lemma_of(word) for token in sketch.core[:2] for word in _means(token)}
    if words & _VIDEOS:
        return "video"
    if words & _PHONES:
        return "call"
    if words & _WRITINGS and sketch.mode == "talks":
        return "letter"
    return "meeting" if sketch.mode == "talks" and place is not None else sketch.mode


def _means(token: Token) -> list[Token]:
    """The words that may tell the medium: modifiers, and objects of by, over, on and via."""
    found = list(children(token, "compound", "amod", "nmod", "advmod"))
    for preposition in children(token, "prep", "agent"):
        if preposition.lower_ in ("by", "over", "on", "via", "through", "in"):
            for noun in children(preposition, "pobj"):
                found.extend((noun, *children(noun, "compound", "amod", "nmod")))
    return found
