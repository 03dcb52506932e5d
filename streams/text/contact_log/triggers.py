"""Triggers: the verbs and nouns that may tell of a contact, and what each one asks for.

Reads and writes nothing: word lists in lemmas. Whether an occurrence does tell of a contact is decided by
`verbal_occasions` and `nominal_occasions`.
"""

from dataclasses import dataclass

from readout.schemas.contact_log import ContactMode


@dataclass(frozen=True, slots=True)
class VerbFrame:
    """Where a verb has its parties.

    Attributes:
        has_object: is the direct object the other party ("met Modi")?
        prepositions: which ones bring in the other party ("spoke with, to").
        is_mutual: may a plural subject be all parties ("the two met")?
    """

    mode: ContactMode
    has_object: bool = False
    prepositions: tuple[str, ...] = ()
    is_mutual: bool = False


_WITH = ("with",)
VERBS: dict[str, VerbFrame] = {
    "meet": VerbFrame("meeting", has_object=True, prepositions=_WITH, is_mutual=True),
    "call": VerbFrame("call", has_object=True),
    "phone": VerbFrame("call", has_object=True),
    "telephone": VerbFrame("call", has_object=True),
    "ring": VerbFrame("call", has_object=True),
    "dial": VerbFrame("call", has_object=True),
    "diall": VerbFrame("call", has_object=True),  # what the lemmas make of "dialled"
    "get": VerbFrame("call", prepositions=("to",)),
    "speak": VerbFrame("talks", prepositions=("with", "to"), is_mutual=True),
    "talk": VerbFrame("talks", prepositions=("with", "to"), is_mutual=True),
    "chat": VerbFrame("talks", prepositions=("with", "to"), is_mutual=True),
    "converse": VerbFrame("talks", prepositions=_WITH, is_mutual=True),
    "confer": VerbFrame("talks", prepositions=_WITH, is_mutual=True),
    "consult": VerbFrame("talks", has_object=True, prepositions=_WITH),
    "negotiate": VerbFrame("talks", prepositions=("with", "between"), is_mutual=True),
    "huddle": VerbFrame("meeting", prepositions=_WITH, is_mutual=True),
    "dine": VerbFrame("meeting", prepositions=_WITH, is_mutual=True),
    "lunch": VerbFrame("meeting", prepositions=_WITH, is_mutual=True),
    "sit": VerbFrame("meeting", prepositions=_WITH),
    "discuss": VerbFrame("talks", prepositions=_WITH, is_mutual=True),
    "host": VerbFrame("meeting", has_object=True),
    "receive": VerbFrame("meeting", has_object=True),
    "welcome": VerbFrame("meeting", has_object=True),
    "greet": VerbFrame("meeting", has_object=True),
    "embrace": VerbFrame("meeting", has_object=True),
    "visit": VerbFrame("visit", has_object=True),
    "see": VerbFrame("meeting", has_object=True),
    "write": VerbFrame("letter", prepositions=("to",)),
    "tell": VerbFrame("talks", has_object=True),
    "inform": VerbFrame("talks", has_object=True),
    "summon": VerbFrame("meeting", has_object=True),
    "brief": VerbFrame("talks", has_object=True),
    "invite": VerbFrame("meeting", has_object=True),
    "sign": VerbFrame("meeting", prepositions=_WITH, is_mutual=True),
    "gather": VerbFrame("meeting", is_mutual=True),
    "play": VerbFrame("meeting", prepositions=("to",)),
    "dispatch": VerbFrame("visit", has_object=True),
    "send": VerbFrame("visit", has_object=True),
    "convene": VerbFrame("meeting", is_mutual=True),
    "contact": VerbFrame("talks", has_object=True),
    "email": VerbFrame("letter", has_object=True, prepositions=("to",)),
    "e-mail": VerbFrame("letter", has_object=True, prepositions=("to",)),
    "text": VerbFrame("letter", has_object=True, prepositions=("to",)),
    "forward": VerbFrame("letter", prepositions=("to",)),
    "fax": VerbFrame("letter", prepositions=("to",)),
    "raise": VerbFrame("talks", prepositions=_WITH),
    "exchange": VerbFrame("talks", prepositions=_WITH, is_mutual=True),
    "shake": VerbFrame("meeting", prepositions=_WITH, is_mutual=True),
    "reach": VerbFrame("talks", has_object=True, prepositions=("to",)),
    "relay": VerbFrame("talks", prepositions=("to",)),
    "convey": VerbFrame("talks", prepositions=("to",)),
    "liaise": VerbFrame("talks", prepositions=_WITH, is_mutual=True),
    "mediate": VerbFrame("talks", prepositions=("between",)),
    "shuttle": VerbFrame("talks", prepositions=("between",)),
    "entertain": VerbFrame("meeting", has_object=True),
    "present": VerbFrame("meeting", prepositions=("to",)),
    "seat": VerbFrame("meeting"),
    "stand": VerbFrame("meeting"),
    "appear": VerbFrame("meeting", is_mutual=True),
}
# Verbs of going somewhere; the country of the place is the other party if the purpose or the office says so.
JOURNEYS = frozenset(
    "travel fly go head arrive jet journey land tour come continue proceed depart leave".split()
)

NOUNS: dict[str, ContactMode] = {
    "meeting": "meeting",
    "summit": "meeting",
    "dinner": "meeting",
    "lunch": "meeting",
    "breakfast": "meeting",
    "supper": "meeting",
    "brunch": "meeting",
    "meal": "meeting",
    "coffee": "meeting",
    "tea": "meeting",
    "beer": "meeting",
    "drink": "meeting",
    "golf": "meeting",
    "audience": "meeting",
    "encounter": "meeting",
    "conference": "meeting",
    "call": "call",
    "phonecall": "call",
    "line": "call",
    "phone": "call",
    "conversation": "talks",
    "talk": "talks",
    "discussion": "talks",
    "negotiation": "talks",
    "consultation": "talks",
    "contact": "talks",
    "engagement": "talks",
    "dialogue": "talks",
    "videoconference": "video",
    "visit": "visit",
    "trip": "visit",
    "tour": "visit",
    "letter": "letter",
    "message": "letter",
    "telegram": "letter",
    "email": "letter",
    "e-mail": "letter",
    "petition": "letter",
    "note": "letter",
    "memo": "letter",
    "memorandum": "letter",
    "session": "meeting",
    "gathering": "meeting",
    "cable": "letter",
    "banquet": "meeting",
    "huddle": "meeting",
    "chat": "talks",
    "exchange": "talks",
    "correspondence": "letter",
    "communication": "talks",
    "teleconference": "call",
    "handshake": "meeting",
    "stopover": "visit",
    "invitation": "meeting",
}
# "congratulated him by telephone"
MEDIA: dict[str, ContactMode] = {
    "telephone": "call",
    "phone": "call",
    "telegram": "letter",
    "email": "letter",
}
# Verbs that say of their subject and of "with Y" that they took part in the meeting that is their object.
LIGHT_VERBS = frozenset(
    """hold have begin start open conduct continue resume finish end conclude stage schedule arrange attend
    enter lead share make pay send receive take place kick launch complete get do exchange host plan
    announce join convene wrap wind kick cut interrupt extend undertake round break
    hand deliver convey write submit pen dispatch field return accept grab eat drink play""".split()
)
# Whom these address in a call, a letter or a meeting took part in it.
ADDRESSING = frozenset(
    """tell urge ask warn inform assure press remind thank congratulate implore beg promise say explain
    offer complain suggest reassure brief threaten propose congratulate express convey""".split()
)
# Of whoever does this to a meeting, or has it done by them, it says that they were there.
ATTENDING = frozenset(
    "host chair attend mediate convene broker organise organize include involve join".split()
)
REFUSALS = frozenset(
    """refuse decline reject cancel boycott postpone scrap snub shelve abandon suspend delay skip rule_out
    turn_down call_off put_off pull_out""".split()
)
DENIALS = frozenset("deny".split())
# Verbs that may tell of a contact by themselves, or of a journey to one ("led a mission to").
TELLING_VERBS = VERBS.keys() | JOURNEYS | {"expect", "lead"}
