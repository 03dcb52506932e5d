"""When a contact took place, as one mention of it tells.

Reads:  the trigger and the words that belong to it (its core), in a scene
Writes: the date expression of the mention, and what it means; None where the sentence tells nothing

A date belongs to the contact if it hangs on the core and no other clause lies between: "the accord, which Oslo
signed on Sunday" dates no meeting, and neither does "ahead of Sunday's vote".
"""

from collections.abc import Sequence
from datetime import date, timedelta

from readout.streams.text.contact_log.clauses import is_verb
from readout.streams.text.contact_log.occasions import Outlook
from readout.streams.text.contact_log.scene import Scene, lemma_of
from readout.streams.text.contact_log.tokens import Token
from readout.streams.text.contact_log.triggers import NOUNS
from readout.streams.text.dates import DateWords, ResolvedDate, Viewpoint, resolve_words

_OTHER_CLAUSES = frozenset("relcl ccomp advcl acl parataxis csubj pcomp".split())
# "agreed on Wednesday to hold a summit" dates the agreement, not the summit.
_DECISIONS = frozenset("agree decide promise vow pledge announce invite".split())
_ATTRIBUTES = frozenset("poss compound nmod amod nummod".split())
_MEANS = frozenset("in by via over during at on".split())
_FUTURE = frozenset("will shall 'll \u2019ll wo".split())
_DEEPEST = 14


def date_of(core: Sequence[Token], scene: Scene) -> DateWords | None:
    """The date expression that hangs nearest on the core."""
    decided = {token.head.i for token in core if token.dep_ in ("xcomp", "ccomp", "advcl")}
    inside = {token.i for token in core if not (token.i in decided and lemma_of(token) in _DECISIONS)}
    sentence = core[0].sent
    shared = _shared_with_others(core)
    found: list[tuple[bool, bool, int, int, DateWords]] = []
    for words in scene.dates_in(sentence[0].i, sentence[-1].i + 1):
        head = head_of(words, scene)
        steps = None if words.is_bound else _steps(head, inside)
        if steps is not None:
            is_shared = steps == _steps(head, shared)
            distance = abs(words.span.start - core[0].idx)
            found.append((words.kind == "event", is_shared, steps, distance, words))
    return min(found, key=lambda one: one[:4])[4] if found else None


def _shared_with_others(core: Sequence[Token]) -> set[int]:
    """As in "called her on Monday and met him on Friday": a first date is the second verb's if it has no other."""
    joint = next((place for place, token in enumerate(core[:-1]) if token.dep_ == "conj"), None)
    return set() if joint is None else {token.i for token in core[joint + 1 :]}


def head_of(words: DateWords, scene: Scene) -> Token:
    """The token of an expression that hangs on a word outside of it.

    In "On Saturday Consul Oyelaran called" it is "on": the parser makes the consul one of Saturday, and leaves "on"
    without an object.
    """
    places = scene.positions(words.span)
    tokens = [scene.doc[place] for place in places]
    head = next((token for token in tokens if token.head.i not in places), tokens[0])
    before = scene.doc[max(tokens[0].i - 1, 0)]
    is_misread = head.dep_ in ("compound", "nmod") and before.dep_ == "prep" and not before.rights
    return before if is_misread else head


def _steps(token: Token, core: set[int]) -> int | None:
    """How far the head of an expression hangs below the core; "this coming Friday" may be parsed as a clause."""
    for steps in range(_DEEPEST):
        if token.i in core:
            return steps
        if token.head == token or (steps and token.dep_ in _OTHER_CLAUSES):
            return None
        if token.dep_ in _ATTRIBUTES and not _is_its_own(token.head, core):
            return None
        token = token.head
    return None


def _is_its_own(noun: Token, core: set[int]) -> bool:
    """Is what a date describes the contact, or its means: "wrote in a May 3 letter"? Not "Sunday's vote"."""
    if noun.i in core or is_verb(noun):
        return True
    return lemma_of(noun) in NOUNS and noun.dep_ == "pobj" and noun.head.lower_ in _MEANS


def is_date(noun: Token, scene: Scene) -> bool:
    """Is the noun a word of a date expression: "met on Ash Wednesday"?"""
    return any(words.span.start <= noun.idx < words.span.end for words in scene.dates_of(noun))


def resolve_date(
    words: DateWords, scene: Scene, published_on: date | None, *, ahead: bool | None
) -> ResolvedDate:
    """What the expression means; "five days earlier" counts from the last day that the text before it tells."""
    written_on = scene.anchors.at(words.span.start) or published_on
    if written_on and _is_looked_back_upon(words, scene):
        written_on -= timedelta(1)
    return resolve_words(words, Viewpoint(written_on, ahead, scene.day_before(words)))


def _is_looked_back_upon(words: DateWords, scene: Scene) -> bool:
    """As in "Accounts of the Friday call", told on a Friday: today's call would not be named after the day."""
    return words.kind == "weekday" and head_of(words, scene).dep_ in ("compound", "nmod", "amod")


def is_ahead(core: Sequence[Token], outlook: Outlook) -> bool:
    """Does the clause look ahead: "will meet", "meets on Friday", "will not meet"?"""
    if outlook in ("planned", "held"):
        return outlook == "planned" or any(_is_present(token) for token in core if is_verb(token))
    return any(child.lower_ in _FUTURE for token in core for child in token.lefts)


def _is_present(verb: Token) -> bool:
    """As in "Modi meets Merkel on Friday", "is meeting her on Friday"."""
    helpers = [child for child in verb.lefts if child.dep_ in ("aux", "auxpass")]
    if verb.tag_ in ("VBZ", "VBP"):
        return verb.dep_ not in ("aux", "auxpass") and lemma_of(verb) != "have"
    return verb.tag_ == "VBG" and any(child.lower_ in ("is", "are", "am", "'s", "'re") for child in helpers)
