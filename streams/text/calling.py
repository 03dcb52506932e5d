"""Calls: does a form of call, ring, reach, get or place tell of a telephone call, or of something else?

Reads:  a verb of a parsed sentence
Writes: yes or no
Deliberately absent: who calls whom; contacts and statements know their own parties.

"called the premier on Sunday" is a call; "called the premier a liar", "called him naive", "called for talks",
"called on the king to go", "called a meeting", "called off", "a nurse called Rosa" are none. What the parser calls
the words behind the verb changes with every name, so they are read in their order: a noun phrase, a name beside it,
and what comes next.
"""

from typing import cast

from readout.streams.text.entities.title_words import PERSON_NOUNS
from readout.streams.text.modality.tree import Word, is_verb, lemma_of

_PHONING = frozenset(("phone", "telephone", "ring", "dial", "diall", "buzz"))
_TAGS = frozenset("DT PRP$ JJ JJR JJS NN NNS NNP NNPS POS CD HYPH VBG PRP IN".split())
_TITLES_CUT = frozenset(("a", "an"))
_TIMES = frozenset(
    """moment minute hour day week month year morning evening afternoon night while time little few bit instant
    monday tuesday wednesday thursday friday saturday sunday yesterday today tonight tomorrow fortnight weekend
    times twice once second seconds half couple number dozen hundred""".split()
)
_NAMING = frozenset("a an the his her their its my our one some such what”".split())
_PHONES = frozenset("telephone phone mobile cellphone videolink satellite landline cell radio".split())
_PEOPLE = PERSON_NOUNS | frozenset(
    "lady friend wife husband mother father son daughter boss neighbour neighbor".split()
)
_NO_PEOPLE = frozenset("DATE TIME EVENT LAW PRODUCT MONEY CARDINAL LANGUAGE".split())
_LONGEST = 24
_NO_PARTICLES = frozenset("off out for on over forth down upon into".split())


def is_phone_call(verb: Word) -> bool:
    """Does the verb tell that somebody was telephoned, as far as the words around it go?"""
    word = lemma_of(verb)
    if word == "call":
        return _is_passive_call(verb) if _is_passive(verb) else _calls(verb)
    if word in _PHONING:
        return not any(child.dep_ == "prt" and child.lower_ != "up" for child in verb.children)
    return reaches_by_phone(verb) or gets_through(verb)


def reaches_by_phone(verb: Word) -> bool:
    """As in "reached the warden by telephone", "could be reached on his mobile"."""
    return lemma_of(verb) in ("reach", "contact", "get", "raise") and any(
        noun.lower_ in _PHONES for noun in _objects(verb, ("by", "on", "over", "via"))
    )


def gets_through(verb: Word) -> bool:
    """As in "got through to the chief"; not "got through the memoir"."""
    links = list(verb.rights)
    through = any(link.lower_ == "through" and not list(link.rights) for link in links)
    return lemma_of(verb) in ("get", "put") and through and any(link.lower_ == "to" for link in links)


def is_line(noun: Word) -> bool:
    """As in "was on the line with the cyclist", "on the phone to"; not "jobs were on the line"."""
    is_on = noun.dep_ == "pobj" and noun.head.lower_ == "on" and noun.lower_ in ("line", "phone", "telephone")
    return is_on and any(
        link.lower_ in ("with", "to") for link in (*noun.rights, *noun.head.rights, *noun.head.head.rights)
    )


def is_main_after_all(verb: Word) -> bool:
    """As in "Dascalu, leader of the reformers, called Brother Keel": no nurse "called Rosa"."""
    is_apart = (
        verb.tag_ == "VBN" and verb.dep_ == "acl" and verb.head.dep_ == "ROOT" and _text(verb, -1) == ","
    )
    return is_apart and lemma_of(verb) == "call" and not is_verb(verb.head)


def object_of(verb: Word) -> range:
    """The places of the noun phrase behind the verb, a name beside it included; empty if there is none."""
    first = place = verb.i + 1
    if _text(verb, 1).lower() == "up":
        first = place = place + 1
    place = _phrase_end(verb, place)
    if place > first and _at(verb, place).text == "," and _at(verb, place + 1).tag_ in ("NNP", "DT", "PRP$"):
        beside = _phrase_end(verb, place + 1)
        if any(_at(verb, index).tag_ == "NNP" for index in range(place + 1, beside)):
            place = beside
    return range(first, place)


def _calls(verb: Word) -> bool:
    particles = [child.lower_ for child in verb.rights if child.dep_ == "prt"]
    phrase = object_of(verb)
    if _NO_PARTICLES.intersection((*particles, _text(verb, 1).lower())) or not phrase:
        return False
    head = _head_of(verb, phrase)
    if head.tag_ in ("NNS", "NNPS") or not _may_be_called(verb, phrase, head):
        return False
    return not _names(verb, phrase.stop)


def _head_of(verb: Word, phrase: range) -> Word:
    """The last noun or name before the first comma."""
    found = _at(verb, phrase[0])
    for place in phrase:
        token = _at(verb, place)
        if token.text == ",":
            break
        if _is_noun(token):
            found = token
    return found


def _may_be_called(verb: Word, phrase: range, head: Word) -> bool:
    """A name, a pronoun, or one person by office: "the premier", "her lawyer"; not "a meeting", "it"."""
    if head.tag_ == "PRP":
        return head.lower_ in ("him", "her", "me", "us", "them")
    kinds = {_at(verb, place).ent_type_ for place in phrase if _at(verb, place).tag_ == "NNP"}
    if kinds and not kinds & _NO_PEOPLE:
        return _at(verb, phrase[0]).lower_ not in _TITLES_CUT
    return not kinds and head.tag_ == "NN" and head.lower_ in _PEOPLE


def _names(verb: Word, place: int) -> bool:
    """Is what follows what somebody is called: "a liar", "naive", "“weak”", "his friend"; not "a day later"?"""
    token = _at(verb, place)
    if token.text == "," and _at(verb, place - 1).tag_ == "NNP" and _at(verb, place + 1).lower_ in _NAMING:
        place, token = place + 1, _at(verb, place + 1)  # "called the minister, Elsa Brandt, a coward"
    if token.tag_ in ("``", "''") or token.text in ("“", '"', "‘", "'"):
        return True
    if token.tag_ in ("JJ", "JJR", "JJS", "VBN", "VBG"):
        return token.lower_ not in ("next", "last", "late", "early")
    if token.lower_ not in _NAMING:
        return token.tag_ in ("NN", "NNS") and token.lower_ not in _TIMES
    following = [_at(verb, index).lower_ for index in range(place, place + 4)]
    return not _TIMES.intersection(following)


def _is_passive(verb: Word) -> bool:
    if any(child.dep_ in ("nsubjpass", "auxpass") for child in verb.children):
        return True
    return verb.tag_ == "VBN" and verb.dep_ in ("acl", "amod") and not is_main_after_all(verb)


def _is_passive_call(verb: Word) -> bool:
    """As in "was called at home by the coroner"; not "was called a liar by", "a nurse called Rosa"."""
    if any(child.dep_ in ("oprd", "attr", "acomp", "xcomp", "prt") for child in verb.children):
        return False
    caller = next((child for child in verb.rights if child.lower_ == "by"), None)
    return caller is not None and verb.dep_ not in ("acl", "amod")


def _objects(verb: Word, links: tuple[str, ...]) -> list[Word]:
    """The objects of prepositions on the verb, or on its object: the parser hangs "by telephone" on either."""
    heads = [verb, *(child for child in verb.rights if child.dep_ == "dobj")]
    found = [link for head in heads for link in head.rights if link.lower_ in links]
    return [noun for link in found for noun in link.rights]


def _phrase_end(verb: Word, place: int) -> int:
    """Where a noun phrase ends that begins at a place."""
    has_noun, limit = False, place + _LONGEST
    while place < limit:
        token = _at(verb, place)
        is_noun = _is_noun(token)
        is_opening = token.tag_ == "VBN" and not has_noun
        if (token.tag_ not in _TAGS and not is_opening) or (
            token.tag_ == "IN" and not (has_noun and token.lower_ == "of")
        ):
            break
        after_name = has_noun and token.tag_ in ("DT", "PRP$", "JJ", "CD", "PRP", "VBG")
        if after_name and _at(verb, place - 1).tag_ not in ("POS", "IN", "HYPH"):
            break
        has_noun = has_noun or is_noun
        place += 1
    return place


def _is_noun(token: Word) -> bool:
    return token.tag_.startswith("NN") or token.tag_ == "PRP"


def _text(verb: Word, step: int) -> str:
    return _at(verb, verb.i + step).text


class _End:
    """What stands behind the last token."""

    text = lower_ = tag_ = ent_type_ = ""


def _at(verb: Word, place: int) -> Word:
    doc = getattr(verb, "doc")  # noqa: B009 - both kinds of tokens have one, of different types
    return cast(Word, doc[place] if 0 <= place < len(doc) else _End())
