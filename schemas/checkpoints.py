"""checkpoints: a signed statement of how long a partition was and what it held, by Merkle root.

Value:   a C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint): lines of text and signatures, no JSON
Key:     the partition that it speaks of, such as `news-0`; it lies in the partition of the same number
Headers: CloudEvents, and size and next offset for whoever looks them up; nobody signs headers or trusts them

Pure: no key and no clock; who signs is in `readout.streams.audit.proof.notes`.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field

TOPIC = "checkpoints"
EVENT_TYPE = "readout.checkpoint.signed.v1"
CONTENT_TYPE = "text/plain; charset=utf-8"
_SIZE = re.compile(r"0|[1-9][0-9]{0,14}")
_LINES = 3
_NEXT = "next "


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a partition's Merkle tree: the first `size` committed records have this root.

    `next_offset` is one past the offset of the last of them; None if the checkpoint does not say. It follows from
    the records, so that it is no part of what two checkpoints may differ in.
    """

    origin: str
    size: int
    root: bytes
    next_offset: int | None = field(default=None, compare=False)


def checkpoint_text(checkpoint: Checkpoint) -> str:
    """The text that is signed: origin, size and root, a line each, and then what comes next."""
    root = base64.b64encode(checkpoint.root).decode()
    more = "" if checkpoint.next_offset is None else f"{_NEXT}{checkpoint.next_offset}\n"
    return f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n{more}"


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint; of the lines after the third only ours means something to us.

    Raises:
        ValueError: it is none.
    """
    lines = text.removesuffix("\n").split("\n")
    if not text.endswith("\n") or len(lines) < _LINES or not all(lines):
        raise ValueError("a checkpoint has at least three lines: origin, size and root")
    origin, size, root = lines[:_LINES]
    if not _SIZE.fullmatch(size):
        raise ValueError(f"{size[:20]!r} is no tree size")
    return Checkpoint(origin, int(size), _root(root), _next_offset(lines[_LINES:]))


def _next_offset(extension: list[str]) -> int | None:
    said = [line.removeprefix(_NEXT) for line in extension if line.startswith(_NEXT)]
    if not said:
        return None
    if len(said) > 1 or not _SIZE.fullmatch(said[0]):
        raise ValueError(f"{said[0][:20]!r} is no next offset")
    return int(said[0])


def from_base64(text: str) -> bytes:
    """The bytes of padded base64 in its one canonical spelling: what is signed has no second one.

    Raises:
        ValueError: it is none, or another spelling.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = None
    if data is None or base64.b64encode(data).decode() != text:
        raise ValueError(f"{text[:50]!r} is no base64")
    return data


def _root(text: str) -> bytes:
    root = from_base64(text)
    if len(root) != 32:
        raise ValueError(f"{text[:50]!r} is no base64 of a sha256")
    return root
