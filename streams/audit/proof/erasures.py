"""Erasures: the signed statement that the content of a record is gone, and the record that stands in its place.

Such a record has neither key nor value. Its header says, signed, which record it was, what digest its content had,
when it was erased and why. The digest lets the leaf of the tree be what it was, so that every root and proof holds;
a header that the log's key has not signed is nothing but a header, and the record is what it is: changed.

Pure: records and keys in, records and statements out.
"""

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from readout.schemas.checkpoints import from_base64
from readout.schemas.envelope import SALT, Header
from readout.streams.audit.proof.leaves import content_digest, record_leaf_hash
from readout.streams.audit.proof.notes import PrivateKey, PublicKey, open_note, sign, split_note
from readout.streams.errors import ConfigurationError, ReplayMismatch
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.origin import RESTORED, before_restoring, origin_of

ERASED = "readout.erased"
_FORMAT = "readout erasure 1"
_LINES = 5
_LONGEST_REASON = 500
# A manifest's are kept, so that a worker on a restored log knows how far it was sealed; they say nothing.
_KEPT = ("ce_sourcepartition", "ce_sourceoffset")
_NUMBER = re.compile(rb"[0-9]{1,19}")


@dataclass(frozen=True, slots=True)
class Erasure:
    """That a record had this content, and that it was erased.

    Attributes:
        place: the record, as topic/partition@offset.
        content: the digest of its content.
        time: when it was erased, RFC 3339.
        reason: why, in one line.
        signer: name and id of the key that signed; of a claim that nobody verified, the name that it bears.
    """

    place: str
    content: bytes
    time: str
    reason: str
    signer: str

    def __str__(self) -> str:
        """One line."""
        return f"erased at {self.time}, signed by {self.signer}: {self.reason}"


def erased_record(record: StoredRecord, key: PrivateKey, time: str, reason: str) -> StoredRecord:
    """The record that stands in the place of one whose content goes; one that is erased stays as it is.

    Raises:
        ConfigurationError: the reason is empty, too long or not one line.
    """
    if not 0 < len(reason) <= _LONGEST_REASON or any(ord(c) < 32 for c in reason):
        raise ConfigurationError(f"a reason is one line of up to {_LONGEST_REASON} letters")
    if erasure_of(record, [key.public]):
        return record
    views = (before_restoring(record, times) for times in range(origin_of(record).restored + 1))
    statements = [(ERASED, sign(_text(view, time, reason), key).encode()) for view in views if view]
    kept = [header for header in record.headers if header[0] == RESTORED or _is_position(header)]
    return replace(record, key=None, value=None, headers=(*statements, *kept))


def erasure_of(record: StoredRecord, keys: Sequence[PublicKey] | None) -> Erasure | None:
    """The statement that a record was erased; None of one that was not, or for whose erasure nobody stands.

    Args:
        record: any record.
        keys: whose signature counts; None believes every claim.
    """
    if record.value is not None or record.key is not None:
        return None
    if not all(
        name in {ERASED, RESTORED, SALT} or _is_position((name, text)) for name, text in record.headers
    ):
        return None
    claims = (_read(text or b"", keys) for name, text in record.headers if name == ERASED)
    place = _place(record)
    return next((one for one in claims if one is not None and one.place == place), None)


def leaf_hash_of(record: StoredRecord, keys: Sequence[PublicKey] | None = None) -> bytes:
    """The hash of a record's leaf, also of one that was erased."""
    erasure = erasure_of(record, keys)
    return record_leaf_hash(record, erasure.content if erasure else None)


def first_erasure(record: StoredRecord, keys: Sequence[PublicKey] | None) -> Erasure | None:
    """The statement of a record that was erased here, or before its log was restored."""
    if record.value is not None:
        return None
    views = (before_restoring(record, times) for times in range(origin_of(record).restored + 1))
    return next((found for view in views if view and (found := erasure_of(view, keys))), None)


def is_claimed(record: StoredRecord) -> bool:
    """Does a record say, truly or not, that it was erased?"""
    return record.value is None and any(name == ERASED for name, _ in record.headers)


def _text(record: StoredRecord, time: str, reason: str) -> str:
    digest = base64.b64encode(content_digest(record)).decode()
    return "\n".join((_FORMAT, _place(record), digest, time, reason, ""))


def _read(note: bytes, keys: Sequence[PublicKey] | None) -> Erasure | None:
    for text, signer in _signed_texts(note.decode(errors="replace"), keys):
        lines = text.removesuffix("\n").split("\n")
        if len(lines) != _LINES or lines[0] != _FORMAT:
            continue
        content = _digest(lines[2])
        if content is not None:
            return Erasure(lines[1], content, lines[3], lines[4], signer)
    return None


def _signed_texts(note: str, keys: Sequence[PublicKey] | None) -> Iterator[tuple[str, str]]:
    try:
        text, signatures = split_note(note)
    except ReplayMismatch:
        return
    if keys is None:
        yield text, f"{signatures[0][0]}, not verified"
        return
    for key in keys:
        try:
            yield open_note(note, key), f"{key.name}+{key.id.hex()}"
        except ReplayMismatch:
            continue


def _digest(text: str) -> bytes | None:
    try:
        digest = from_base64(text)
    except ValueError:
        return None
    return digest if len(digest) == 32 else None


def _place(record: StoredRecord) -> str:
    return f"{record.topic}/{record.partition}@{record.offset}"


def _is_position(header: Header) -> bool:
    return header[0] in _KEPT and _NUMBER.fullmatch(header[1] or b"") is not None
