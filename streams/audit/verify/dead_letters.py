"""Dead letters in an audit: does each record that nobody could process have its dead letter, equal to the byte?

Reads:  dead-letters of one partition number, in order
Writes: nothing; what does not fit is reported
"""

from readout.streams.audit.findings import Kind, at
from readout.streams.audit.log import Cursor
from readout.streams.audit.verify.state import AuditState
from readout.streams.audit.verify.window import Window
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.dead_letters import dead_letter_facts, original_headers
from readout.streams.log.origin import (
    Offsets,
    Origin,
    Position,
    is_before,
    offsets_of,
    origin_of,
    own_headers,
)
from readout.streams.log.topics import DEAD_LETTERS


class DeadLetters:
    """The dead letters of a partition, found by the position of the record that they are of."""

    def __init__(self, cursor: Cursor, state: AuditState) -> None:
        self._state = state
        self._report = state.report
        self._first_of_what_is_left: int | None = None
        """The offset of the first dead letter of a record that is still there; None before any."""
        self._window: Window[Position | None] = Window(cursor, letter_position, self._extra)

    async def answers(self, source: StoredRecord) -> bool:
        """Is there a dead letter of a record of news? One that is not its copy is reported."""
        dead_letter = await self._window.find(*enumerate(offsets_of(source)))
        if dead_letter is None:
            return False
        if self._first_of_what_is_left is None:
            self._first_of_what_is_left = dead_letter.offset
        complaint = _complaint(dead_letter, source)
        if complaint:
            self._report(at(dead_letter, Kind.DEAD_LETTER, complaint))
        if self._window.is_early(dead_letter):
            self._report(
                at(dead_letter, Kind.OUT_OF_ORDER, "lies before the dead letter of an earlier record")
            )
        self._window.shrink()
        return True

    async def has_of(self, position: Position) -> bool:
        """Is there a dead letter of a record of news that was deleted, or was it deleted as well?"""
        if await self._window.find(position) is not None:
            return True
        return self.may_be_deleted()

    def may_be_deleted(self) -> bool:
        """Can a dead letter that is not there have been deleted, with all before the first that was found?"""
        is_cut = self._state.is_cut(DEAD_LETTERS.stem, self._window.place.number)
        return is_cut and self._window.first_offset is None

    async def finish(self, pending_from: Offsets | None) -> None:
        """Report what no record of news has asked for."""
        async for dead_letter in self._window.rest():
            position = letter_position(dead_letter)
            if pending_from is None or position is None or is_before(position, pending_from):
                self._extra(dead_letter)

    def _extra(self, dead_letter: StoredRecord) -> None:
        facts = dead_letter_facts(dead_letter.headers)
        where = f"{facts.get('topic')}/{facts.get('partition')}@{facts.get('offset')}"
        is_first = self._first_of_what_is_left is None or dead_letter.offset < self._first_of_what_is_left
        if is_first and self._state.is_of_deleted(letter_position(dead_letter), dead_letter.partition):
            self._report(at(dead_letter, Kind.BEGINNING, f"a dead letter of {where}, which was deleted"))
            return
        known = (
            f"of {where}, which asks for none or has one"
            if "offset" in facts
            else "that does not say of what"
        )
        self._report(at(dead_letter, Kind.EXTRA, f"a dead letter {known}"))


def letter_position(dead_letter: StoredRecord) -> Position | None:
    """Where in `news` the record was that a dead letter is of; None if it does not say."""
    offset = dead_letter_facts(dead_letter.headers).get("offset", "")
    return (origin_of(dead_letter).restored, int(offset)) if offset.isdecimal() else None


def _complaint(dead_letter: StoredRecord, source: StoredRecord) -> str | None:
    facts, origin = dead_letter_facts(dead_letter.headers), origin_of(source)
    if (dead_letter.key, dead_letter.value) != (source.key, source.value):
        return "its key or value is not that of the record that it is of"
    if own_headers(original_headers(dead_letter.headers)) != own_headers(source.headers):
        return "its headers are not those of the record that it is of"
    if (facts.get("topic"), facts.get("partition")) != _where(origin):
        return f"says that it is of {facts.get('topic')}/{facts.get('partition')}, not of {origin.topic}"
    return None


def _where(origin: Origin) -> tuple[str, str]:
    return origin.topic, str(origin.partition)
