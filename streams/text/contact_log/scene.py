"""A scene: a parsed article together with its cast, indexed so that a token finds its member.

Reads:  a spaCy document and the cast that was found in it
Writes: nothing; the contact rules look tokens, spans and members up here
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from readout.streams.text.cast import Cast, Member, Mention
from readout.streams.text.contact_log.party_words import GROUPS, OFFICES
from readout.streams.text.contact_log.tokens import Token, Tokens
from readout.streams.text.dates import (
    COUNTED_FROM_TEXT,
    Anchors,
    DateWords,
    Viewpoint,
    date_words_in,
    find_date_words,
    resolve_words,
)
from readout.streams.text.gazetteer import Gazetteer
from readout.streams.text.lemmas import lemma
from readout.streams.text.spans import Span

T = TypeVar("T")
# How far back the same passage reaches, in code points.
_PASSAGE = 600
_NO_ANCHORS = Anchors(None)
_AGENTS = ("er", "or", "ist", "ian", "man", "woman")
# No people, or as often a firm.
_NOT_AGENTS = frozenset(
    """river border corner center tower theater quarter water harbor shelter frontier crater number paper newspaper
    broadcaster publisher retailer carmaker maker lender insurer brewer producer carrier manufacturer operator
    supplier provider developer member power order matter sector floor door mirror""".split()
)
_LOCATIVE = frozenset("in at to from near outside around towards through".split())


_DATELINE = re.compile(
    r"^[^\S\n]*[A-Z]{3}[A-Z .'-]*(?:, [A-Z][\w. ]{2,25})?(?: \([A-Z]\w+\))? (?:--|[-\u2013\u2014]) ",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Scene:
    """One article as the contact rules see it."""

    doc: Tokens
    cast: Cast
    gazetteer: Gazetteer
    anchors: Anchors = _NO_ANCHORS
    _answers: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, question: Hashable, find: Callable[[], T]) -> T:
        """The answer to what is asked of an article again and again; it is looked for the first time only."""
        if question not in self._answers:
            self._answers[question] = find()
        answer: T = self._answers[question]
        return answer

    @property
    def body(self) -> str:
        """The text of the article."""
        return self.doc.words.body

    @cached_property
    def _covering(self) -> dict[int, tuple[int, Mention]]:
        """Token index to member and mention; the longest mention wins, then the first member."""
        found: dict[int, tuple[int, Mention]] = {}
        for index, member in enumerate(self.cast.members):
            for mention in member.mentions:
                for position in self.positions(mention.span):
                    known = found.get(position)
                    if known is None or _length(known[1]) < _length(mention):
                        found[position] = (index, mention)
        return found

    @cached_property
    def persons(self) -> frozenset[int]:
        """The members that are people, those included whom only their office tells ("the president, Erdoğan")."""
        named = {index for index in range(len(self.cast.members)) if self._is_person(index)}
        surnames = {self.cast.members[index].name.split()[-1] for index in named}
        return frozenset(
            index
            for index, member in enumerate(self.cast.members)
            if index in named or (member.type == "organisation" and member.name in surnames)
        )

    @cached_property
    def _full_names(self) -> dict[int, int]:
        """A person known by a surname only to the one person of the article who bears it with a first name."""
        full: dict[str, list[int]] = {}
        for index in sorted(self.persons):
            words = self.cast.members[index].name.split()
            if len(words) > 1:
                full.setdefault(words[-1], []).append(index)
        short = (index for index in self.persons if " " not in self.cast.members[index].name)
        return {
            index: owners[0]
            for index in short
            if len(owners := full.get(self.cast.members[index].name, [])) == 1
        }

    def country_of_member(self, index: int) -> str | None:
        """The country of a member; "Turkey's Recep Erdoğan" tells it too."""
        return self.once(("country of", index), lambda: self._find_country(index))

    def _find_country(self, index: int) -> str | None:
        member = self.cast.members[index]
        if member.country is not None or index not in self.persons:
            return member.country
        for mention in member.mentions:
            first = self.positions(mention.span)[0]
            if first > 1 and self.doc.words.tag[first - 1] == "POS":
                owner = self.member(self.doc[first - 2])
                if owner is not None and owner.type == "place" and owner.country:
                    return owner.country
        return next((office.country for office in member.offices if office.country), None)

    def _is_person(self, index: int) -> bool:
        member = self.cast.members[index]
        if member.type not in ("organisation", "place") or self.gazetteer.lookup(member.name) is not None:
            return member.type == "person"
        return any(self._is_beside_office(mention) for mention in member.mentions if mention.kind == "name")

    def _is_beside_office(self, mention: Mention) -> bool:
        """As in "the envoy for Syria, Staffan de Mistura," "Putin and Erdoğan": beside an office or a person."""
        words = self.doc.words
        for position in self.positions(mention.span):
            above = words.head[position]
            if words.dep[position] == "conj" and self._is_named_person(above):
                return True
            is_first_name = words.dep[position] == "compound" and words.dep[above] == "appos"
            if is_first_name:
                above = words.head[above]  # "the miller Ana Rossi", of whom only "Ana" was recognised
            if words.dep[position] != "appos" and not is_first_name:
                continue
            while words.dep[above] in ("pobj", "prep"):
                above = words.head[above]
            if words.tag[above] in ("NN", "NNP") and _is_role(lemma_of(self.doc[above])):
                return True
        return False

    def _is_named_person(self, place: int) -> bool:
        known = self._covering.get(place)
        return known is not None and self.cast.members[known[0]].type == "person"

    @cached_property
    def _datelines(self) -> tuple[range, ...]:
        return tuple(range(*match.span()) for match in _DATELINE.finditer(self.body))

    def is_dateline(self, token: Token) -> bool:
        """Does the token only tell where the story was filed: "KAMPALA, Uganda (AP) —"?"""
        number = bisect_right(self._datelines, token.idx, key=lambda place: place.start) - 1
        return number >= 0 and token.idx in self._datelines[number]

    @cached_property
    def dates(self) -> tuple[DateWords, ...]:
        """The date expressions of the body, in reading order."""
        return find_date_words(self.body)

    def dates_in(self, first: int, last: int) -> tuple[DateWords, ...]:
        """The date expressions in the tokens first..last (half-open); most sentences are never asked for theirs."""
        known = self._dates_in.get((first, last))
        if known is None:
            known = self._dates_in[first, last] = tuple(
                date_words_in(self.body, *self.doc.words.span(first, last))
            )
        return known

    @cached_property
    def _dates_in(self) -> dict[tuple[int, int], tuple[DateWords, ...]]:
        return {}

    def dates_before(self, offset: int, count: int) -> tuple[DateWords, ...]:
        """The last date expressions that end before an offset, in reading order."""
        place = bisect_left(self.dates, offset, key=lambda words: words.span.end)
        return self.dates[max(0, place - count) : place]

    def dates_from(self, offset: int, count: int) -> tuple[DateWords, ...]:
        """The first date expressions that begin at an offset or behind it, in reading order."""
        place = bisect_left(self.dates, offset, key=lambda words: words.span.start)
        return self.dates[place : place + count]

    def dates_of(self, token: Token) -> tuple[DateWords, ...]:
        """The date expressions of a token's sentence."""
        return self.dates_in(token.sent[0].i, token.sent[-1].i + 1)

    def day_before(self, words: DateWords) -> date | None:
        """The last day that the text of the same passage has told before an expression that counts from it."""
        if words.kind not in COUNTED_FROM_TEXT:
            return None
        place = bisect_left(self._told_days, words.span.start, key=lambda told: told[0])
        if not place or words.span.start - self._told_days[place - 1][0] > _PASSAGE:
            return None
        return self._told_days[place - 1][1]

    @cached_property
    def _told_days(self) -> tuple[tuple[int, date], ...]:
        """Where the text tells a day, and which; each may be counted from the one before."""
        told: list[tuple[int, date]] = []
        for words in self.dates:
            is_near = bool(told) and words.span.start - told[-1][0] <= _PASSAGE
            view = Viewpoint(self.anchors.at(words.span.start), False, told[-1][1] if is_near else None)
            resolved = resolve_words(words, view)
            if resolved.reach and resolved.precision == "day":
                told.append((words.span.start, resolved.reach[1]))
        return tuple(told)

    def positions(self, span: Span) -> range:
        """The indices of the tokens that begin inside a span."""
        starts = self.doc.words.start
        return range(bisect_left(starts, span.start), bisect_left(starts, span.end))

    def member_at(self, token: Token) -> int | None:
        """The index of the member that a token belongs to, by name, description or pronoun."""
        known = self._covering.get(token.i)
        if known is None:
            return None
        bearer = self._bearer(token)
        return self._full_names.get(known[0], known[0]) if bearer is None else bearer

    def _bearer(self, token: Token) -> int | None:
        """As in "President Ana Lima called him. Lima urged him": no town, unless "in" or "to" stands before it."""
        owner = self._surnames.get(token.text)
        if owner is None or (token.i and self.doc[token.i - 1].lower_ in _LOCATIVE):
            return None
        return owner if self.cast.members[owner].mentions[0].span.start < token.idx else None

    @cached_property
    def _surnames(self) -> dict[str, int]:
        """The surnames of this article that are names of places too."""
        towns = {member.name for member in self.cast.members if member.type == "place"}
        named = ((self.cast.members[index].name.split(), index) for index in sorted(self.persons))
        return {words[-1]: index for words, index in named if len(words) > 1 and words[-1] in towns}

    def mention_at(self, token: Token) -> Mention | None:
        """The mention that covers a token."""
        known = self._covering.get(token.i)
        return known[1] if known else None

    def member(self, token: Token) -> Member | None:
        """The member that a token belongs to."""
        index = self.member_at(token)
        return None if index is None else self.cast.members[index]

    def index_of_country(self, code: str) -> int | None:
        """The member that is this country by name, and no city or part of it."""
        return self.once(("index of", code), lambda: self._find_index(code))

    def _find_index(self, code: str) -> int | None:
        name = self.gazetteer.country_name(code)
        for index, member in enumerate(self.cast.members):
            if member.type == "place" and member.country == code:
                entry = self.gazetteer.lookup(member.name)
                if entry is not None and entry.name == name:
                    return index
        return None

    def sentence(self, token: Token) -> Span:
        """The sentence of a token without the white space around it."""
        return trimmed(self.doc, token.sent[0].i, token.sent[-1].i + 1)


def _is_role(noun: str) -> bool:
    """Is it an office, or a noun such as owner, manager, engineer or artist?"""
    return noun in OFFICES or (noun.endswith(_AGENTS) and noun not in _NOT_AGENTS)


def trimmed(doc: Tokens, first: int, last: int) -> Span:
    """The code points of the tokens first..last (half-open), white space tokens at both ends left out."""
    while first < last - 1 and doc[first].is_space:
        first += 1
    while last - 1 > first and doc[last - 1].is_space:
        last -= 1
    return Span(doc[first].idx, doc[last - 1].idx + len(doc[last - 1]))


def lemma_of(token: Token) -> str:
    """The lemma of a token, in lower case; "Envoys" at the start of a sentence is no name."""
    if token.lemma is None:
        token.lemma = _lemma(token)
    return token.lemma


def _lemma(token: Token) -> str:
    if token.lower_.endswith("affaires"):
        return "d'affaires"  # "the Dutch chargé d'affaires" is one
    if token.tag_ == "NNP" and token.is_sent_start:
        singular = lemma(token.text, "NNS")
        return singular if singular in OFFICES | GROUPS else token.lower_
    return lemma(token.text, token.tag_)


def is_plural(noun: Token) -> bool:
    """Is it a noun in the plural, whatever a capital has made of its tag?"""
    if lemma_of(noun) == "d'affaires":
        return False
    return noun.tag_ in ("NNS", "NNPS") or (noun.tag_ == "NNP" and lemma_of(noun) != noun.lower_)


def _length(mention: Mention) -> int:
    return mention.span.end - mention.span.start
