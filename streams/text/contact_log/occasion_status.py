"""Did it take place? The outlook of a verb or noun that tells of a contact.

Reads:  the trigger and the words that govern it
Writes: held, planned, refused, denied; absent ("did not meet") and possible ("must talk"), which are no contact
"""

from readout.streams.text.contact_log.clauses import is_negated, is_verb
from readout.streams.text.contact_log.occasions import Outlook
from readout.streams.text.contact_log.scene import lemma_of
from readout.streams.text.contact_log.tokens import Token
from readout.streams.text.contact_log.triggers import DENIALS, REFUSALS

PLANS = frozenset(
    """plan intend expect schedule due set slate agree prepare promise vow arrange announce about book
    pencil decide plans decision agreement promise intention pledge expected scheduled invite invitation
    ready_for""".split()
)
_WISHES = frozenset(
    """want hope wish like seek try attempt need ready willing urge ask propose offer demand call require
    prefer consider request desire keen open eager able possible readiness willingness desire proposal
    offer call demand need chance opportunity likely unlikely prepared available free love aim effort
    bid push encourage allow enable""".split()
)
_FAILURES = frozenset("fail forget omit avoid unable failure".split())
_FUTURE = frozenset("will shall 'll \u2019ll wo".split())
_MAYBE = frozenset("could may might can should must ought".split())
_CONDITIONS = frozenset("if unless whether once".split())
_WHEN = frozenset("when before after until as".split())
# "is flying to Rome to meet them"
_MOTION = frozenset("fly travel go head journey come".split())
_SAYING = frozenset(
    "say announce add confirm report tell state declare reveal note indicate agree tweet promise write".split()
)
_RANK: dict[Outlook, int] = {"held": 0, "planned": 1, "possible": 2, "absent": 3, "refused": 4, "denied": 5}
_DEEPEST = 10


def outlook_of(verb: Token) -> Outlook:
    """Does the verb tell of something done, announced, refused, denied, undone or only wished for?"""
    found: Outlook = "held"
    token, negated = verb, False
    for _ in range(_DEEPEST):
        if is_verb(token) or token == verb or token.dep_ in ("acomp", "attr", "dobj", "pobj"):
            found = _stronger(found, _outlook_here(token, verb))
            negated = negated or is_negated(token)
        above = _governor(token)
        if above is None:
            break
        if token.dep_ == "conj" and negated is False and is_negated(above):
            break  # "were not consulted and found out": what is denied of one verb is not denied of the next
        token = above
    found = _stronger(found, _reported(token))
    return _negative(found) if negated else found


def _stronger(one: Outlook, other: Outlook) -> Outlook:
    return one if _RANK[one] >= _RANK[other] else other


def _negative(outlook: Outlook) -> Outlook:
    """As in "will not meet" refuses, "did not meet" tells of nothing, "does not deny" denies nothing."""
    negatives: dict[Outlook, Outlook] = {
        "held": "absent",
        "planned": "refused",
        "denied": "held",
        "refused": "held",
    }
    return negatives.get(outlook, "absent")


def _governor(token: Token) -> Token | None:
    """The word above that belongs to the same predicate, None where another clause begins."""
    above = token.head
    if above == token:
        return None
    if token.dep_ in ("xcomp", "acomp", "attr", "auxpass", "aux", "oprd", "pcomp"):
        return above
    if token.dep_ == "acl":
        return above if _has_to(token) else None
    if token.dep_ in ("advcl", "ccomp") and (_has_to(token) or lemma_of(above) == "let"):
        return above
    if token.dep_ == "conj" and is_verb(token) and not _has_own_clause(token):
        return above
    return above if token.dep_ in ("dobj", "pobj", "prep") and is_noun_of_plan(token) else None


def is_noun_of_plan(token: Token) -> bool:
    """Is it a noun such as plan or refusal, or a preposition on the way up from one?"""
    return token.dep_ == "prep" or lemma_of(token) in PLANS | _WISHES


def _has_to(verb: Token) -> bool:
    return any(child.tag_ == "TO" for child in verb.lefts)


def _has_own_clause(verb: Token) -> bool:
    return any(child.dep_ in ("nsubj", "nsubjpass", "aux", "mark") for child in verb.lefts)


def _outlook_here(token: Token, verb: Token) -> Outlook:
    helpers = {child.lower_ for child in token.lefts if child.dep_ in ("aux", "mark", "advmod", "neg")}
    if helpers & _CONDITIONS or _is_conditional(token):
        return "possible"
    governing = _outlook_of_governor(token) if token != verb else "held"
    return (
        governing
        if governing in ("refused", "denied", "absent")
        else _stronger(_tense(token, helpers), governing)
    )


def _outlook_of_governor(token: Token) -> Outlook:
    """As in "refused to meet", "denied meeting", "failed to meet", "plans to meet", "wants to meet"."""
    word = lemma_of(token)
    if word in ("opportunity", "chance") and _is_had(token):
        return "held"
    if word == "be" and any(lemma_of(child) in PLANS for child in token.rights if child.dep_ == "acomp"):
        return "planned"  # "is due in Damascus to see the president"
    outlooks: tuple[tuple[Outlook, bool], ...] = (
        ("refused", word in REFUSALS or particle_verb(token) in REFUSALS or word == "refusal"),
        ("denied", word in DENIALS or word == "denial"),
        ("absent", word in _FAILURES),
        ("planned", word in PLANS),
        ("possible", word in _WISHES or _is_hope(token)),
    )
    return next((outlook for outlook, is_so in outlooks if is_so), "held")


def _is_hope(token: Token) -> bool:
    """As in "had looked forward to welcoming the king"."""
    return lemma_of(token) == "look" and any(child.lower_ == "forward" for child in token.rights)


def _is_had(noun: Token) -> bool:
    """As in "had the opportunity to exchange views with"; not "had no opportunity"."""
    is_past = lemma_of(noun.head) == "have" and noun.head.tag_ == "VBD"
    return is_past and all(child.lower_ != "no" for child in noun.lefts)


def _tense(token: Token, helpers: set[str]) -> Outlook:
    """As in "will meet", "are to meet", "when he visits Poland in September", "would meet"."""
    is_when = token.tag_ in ("VBZ", "VBP") and bool(helpers & _WHEN)
    is_decided = token.dep_ == "ccomp" and lemma_of(token.head) in ("agree", "decide") and "should" in helpers
    is_leaving = (
        token.tag_ == "VBG" and lemma_of(token) in _MOTION and bool(helpers & {"is", "are", "'s", "am"})
    )
    if helpers & _FUTURE or _is_to(token) or is_when or is_decided or is_leaving:
        return "planned"
    if helpers & _MAYBE:
        return "possible"
    return _would(token) if "would" in helpers else "held"


def _is_conditional(verb: Token) -> bool:
    """As in "will visit Jerusalem once the occupation has ended"."""
    clauses = (child for child in verb.rights if child.dep_ == "advcl")
    return any(
        mark.dep_ in ("mark", "advmod") and mark.lower_ in _CONDITIONS
        for clause in clauses
        for mark in clause.lefts
    )


def particle_verb(token: Token) -> str:
    """The verb with its particle: "called off" -> "call_off"."""
    particle = next((child.lower_ for child in token.rights if child.dep_ == "prt"), "")
    return f"{lemma_of(token)}_{particle}"


def _is_to(token: Token) -> bool:
    """As in "The two are to meet", "Rome was going to host": be or going with an infinitive."""
    infinitives = [child for child in token.rights if child.dep_ in ("xcomp", "advcl") and _has_to(child)]
    if not infinitives:
        return False
    is_going = token.lower_ == "going" and any(child.dep_ == "aux" for child in token.lefts)
    is_being = lemma_of(token) == "be" and not any(
        child.dep_ in ("acomp", "attr", "prep") for child in token.children
    )
    return is_going or is_being


def _would(token: Token) -> Outlook:
    """As in "Gromov said they would meet" is a plan; "they would meet if" and "would have met" are none."""
    has_perfect = any(child.lower_ == "have" for child in token.lefts)
    above = token.head
    told = token.dep_ == "ccomp" and lemma_of(above) in _SAYING
    return "planned" if told and not has_perfect else "possible"


def _reported(token: Token) -> Outlook:
    """As in "denies that he met them", "agreed that they should meet": what the reporting verb says of it."""
    above = token.head
    if above == token or token.dep_ not in ("ccomp", "pcomp"):
        return "held"
    if lemma_of(above) in DENIALS and not is_negated(above):
        return "denied"
    return "planned" if lemma_of(above) in ("expect", "plan") else "held"
