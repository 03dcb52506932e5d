"""Edited text that still knows where each of its characters stood: the map behind every reading.

Reads:  a text, and edits of it
Writes: the edited text, and for each of its code points the range of the original that it stands for

Pure. A text that no edit touched keeps no map: its offsets are the original's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Edit(NamedTuple):
    """Put `text` in place of `[start:end]`; the new characters all stand for the whole range."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """A text made from another one.

    Attributes:
        text: the text as edited.
        starts: for each code point, where in the original it begins; None: nothing was moved.
        ends: for each code point, where in the original it ends, half-open.
    """

    text: str
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None

    def edited(self, edits: Iterable[Edit]) -> "Mapped":
        """The text after some edits, which are in order and apart."""
        pieces = list(self._pieces(edits))
        return self if pieces == [(0, len(self.text), None)] else self.assembled(pieces)

    def _pieces(self, edits: Iterable[Edit]) -> Iterable["Piece"]:
        done = 0
        for edit in edits:
            if edit.start > done:
                yield done, edit.start, None
            yield edit.start, edit.end, edit.text
            done = edit.end
        if done < len(self.text):
            yield done, len(self.text), None

    def assembled(self, pieces: Iterable["Piece"]) -> "Mapped":
        """The text put together from pieces of it: kept as they are, or replaced; in any order."""
        texts: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        own_starts = range(len(self.text)) if self.starts is None else self.starts
        own_ends = range(1, len(self.text) + 1) if self.ends is None else self.ends
        for start, end, text in pieces:
            if text is None:
                texts.append(self.text[start:end])
                starts += own_starts[start:end]
                ends += own_ends[start:end]
            elif text:
                texts.append(text)
                starts += [_at(own_starts, start, own_ends)] * len(text)
                ends += [own_ends[end - 1] if end > start else starts[-1]] * len(text)
        return Mapped("".join(texts), starts, ends)


Piece = tuple[int, int, str | None]
"""`[start:end]` of a text, as it is (None) or replaced by some words."""


def _at(starts: Sequence[int], place: int, ends: Sequence[int]) -> int:
    """Where a place between two code points lies in the original."""
    if place < len(starts):
        return starts[place]
    return ends[-1] if ends else 0
