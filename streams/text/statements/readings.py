"""Readings: which tokens around a possible cue may be its source, and which its content.

Reads:  a token table, the windows of cues, what the chain of roles says of every token in them
Writes: one line for each cue and source, and several contents for each line
Deliberately absent: which reading is right.

All cues are read at once, on matrices with one line per cue or reading and one column per place. A line begins as
far before the window of its cue as a quotation or a phrase of the window reaches.
"""

from dataclasses import dataclass

import numpy as np

from readout.streams.text.statements.hashed_network import Booleans, Floats, Integers
from readout.streams.text.statements.role_sequence import CONTENT, CUE, SOURCE
from readout.streams.text.statements.role_windows import Pairs
from readout.streams.text.statements.token_features import among, label_ids
from readout.streams.text.statements.token_table import TokenTable

_LIKELY_CONTENT = 0.4
_LIKELY_SOURCE, _SOURCE_EDGE = 0.2, 0.1
_LONGEST_WAY = 4
_SUBJECTS = label_ids("nsubj nsubjpass")
_SHARES_SUBJECT = label_ids("conj xcomp advcl")


@dataclass(frozen=True, slots=True)
class Frame:
    """One line per cue, one column per place."""

    t: TokenTable
    head: Integers
    """The row of each cue."""
    low: Integers
    """The row of each line's first place."""
    rows: Integers
    """The row of every place; -1 behind the end of a line."""
    quote: Integers
    """The number of the quotation in double marks; 0 outside of any, and behind the end."""
    first: Integers
    """First and last row of the window of each cue."""
    last: Integers
    roles: Integers
    """The likeliest roles; 0 outside of the window, as for all that is none of the three."""
    source: Floats
    """How likely a place is in the source; 0 outside of the window."""
    content: Floats

    @property
    def window(self) -> Booleans:
        """The places in the windows."""
        return self.between(self.first, self.last)

    @property
    def cue(self) -> Booleans:
        """The words of the cues."""
        cue: Booleans = (self.roles == CUE) | self.at_head
        return cue

    @property
    def at_head(self) -> Booleans:
        """The cues' main words."""
        at_head: Booleans = self.rows == self.head[:, None]
        return at_head

    def between(self, first: Integers, last: Integers) -> Booleans:
        """The places from one row to another, on each line."""
        between: Booleans = (self.rows >= first[:, None]) & (self.rows <= last[:, None])
        return between


@dataclass(frozen=True, slots=True)
class Readings:
    """One line per cue and source; contents are empty where they would repeat one before."""

    line: Integers
    """The line of the frame."""
    option: Integers
    """0 for the likeliest source, 1 for another."""
    source: Booleans
    contents: Booleans
    """(lines, options, places)."""


def frame(t: TokenTable, pairs: Pairs, roles: Integers, chances: Floats) -> Frame:
    """Put what the chain says of the pairs of cues and tokens on lines."""
    sizes = np.bincount(pairs.number)
    starts = np.cumsum(sizes) - sizes
    # What no quotation surrounds has no end: the line would be as long as the body.
    quote_first, quote_last = np.where(t.quote > 0, (t.quote_first, t.quote_last), np.arange(len(t)))
    low = np.minimum.reduceat(np.minimum(t.left, quote_first)[pairs.token], starts)
    high = np.maximum.reduceat(np.maximum(t.right, quote_last)[pairs.token], starts)
    rows = low[:, None] + np.arange(int((high - low).max()) + 1)
    within = rows <= high[:, None]
    rows = np.where(within, rows, -1)
    at = (pairs.number, pairs.token - low[pairs.number])
    role = np.zeros(rows.shape, dtype=np.int64)
    role[at] = roles
    source, content = np.zeros((2, *rows.shape), dtype=np.float32)
    source[at], content[at] = chances[:, SOURCE], chances[:, CONTENT]
    quote = np.maximum(t.quote, 0)[rows] * within
    first = pairs.token[starts]
    return Frame(t, pairs.cue[starts], low, rows, quote, first, first + sizes - 1, role, source, content)


def readings(f: Frame) -> Readings:
    """The likeliest source of each cue, and the subject of the cue where that is somebody else."""
    likeliest = f.roles == SOURCE
    likeliest |= _faint_sources(f) & ~likeliest.any(axis=1, keepdims=True)
    subject = _subjects(f.t, f.head)
    left, right = f.t.left[subject], f.t.right[subject]
    phrase = f.between(left, right)
    known = phrase & (likeliest | f.at_head)
    told = (f.roles == CONTENT) & (f.rows == subject[:, None])
    near = (subject >= 0) & (left >= f.first) & (right <= f.last)
    others = np.flatnonzero(near & ~(known | told).any(axis=1))
    line = np.concatenate([np.arange(len(f.head)), others])
    order = np.argsort(line, kind="stable")
    line, option = line[order], (order >= len(f.head)).astype(np.int64)
    source = np.concatenate([likeliest, phrase[others]])[order]
    return Readings(line, option, source, _contents(f, line, source | f.at_head[line]))


def _faint_sources(f: Frame) -> Booleans:
    """The best run for a source where the chain found none: "Clinton, without naming him, also accused Sanders"."""
    edge, places = f.source <= _SOURCE_EDGE, np.arange(f.source.shape[1])
    peak = f.source.argmax(axis=1)[:, None]
    before = np.where(edge & (places < peak), places, -1).max(axis=1, keepdims=True)
    after = np.where(edge & (places > peak), places, len(places)).min(axis=1, keepdims=True)
    likely = np.take_along_axis(f.source, peak, axis=1) >= _LIKELY_SOURCE
    faint: Booleans = (places > before) & (places < after) & likely
    return faint


def _subjects(t: TokenTable, heads: Integers) -> Integers:
    """The subject of a verb, or of the verb that it is joined to or opened by: "Clinton, ..., also accused".

    One row per head; -1 where there is none.
    """
    children = np.flatnonzero(among(t.dep, _SUBJECTS))[::-1]
    subject_of = np.full(len(t), -1)
    subject_of[t.head[children]] = children  # the first child, as it comes last here
    shares = among(t.dep, _SHARES_SUBJECT)
    found = subject_of[heads]
    for _ in range(1, _LONGEST_WAY):
        climbing = (found < 0) & shares[heads]
        if not climbing.any():
            break
        heads = np.where(climbing, t.head[heads], heads)
        found = np.where(climbing, subject_of[heads], found)
    return found


def _contents(f: Frame, line: Integers, taken: Booleans) -> Booleans:
    """The likeliest sequence; tokens likely by themselves; quotations and phrases whole: empty where not new."""
    content = (f.roles == CONTENT)[line] & ~taken
    likely = _without_holes((f.content > _LIKELY_CONTENT)[line] & ~taken) & ~taken
    base = np.where(content.any(axis=1, keepdims=True), content, likely)
    found = [content, likely, _whole_quotations(f, line, base, taken), _whole_phrase(f, line, base, taken)]
    contents = np.stack(found, axis=1)
    for number in range(1, len(found)):
        for earlier in found[:number]:
            contents[:, number] &= (found[number] != earlier).any(axis=1, keepdims=True)
    return contents


def _without_holes(flags: Booleans) -> Booleans:
    """The flags with holes of one or two places filled."""
    filled = flags.copy()
    filled[:, 1:-1] |= flags[:, :-2] & flags[:, 2:]
    around_two = flags[:, :-3] & flags[:, 3:]
    filled[:, 1:-2] |= around_two
    filled[:, 2:-1] |= around_two
    return filled


def _whole_quotations(f: Frame, line: Integers, content: Booleans, taken: Booleans) -> Booleans:
    """The content and all of each quotation that it touches: "where they “met. They will be in touch,” he said"."""
    quote = f.quote[line]
    touched = np.zeros((len(line), int(quote.max()) + 1), dtype=bool)
    for flags, is_touched in ((content, True), (taken, False)):
        number, place = np.nonzero(flags)
        touched[number, quote[number, place]] = is_touched
    touched[:, 0] = False
    whole: Booleans = content | np.take_along_axis(touched, quote, axis=1)
    return whole


def _whole_phrase(f: Frame, line: Integers, content: Booleans, taken: Booleans) -> Booleans:
    """The content up to the ends of the clause or phrase that its first main word heads: ", which he said ..."."""
    rows, every = f.rows[line], np.arange(len(line))
    head = f.t.head[rows]
    first, last = (rows[every, place][:, None] for place in (content.argmax(axis=1), _last(content)))
    outside = content & ((head < first) | (head > last) | (head == rows))
    main = np.where(outside.any(axis=1), rows[every, outside.argmax(axis=1)], first[:, 0])
    left, right = f.t.left[main], f.t.right[main]
    phrase = (rows >= left[:, None]) & (rows <= right[:, None])
    size = content.sum(axis=1)
    fits = (size > 0) & (right - left >= size) & ~(phrase & taken).any(axis=1)
    return np.where(fits[:, None], phrase, content)


def _last(flags: Booleans) -> Integers:
    """The last place that is set, on each line."""
    last: Integers = flags.shape[1] - 1 - flags[:, ::-1].argmax(axis=1)
    return last
