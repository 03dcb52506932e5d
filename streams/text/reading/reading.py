"""The reading of an article: the text that is parsed, and an exact map between it and the body as published.

Reads:  the body
Writes: the same words in plain paragraphs; what is no sentence of the article stands behind them, or is left out;
        where each of its code points stands in the body, and back

Each step is small and named (`STEPS`); docs/reading.md has an example of each. Nothing is guessed: what cannot be
told by its shape is read as it stands.
"""

import datetime
import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from readout.schemas.selector import Selector, select
from readout.streams.text.headings import headings
from readout.streams.text.parser.casing import Rank
from readout.streams.text.parser.passages import Passages
from readout.streams.text.parts import (
    SILENT,
    Part,
    PartKind,
    begins_part,
    dateline,
    dateline_place,
    entry_lead,
    line_kind,
    may_be_subheading,
    paragraph_kind,
    told_day,
)
from readout.streams.text.reading import characters
from readout.streams.text.reading.lines import Line, extent, is_label, lines, paragraphs, pieces
from readout.streams.text.reading.marks import doubled_marks, one_spelling
from readout.streams.text.reading.offsets import Mapped, Piece
from readout.streams.text.spans import Span

STEPS = (*(name for name, _ in characters.STEPS), "wraps", "parts", "doubled-marks", "one-spelling")
"""Names of the steps in their order; a part of the configuration that decides output bytes."""

_BREAK = "\n\n"
_FEWEST_LABELS = 2


@dataclass(frozen=True)
class Reading:
    """What is parsed of a body.

    Attributes:
        body: the article's text as published.
        text: what is parsed: `printed` with one spelling of quotation marks, of the same length.
        printed: the article's words, in plain paragraphs, with their own marks.
        parts: what is no sentence of the article, in order.
    """

    body: str
    text: str
    printed: str
    parts: tuple[Part, ...] = ()
    _map: Mapped = field(default_factory=lambda: Mapped(""), repr=False)
    _cuts: tuple[int, ...] = ()
    """Places of the text where something of the body was left out or moved, in order."""
    _above: tuple[int, ...] = ()
    """Where each heading ends, the space behind it included, in order."""
    _behind: tuple[int, ...] = ()
    """Where each part begins that is read behind the article, in order."""

    @property
    def behind(self) -> int:
        """Where the parts begin that are read behind the article; the length of the text if there are none."""
        return self._behind[0] if self._behind else len(self.text)

    @property
    def passages(self) -> Passages:
        """The text as it is parsed."""
        above = [self.text[start:end] for start, end in itertools.pairwise((0, *self._above))]
        behind = [self.text[start:end] for start, end in itertools.pairwise((*self._behind, len(self.text)))]
        article = self.text[self._above[-1] if self._above else 0 : self.behind]
        return Passages(tuple(above), article, tuple(behind))

    def spans(self, span: Span) -> tuple[Span, ...]:
        """Where a stretch of the text stands in the body: apart where something was left out in between."""
        first, last = bisect_right(self._cuts, span.start), bisect_right(self._cuts, span.end - 1)
        edges = [span.start, *self._cuts[first:last], span.end]
        found = (self._one(start, end) for start, end in itertools.pairwise(edges))
        return tuple(one for one in found if one is not None)

    def span(self, span: Span) -> Span:
        """Where a stretch of the text stands in the body; of stretches that stand apart, the first one."""
        return self.spans(span)[0]

    def select(self, span: Span) -> Selector:
        """The selector of a stretch of the text; `exact` holds the body's own words."""
        return select(self.body, *self.span(span))

    def select_all(self, spans: Sequence[Span]) -> tuple[Selector, ...]:
        """The selectors of several stretches, split where they stand apart in the body."""
        return tuple(select(self.body, *one) for span in spans for one in self.spans(span))

    def shown(self, span: Span) -> str:
        """The words of a stretch of the text, for people."""
        return self.printed[span.start : span.end]

    def day(self, published_on: datetime.date | None) -> datetime.date | None:
        """The day from which the article is written: that of publication, else that of its dateline."""
        if published_on is not None:
            return published_on
        told = (part.day for part in self.parts if part.kind in ("dateline", "updated", "entry"))
        return next((day for day in told if day is not None), None)

    def place_of(self, offset: int) -> int | None:
        """Where a code point of the body stands in the text; None if it was left out."""
        starts, ends = self._map.starts, self._map.ends
        if starts is None or ends is None:
            return offset if 0 <= offset < len(self.text) else None
        # Parts that were moved behind the text stand there in their own order, so both runs are searched.
        return next((place for place in range(len(starts)) if starts[place] <= offset < ends[place]), None)

    def place_behind(self, offset: int) -> int:
        """Where the text goes on that stands behind a place of the body, parts that were moved apart."""
        starts = self._map.starts
        if starts is None:
            return offset
        return bisect_left(starts, offset, 0, self.behind)

    def _one(self, start: int, end: int) -> Span | None:
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        if start == end:
            return None
        starts, ends = self._map.starts, self._map.ends
        if starts is None or ends is None:
            return Span(start, end)
        return Span(starts[start], ends[end - 1])


def unread(body: str) -> Reading:
    """A body that is parsed as it stands."""
    return Reading(body, body, body)


def read(body: str, rank: Rank | None = None) -> Reading:
    """The reading of a body.

    Args:
        body: the article's text as published.
        rank: how frequent words are, to judge hyphens at a wrap; without it every such hyphen goes.
    """
    plain = characters.plain_characters(body)
    sections, parts = _sections(plain.text)
    ordered = [
        *(one for one in sections if not one.kind),
        *(one for one in sections if one.kind and one.is_read),
    ]
    if not ordered:
        return unread(body)
    joined = _with_edits(_joined(plain, ordered, rank))
    told = tuple(_to_body(part, plain) for part in parts)
    printed = joined.text.text
    return Reading(
        body, one_spelling(printed), printed, told, joined.text, joined.cuts, joined.above, joined.behind
    )


@dataclass(frozen=True, slots=True)
class _Section:
    """A paragraph, or what was cut off one."""

    lines: tuple[Line, ...]
    kind: PartKind | None = None
    is_read: bool = True
    place: tuple[int, int] | None = None
    """Where a dateline's place stands in its words."""


def _sections(text: str) -> tuple[list[_Section], list[Part]]:
    """The paragraphs of a text with what each one is, and its parts."""
    found = lines(text)
    kinds = [line_kind(line.text) for line in found]
    starts = [kind is not None or begins_part(line.text) for line, kind in zip(found, kinds, strict=True)]
    sections: list[_Section] = []
    # "BERG: We are ready." twice is a transcript; "CAIRO: The minister said" is a dateline.
    is_first = sum(is_label(line.text) for line in found) < _FEWEST_LABELS
    for group in paragraphs(found, [kind is not None for kind in kinds], starts):
        own = _own_sections(group, is_first=is_first)
        sections += [_head(one) for one in own] if is_first else own
        is_first = is_first and not any(one.kind is None and one.lines[-1].is_closed for one in own)
    sections = list(_with_subheadings(sections))
    return sections, [_part(one) for one in sections if one.kind]


def _head(section: _Section) -> _Section:
    """Above the first sentence a day with its time is no entry of a live blog: "Tue 25 Oct 2022 09.30"."""
    is_stamp = section.kind == "entry" and told_day(_words(section)) is not None
    return replace(section, kind="updated") if is_stamp else section


def _with_subheadings(sections: Sequence[_Section]) -> Iterator[_Section]:
    """Single short lines between two sentences of the article: headings, and whatever else a page puts there."""
    article = [one for one in sections if not one.kind]
    inside = {
        id(one)
        for above, one, below in zip(article, article[1:], article[2:], strict=False)
        if above.lines[-1].text[-1] != ":" and above.lines[-1].is_closed and below.lines[-1].is_closed
        if len(one.lines) == 1 and may_be_subheading(one.lines[0].text)
    }
    for one in sections:
        yield replace(one, kind="subheading") if id(one) in inside else one


def _own_sections(group: list[Line], *, is_first: bool) -> list[_Section]:
    whole = " ".join(line.text for line in group)
    kind = paragraph_kind(whole)
    if kind:
        filed = dateline(f"{whole} ", is_first=False) if kind == "dateline" else None
        return [_Section(tuple(group), kind, kind not in SILENT, filed and dateline_place(filed))]
    lead = dateline(whole, is_first=is_first)
    lead_kind: PartKind = "dateline"
    place = None if lead is None else dateline_place(lead)
    if lead is None:
        lead, lead_kind = entry_lead(whole), "entry"
    if lead is None:
        return [_Section(tuple(group))]
    head, rest = _cut(group, lead.end())
    sections = [_Section(tuple(head), lead_kind, lead_kind not in SILENT, place)]
    return [*sections, _Section(tuple(rest))] if rest else sections


def _cut(group: Sequence[Line], length: int) -> tuple[list[Line], list[Line]]:
    """The lines before and behind a place of a paragraph, counted with one character between lines."""
    head: list[Line] = []
    for number, line in enumerate(group):
        if length < len(line.text):
            before, after = line.text[:length].rstrip(), line.text[length:].lstrip()
            if before:
                head.append(Line(before, line.start, line.indent, line.apart))
            start = line.start + len(line.text) - len(after)
            return head, [Line(after, start, 0, True), *group[number + 1 :]] if after else [
                *group[number + 1 :]
            ]
        head.append(line)
        length = max(0, length - len(line.text) - 1)
    return head, []


def _part(section: _Section) -> Part:
    span = extent(section.lines)
    assert section.kind is not None  # noqa: S101 - for the type checker; the caller asks for parts only
    told = section.place
    place = None if told is None else Span(span.start + told[0], span.start + told[1])
    return Part(section.kind, span, _words(section), place)


def _to_body(part: Part, plain: Mapped) -> Part:
    starts, ends = plain.starts, plain.ends
    if starts is None or ends is None:
        return part
    span = Span(starts[part.span.start], ends[part.span.end - 1])
    place = part.place and Span(starts[part.place.start], ends[part.place.end - 1])
    return Part(part.kind, span, part.text, place)


class _Joined(NamedTuple):
    """The paragraphs put together, with the places that `Reading` keeps."""

    text: Mapped
    cuts: tuple[int, ...] = ()
    above: tuple[int, ...] = ()
    behind: tuple[int, ...] = ()


def _joined(plain: Mapped, sections: Sequence[_Section], rank: Rank | None) -> _Joined:
    """The paragraphs put together with one empty line between them."""
    found: list[Piece] = []
    cuts: list[int] = []
    begins: list[int] = []
    length = end = 0
    for number, section in enumerate(sections):
        span = extent(section.lines)
        if number:
            is_next = span.start >= end and not plain.text[end : span.start].strip()
            found.append((end, span.start if is_next else end, _BREAK))
            length += len(_BREAK)
            cuts += [] if is_next else [length]
        begins.append(length)
        own = list(pieces(section.lines, rank))
        found += own
        length += sum(last - first if text is None else len(text) for first, last, text in own)
        end = span.end
    is_whole = [(first, last) for first, last, text in found if text is None] == [(0, len(plain.text))]
    article = [section for section in sections if not section.kind]
    return _Joined(
        plain if is_whole else plain.assembled(found),
        tuple(cuts),
        tuple(begins[1 : 1 + headings(map(_words, article))]),
        tuple(begins[max(1, len(article)) :]),
    )


def _words(section: _Section) -> str:
    return " ".join(line.text for line in section.lines)


def _with_edits(joined: _Joined) -> _Joined:
    """Doubled marks as one; the places move with the text."""
    edits = list(doubled_marks(joined.text.text))
    if not edits:
        return joined

    def moved(places: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(
            place - sum(edit.end - edit.start - len(edit.text) for edit in edits if edit.end <= place)
            for place in places
        )

    return _Joined(joined.text.edited(edits), *map(moved, joined[1:]))
