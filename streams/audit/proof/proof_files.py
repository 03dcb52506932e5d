"""Proofs that need no broker: this record was in the log when it was signed; this log begins with that one.

Pure: JSON and a public key in, one line out that says what was proved, or `ReplayMismatch`. How a proof is made
from a log is in `prove`.
"""

import base64
import struct
from dataclasses import dataclass
from typing import Annotated, Literal

import orjson
from pydantic import BeforeValidator, Field, PlainSerializer, TypeAdapter, ValidationError

from readout.schemas.checkpoints import Checkpoint, from_base64, parse_checkpoint
from readout.schemas.event import Part
from readout.streams.audit.proof.cosignatures import require_quorum
from readout.streams.audit.proof.erasures import erasure_of, leaf_hash_of
from readout.streams.audit.proof.leaves import tree_of
from readout.streams.audit.proof.merkle import inclusion_root, is_consistent
from readout.streams.audit.proof.notes import PublicKey, open_note
from readout.streams.audit.wording import count_of
from readout.streams.errors import ReplayMismatch, describe
from readout.streams.kafka.connection import StoredRecord


def _from_base64(text: object) -> object:
    return from_base64(text) if isinstance(text, str) else text


Bytes = Annotated[
    bytes, BeforeValidator(_from_base64), PlainSerializer(lambda data: base64.b64encode(data).decode())
]


# What every reader of JSON takes for a whole number.
_LARGEST = (1 << 53) - 1
Number = Annotated[int, Field(ge=0, le=_LARGEST)]


class ProvedRecord(Part):
    """Everything that Kafka keeps of a record; bytes are base64."""

    topic: str
    partition: Number
    offset: Number
    timestamp: Annotated[int, Field(ge=-1, le=_LARGEST)]
    timestamp_type: Annotated[int, Field(ge=-1, le=1)]
    key: Bytes | None
    value: Bytes | None
    headers: tuple[tuple[str, Bytes | None], ...]

    @classmethod
    def of(cls, record: StoredRecord) -> "ProvedRecord":
        """The record as it travels in a proof."""
        return cls.model_construct(**{name: getattr(record, name) for name in cls.model_fields})

    def stored(self) -> StoredRecord:
        """The record as it was read."""
        return StoredRecord(**{name: getattr(self, name) for name in type(self).model_fields})


class InclusionProof(Part):
    """Proves that a record was the `index`-th of its partition (from 0) when the checkpoint was signed."""

    format: Literal["readout inclusion proof 1"] = "readout inclusion proof 1"
    record: ProvedRecord
    index: Number
    hashes: tuple[Bytes, ...]
    checkpoint: str


class ConsistencyProof(Part):
    """Proves that a partition, as the newer checkpoint signs it, begins with what the older one signs."""

    format: Literal["readout consistency proof 1"] = "readout consistency proof 1"
    old: str
    new: str
    hashes: tuple[Bytes, ...]


_PROOF: TypeAdapter[InclusionProof | ConsistencyProof] = TypeAdapter(
    Annotated[InclusionProof | ConsistencyProof, Field(discriminator="format")]
)


def proof_json(proof: InclusionProof | ConsistencyProof) -> bytes:
    """A proof as a JSON file."""
    return orjson.dumps(proof.model_dump(), option=orjson.OPT_INDENT_2) + b"\n"


@dataclass(frozen=True, slots=True)
class Demands:
    """What a checkpoint must have for a proof to count.

    Attributes:
        key: who must have signed.
        kept: a checkpoint that somebody kept: a consistency proof must begin at it.
        witnesses: whose cosignatures count.
        quorum: how many of them are needed.
    """

    key: PublicKey
    kept: Checkpoint | None = None
    witnesses: tuple[PublicKey, ...] = ()
    quorum: int = 0


def check(data: bytes, demands: Demands) -> str:
    """Check a proof, or a checkpoint alone, with nothing but public keys.

    Args:
        data: a proof as JSON, or a signed note.
        demands: what must be so.

    Returns:
        What is proved, in one line.

    Raises:
        ReplayMismatch: nothing is.
        ConfigurationError: the demands cannot be met by anything.
    """
    if not data.lstrip().startswith(b"{"):
        note = data.decode(errors="replace")
        checkpoint = checkpoint_in(note, demands.key)
        return f"signed by {demands.key.name}: {_head(checkpoint)}{cosigned(note, demands)}"
    proof = read_proof(data)
    if isinstance(proof, InclusionProof):
        return check_inclusion(proof, demands)
    return _check_consistency(proof, demands)


def read_proof(data: bytes) -> InclusionProof | ConsistencyProof:
    """A proof out of its JSON; nothing is checked yet.

    Raises:
        ReplayMismatch: it is none.
    """
    try:
        return _PROOF.validate_json(data)
    except ValidationError as error:
        is_named = error.errors()[0]["type"] != "union_tag_not_found"
        reason = describe(error) if is_named else "it does not say which, by `format`"
        raise ReplayMismatch(f"no proof: {reason}") from None


def check_inclusion(proof: InclusionProof, demands: Demands) -> str:
    """Check that a record is in the tree of its checkpoint; in one line, what is proved.

    Raises:
        ReplayMismatch: it is not.
    """
    key = demands.key
    checkpoint = checkpoint_in(proof.checkpoint, key)
    record = proof.record.stored()
    place = f"{record.topic}/{record.partition}@{record.offset}"
    name = tree_of(checkpoint.origin)
    if name is None or name.place != (record.topic, record.partition):
        raise ReplayMismatch(f"{place} is in another partition than {checkpoint.origin} signs")
    try:
        leaf = leaf_hash_of(record, [key])
    except (struct.error, UnicodeEncodeError):
        raise ReplayMismatch(f"{place} is no record: a number or name is out of range") from None
    if inclusion_root(leaf, proof.index, checkpoint.size, proof.hashes) != checkpoint.root:
        raise ReplayMismatch(f"{place} is not proved: it does not lead to the root of {_head(checkpoint)}")
    erasure = erasure_of(record, [key])
    gone = f", {erasure}" if erasure else ""
    cosigners = cosigned(proof.checkpoint, demands)
    return f"proved: {place} is record {proof.index} of {_head(checkpoint)}, signed by {key.name}{cosigners}{gone}"


def cosigned(note: str, demands: Demands) -> str:
    """Who has cosigned a checkpoint, in words; nothing if nobody needs to.

    Raises:
        ReplayMismatch: fewer than the quorum.
    """
    if not demands.quorum and not demands.witnesses:
        return ""
    return f", {require_quorum(note, demands.witnesses, demands.quorum)}"


def checkpoint_in(note: str, key: PublicKey) -> Checkpoint:
    """The checkpoint that a key has signed.

    Raises:
        ReplayMismatch: the key has not, or it is none.
    """
    try:
        checkpoint = parse_checkpoint(open_note(note, key))
    except ValueError as error:
        raise ReplayMismatch(f"no checkpoint: {error}") from None
    name = tree_of(checkpoint.origin)
    if name is None or checkpoint.origin != name.origin(key.name):
        raise ReplayMismatch(f"{checkpoint.origin!r} is no tree of {key.name}")
    return checkpoint


def _check_consistency(proof: ConsistencyProof, demands: Demands) -> str:
    key, kept = demands.key, demands.kept
    old, new = checkpoint_in(proof.old, key), checkpoint_in(proof.new, key)
    if kept is not None and kept != old:
        raise ReplayMismatch(
            f"the proof begins at {_head(old)}, not at the checkpoint that was kept: {_head(kept)}"
        )
    if old.origin != new.origin:
        raise ReplayMismatch(f"{new.origin} does not go on from {old.origin}")
    if not is_consistent((old.size, old.root), (new.size, new.root), proof.hashes):
        raise ReplayMismatch(f"{_head(new)} does not begin with {_head(old)}: the past was changed")
    return f"proved: {_head(new)} begins with {_head(old)}, both signed by {key.name}{cosigned(proof.new, demands)}"


def _head(checkpoint: Checkpoint) -> str:
    return f"{checkpoint.origin} with {count_of(checkpoint.size, 'record')}"
