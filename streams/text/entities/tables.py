"""Read tables of results, which have no sentences: "Arden 107 Stour County 10" names two teams.

Reads:  a body, line by line
Writes: the code points of teams and of people in lists of results

The lines are those of wire services: scores, standings, fixtures, lists of competitors with their country.
"""

import re
from collections.abc import Iterator

from readout.streams.text.spans import Span

_WORD = r"[^\W\d_a-z][\w.'\u2019&/-]*"
_TEAM = rf"(?:{_WORD}(?: (?:{_WORD}|of|de|\([A-Z]+\)))*?)"
_NOTE = r"(?: \([^()\n]*\))?"
_SCORE = re.compile(rf"(?P<a>{_TEAM}) \d{{1,3}}{_NOTE},? (?P<b>{_TEAM}) \d{{1,3}}{_NOTE}\.?", re.MULTILINE)
_STANDING = re.compile(rf"(?:\d+\. )?(?P<a>{_TEAM})(?:(?: \d+){{4,}}|(?: \d+){{2,3}} \.\d+(?: -| [\d/]+)*)")
_FIXTURE = re.compile(rf"(?P<a>{_TEAM}) (?:AT {_TEAM}|vs? (?P<b>{_TEAM}))")
_PERSON = rf"(?:(?!(?:At|In|The|On) ){_WORD} (?:(?:van|de|der|den|von|di|da|Van|De) )*(?:{_WORD} )?{_WORD})"
_DATELINE = re.compile(
    r"^\s*(?P<a>[^\W\d_a-z]{3,}(?:[ '-][^\W\d_a-z]{2,}){0,3})(?:, [A-Z][\w. ]{2,20})?"
    r",? (?:\d{4}-\d\d-\d\d\b|[A-Z][a-z]{2,8}\.? \d{1,2}\b|\([A-Z][\w ]+\)|(?:[\u2013\u2014]|--) )",
    re.MULTILINE,
)
_COMPETITOR = re.compile(
    rf"(?:(?<=^)|(?<=\n)|(?<=\d - )|(?<=\d\. )|(?<=beat ))(?P<a>{_PERSON}) \((?:{_WORD})(?: {_WORD})*\)"
)
_LINE_UP = re.compile(rf"(?<!\d)\d\d? - (?P<a>{_PERSON})(?= ?[,;.()\n])")


def datelines(body: str) -> Iterator[Span]:
    """Where a story was filed: "CAPE TOWN 2019-05-02", "GENEVA (Reuters) -", "BEIRUT, Lebanon —"."""
    for match in _DATELINE.finditer(body):
        yield Span(*match.span("a"))


def teams(body: str) -> Iterator[Span]:
    """The teams of score lines, standings and fixtures, in reading order.

    "BOSTON AT OAKLAND" is a fixture only beside scores or standings; "1 January 1996" is no line of a table.
    """
    found = list(_whole_lines(body, (_SCORE, _STANDING)))
    if found:
        found += _whole_lines(body, (_FIXTURE,))
    yield from sorted(found)


def competitors(body: str) -> Iterator[Span]:
    """People in lists: "2. Brigitte Holm (Norway) 12.92", "1 - Paul Martin; 2 - Luc Petit (14 - Jean Roy)"."""
    for pattern, mark in ((_COMPETITOR, " ("), (_LINE_UP, " - ")):
        for start, end in _lines_with(mark, body):
            for match in pattern.finditer(body, start, end):
                yield Span(*match.span("a"))


def _lines_with(mark: str, body: str) -> Iterator[tuple[int, int]]:
    """The lines that hold some words, their line breaks included; most articles have no table at all."""
    found = body.find(mark)
    while found >= 0:
        start = body.rfind("\n", 0, found) + 1
        end = body.find("\n", found) + 1 or len(body)
        yield start, end
        found = body.find(mark, end)


def _whole_lines(body: str, patterns: tuple[re.Pattern[str], ...]) -> Iterator[Span]:
    for line in re.finditer(r"[^\n]{5,120}", body):
        for pattern in patterns:
            match = pattern.fullmatch(line[0])
            if match is not None:
                yield from (
                    Span(line.start() + match.start(g), line.start() + match.end(g))
                    for g, team in match.groupdict().items()
                    if team
                )
                break
