"""Whom a phrase denotes: the member of the cast behind a noun phrase.

Reads:  an annotated document, its cast, a token or span of it
Writes: indices of members
"""

from collections.abc import Iterator

from spacy.tokens import Doc, Token
from spacy.tokens import Span as DocSpan

from readout.streams.text.cast import Cast
from readout.streams.text.entities.title_words import PERSON_NOUNS
from readout.streams.text.spans import Span

_LONGEST_NAME = 40
_RELATIVE = frozenset(("WDT", "WP", "WP$"))


def head_of(target: Token | DocSpan) -> Token:
    """The token that a phrase hangs on."""
    return target if isinstance(target, Token) else target.root


def member_of_phrase(doc: Doc, cast: Cast, target: Token | DocSpan) -> int | None:
    """The member that a noun phrase or pronoun denotes, by its head; None if it denotes nobody of the cast.

    "the chairman of the US Joint Chiefs of Staff Mark Milley" is Milley, "an ally of Sergei Shoigu" nobody.
    """
    head = _antecedent(head_of(target))
    found = _mention_around(cast, head)
    return found if found is not None else _named_by_title(doc, cast, head)


def members_of_phrase(doc: Doc, cast: Cast, target: Token | DocSpan) -> tuple[int, ...]:
    """The members that a coordination denotes, in reading order, each once: "Gerasimov and Milley"."""
    found = (member_of_phrase(doc, cast, token) for token in coordinated(_antecedent(head_of(target))))
    return tuple(dict.fromkeys(index for index in found if index is not None))


def coordinated(head: Token) -> Iterator[Token]:
    """A head and the heads that are coordinated with it, in reading order."""
    yield head
    for child in head.rights:
        if child.dep_ == "conj":
            yield from coordinated(child)


def _antecedent(head: Token) -> Token:
    """“Shoigu, who spoke”: the relative pronoun denotes what its clause hangs on."""
    if head.tag_ in _RELATIVE or (head.lower_ == "that" and head.dep_ in ("nsubj", "nsubjpass", "dobj")):
        for above in head.ancestors:
            if above.dep_ == "relcl":
                return above.head
    return head


def _mention_around(cast: Cast, head: Token) -> int | None:
    """The member of the shortest mention that the head lies in, and is no mere modifier of."""
    end = head.idx + len(head)
    sentence = head.sent
    around = Span(sentence.start_char, sentence.end_char)
    found = [
        (place.end - place.start, index)
        for place, index in cast.inside(around)
        if place.start <= head.idx and end <= place.end
    ]
    return min(found)[1] if found else None


def _named_by_title(doc: Doc, cast: Cast, head: Token) -> int | None:
    """The person whose title the head is: right in front of the name, or beside it as an apposition."""
    if head.lower_ not in PERSON_NOUNS:
        return None
    for child in head.children:
        if child.dep_ == "appos" and (found := _mention_around(cast, child)) is not None:
            return found if cast.members[found].type == "person" else None
    end = doc[head.right_edge.i].idx + len(head.right_edge)
    for place, index in cast.inside(Span(head.idx, end + _LONGEST_NAME)):
        adjacent = place.start == head.idx + len(head) + 1
        if cast.members[index].type == "person" and (
            adjacent or (place.end == end and _is_office(cast, index, head))
        ):
            return index
    return None


def _is_office(cast: Cast, index: int, head: Token) -> bool:
    offices = cast.members[index].offices
    return any(head.lower_ in office.title.lower().split() for office in offices)
