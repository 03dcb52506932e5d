"""Whom a phrase denotes: the member of the cast behind a noun phrase, or a canonical name for the unnamed.

Reads:  an annotated document, its cast, a token or span of it
Writes: indices of members, descriptions such as "French defence minister"

Used by statements (who is the source?) and contacts (who took part?).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from spacy.tokens import Doc, Token
from spacy.tokens import Span as DocSpan

from readout.streams.text.cast import Cast
from readout.streams.text.entities.title_words import MODIFIERS, PEOPLE_NOUNS, PERSON_NOUNS
from readout.streams.text.gazetteer import Gazetteer
from readout.streams.text.spans import Span

_LONGEST_NAME = 40
_GRADES = frozenset("senior top high former new current".split())
_LIST = frozenset((",", "and", "or", "&"))
_RELATIVE = frozenset(("WDT", "WP", "WP$"))


@dataclass(frozen=True, slots=True)
class Description:
    """Somebody whom the article does not name: "French defence minister" of "the defence minister of France"."""

    name: str
    title: str
    country: str | None
    span: Span
    is_plural: bool


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


def describe(target: Token | DocSpan, gazetteer: Gazetteer) -> Description | None:
    """The canonical name of an unnamed office-holder or group of officials; None for other phrases.

    "the French defence minister" and "France's defence minister" both give "French defence minister"; "Russian
    officials" stay plural. The country of "his Turkish counterpart" is Turkey.
    """
    head = head_of(target)
    plural = head.lower_ in PEOPLE_NOUNS or (
        head.tag_ == "NNS" and head.lower_.removesuffix("s") in PERSON_NOUNS
    )
    if not plural and head.lower_ not in PERSON_NOUNS:
        return None
    modifiers = [
        token for token in head.lefts if token.dep_ in ("amod", "compound", "nmod", "poss", "npadvmod")
    ]
    country, words = _country_and_title(modifiers, gazetteer, is_plural=plural)
    title = " ".join((*words, head.text))
    country = country or _country_after(head, gazetteer)
    span = Span(min(token.idx for token in (*modifiers, head)), head.idx + len(head))
    return Description(office_name(title, country, gazetteer), title, country, span, plural)


def describe_each(target: Token | DocSpan, gazetteer: Gazetteer) -> tuple[Description, ...]:
    """One description per country of a plural office: "the defence ministers of the US, France and Turkey".

    The span of the first covers the office as well ("defence ministers of the US"), the others only the country.
    """
    whole = describe(target, gazetteer)
    if whole is None or not whole.is_plural:
        return ()
    owners = [place for place in _places_after(head_of(target)) if gazetteer.country_of(place.text)]
    title = singular(whole.title)
    return tuple(
        Description(
            office_name(title, country, gazetteer),
            title,
            country,
            _place_span(place, whole, number),
            is_plural=False,
        )
        for number, place in enumerate(owners)
        if (country := gazetteer.country_of(place.text)) is not None
    )


def office_name(title: str, country: str | None, gazetteer: Gazetteer) -> str:
    """“French defence minister”: the adjective of the country, then the office in lower case."""
    words = " ".join(word if word.isupper() else word.lower() for word in title.split())
    return f"{gazetteer.adjective_of(country)} {words}" if country else words


def singular(title: str) -> str:
    """The office of one of several: "defence ministers" gives "defence minister"."""
    words = title.split()
    last = words[-1]
    irregular = {
        "spokesmen": "spokesman",
        "spokeswomen": "spokeswoman",
        "spokespeople": "spokesperson",
        "secretaries": "secretary",
    }
    words[-1] = irregular.get(last.lower(), last.removesuffix("s"))
    return " ".join(words)


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


def _country_and_title(
    modifiers: Iterable[Token], gazetteer: Gazetteer, *, is_plural: bool
) -> tuple[str | None, list[str]]:
    """The country in front of an office and the words of its title: "restless" is no part of "US president"."""
    country, words = None, []
    for token in modifiers:
        found = gazetteer.country_of(token.text)
        if found is not None and country is None:
            country = found
        elif _belongs_to_title(token) and not (is_plural and token.lower_ in _GRADES):
            words.append(token.text)
    return country, words


def _belongs_to_title(token: Token) -> bool:
    return token.dep_ != "poss" and (token.lower_ in MODIFIERS or token.dep_ == "compound")


def _places_after(head: Token) -> Iterator[DocSpan]:
    """The names listed behind "of"; the parser loses the third of "France, the UK and the US"."""
    doc, index = head.doc, head.i + 1
    if index >= len(doc) or doc[index].lower_ not in ("of", "from", "for"):
        return
    index += 1
    while index < len(doc) and doc[index].sent == head.sent:
        first = index + (doc[index].tag_ == "DT")
        last = first
        while last < len(doc) and doc[last].tag_ in ("NNP", "NNPS"):
            last += 1
        if last == first:
            return
        yield doc[first:last]
        index = last
        while index < len(doc) and doc[index].lower_ in _LIST:
            index += 1
        if index == last:
            return


def _country_after(head: Token, gazetteer: Gazetteer) -> str | None:
    """The one country behind an office; of several, the office has none."""
    found = [gazetteer.country_of(place.text) for place in _places_after(head)]
    return found[0] if len(set(found)) == 1 else None


def _place_span(place: DocSpan, whole: Description, number: int) -> Span:
    return Span(whole.span.start if number == 0 else place.start_char, place.end_char)
