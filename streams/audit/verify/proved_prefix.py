"""What lies before the checkpoints that an audit goes on from: hashed with all else, remembered, not derived again.

Reads:  the records of one partition number as they go by, those of manifests first
Writes: the memory of the audit; what is passed over without proof is reported
The manifests that a checkpoint covers say which articles are done. Up to which article of `news` and which record
of each derived topic that reaches follows from them, because all are written in one order. Nothing else decides:
the other topics may have been a little longer when they were signed.
"""

from collections.abc import Sequence

from readout.schemas.manifests import ManifestSealed
from readout.streams.audit.facts import source_position
from readout.streams.audit.findings import Kind, at
from readout.streams.audit.proof.erasures import is_claimed
from readout.streams.audit.proof.leaves import tree_of
from readout.streams.audit.scratch import KnownCheckpoint
from readout.streams.audit.verify.dead_letters import letter_position
from readout.streams.audit.verify.state import AuditState
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.origin import Position, is_before, is_later, offsets_of
from readout.streams.log.topics import DEAD_LETTERS, DERIVED, MANIFESTS, NEWS

_DEAD_LETTERED = b'"outcome":"dead-lettered"'


class ProvedPrefix:
    """The part of one partition number that is done."""

    def __init__(self, state: AuditState) -> None:
        self._state = state
        self._last_sealed: Position | None = None
        # The value of the last manifest that names a record of each derived topic.
        self._naming = {topic.stem: b"" for topic in DERIVED}
        self._needles = [(topic.stem, f'"topic":"{topic.stem}"'.encode()) for topic in DERIVED]
        self._last_of: dict[str, bytes | None] = {}
        self._unproved: set[str] = set()

    def has(self, stem: str, record: StoredRecord, *, is_proved: bool) -> bool:
        """Is this record done? `is_proved` says whether a checkpoint to go on from covers it."""
        if stem == MANIFESTS.stem:
            is_done = is_proved
            if is_proved:
                self._note_manifest(record)
        elif stem == NEWS.stem:
            is_done = self._last_sealed is not None and not is_before(self._last_sealed, offsets_of(record))
        elif stem == DEAD_LETTERS.stem:
            is_done = self._is_sealed(letter_position(record))
        else:
            is_done = self._is_before_the_last(stem, record)
        if is_done:
            self._count(stem, record, is_proved=is_proved)
        return is_done

    def _note_manifest(self, record: StoredRecord) -> None:
        position, value = source_position(record), record.value or b""
        if position is not None and (self._last_sealed is None or is_later(position, self._last_sealed)):
            self._last_sealed = position
        if is_claimed(record) or record.key is None:
            return
        article_id = record.key.decode(errors="replace")
        first = self._state.scratch.seal_in(article_id, value, record.partition)
        if first != record.partition:
            detail = f"other revisions of the article are in partition {first}"
            self._state.report(at(record, Kind.WRONG_PARTITION, detail))
        # What a dead-lettered revision leaves live was written earlier.
        if _DEAD_LETTERED not in value:
            for stem, needle in self._needles:
                if needle in value:
                    self._naming[stem] = value

    def _is_sealed(self, position: Position | None) -> bool:
        last = self._last_sealed
        return position is not None and last is not None and not is_later(position, last)

    def _is_before_the_last(self, stem: str, record: StoredRecord) -> bool:
        """Does a derived record lie no later than the last one that a manifest of the prefix names?"""
        if stem not in self._last_of:
            self._last_of[stem] = _last_named(stem, self._naming[stem])
        last = self._last_of[stem]
        if last is None:
            return False
        if ("ce_id", last) in record.headers:
            self._last_of[stem] = None
        return True

    def _count(self, stem: str, record: StoredRecord, *, is_proved: bool) -> None:
        self._state.account.proved += 1
        if not is_proved and stem not in self._unproved:
            self._unproved.add(stem)
            detail = (
                "it was sealed before the checkpoint of manifests to go on from, and no checkpoint to go on from "
                "covers it: give those of all topics, made in one signing"
            )
            self._state.report(at(record, Kind.NOT_COMPARED, detail))


def sizes_by_tree(since: Sequence[KnownCheckpoint]) -> dict[str, int]:
    """How many records the largest checkpoint of each tree covers, by the end of its origin."""
    sizes: dict[str, int] = {}
    for known in since:
        name = tree_of(known.checkpoint.origin)
        if name is not None:
            sizes[name.suffix()] = max(known.checkpoint.size, sizes.get(name.suffix(), 0))
    return sizes


def _last_named(stem: str, manifest: bytes) -> bytes | None:
    """The event id of the last record of a topic that a manifest names."""
    if not manifest:
        return None
    sealed = ManifestSealed.model_validate_json(manifest)
    return [line.sha256 for line in (*sealed.live, *sealed.withdrawn) if line.topic == stem][-1].encode()
