"""Collect cosignatures for checkpoints: from witnesses that answer over HTTP, and from files that they left.

Reads:  the log, where a witness wants to see that it only grew; files of cosignatures
Writes: nothing
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from readout.streams.audit.log import Log
from readout.streams.audit.proof.checkpoint import SignedCheckpoint
from readout.streams.audit.proof.cosignatures import cosignature_lines, with_cosignatures
from readout.streams.audit.proof.notes import PublicKey
from readout.streams.audit.proof.own_notes import own_checkpoint
from readout.streams.audit.proof.prove import consistency_hashes
from readout.streams.audit.proof.strange_files import strange_note
from readout.streams.errors import ConfigurationError, TransientError

COSIGNATURES = ".cosignatures"
"""What the file of a witness's answer adds to the name of what it was asked about."""


@dataclass(frozen=True, slots=True)
class Witnesses:
    """Whom to ask, and whose answers count."""

    urls: Sequence[str]
    keys: Sequence[PublicKey]


async def collect_cosignatures(
    log: Log,
    made: Sequence[SignedCheckpoint],
    key: PublicKey,
    witnesses: Witnesses,
    missed: Callable[[str], None],
) -> list[SignedCheckpoint]:
    """The checkpoints, with what the witnesses say to them; `missed` is told of each that does not answer.

    Raises:
        ReplayMismatch: a witness refuses: it has seen another log.
    """
    from readout.streams.audit.proof.witness_port import ask_witness  # noqa: PLC0415 - aiohttp is slow to import

    cosigned = []
    for one in made:
        lines: list[str] = []
        for url in witnesses.urls:
            proof_from = partial(consistency_hashes, log, one.checkpoint, key=key)
            try:
                lines += cosignature_lines(await ask_witness(url, one.note, proof_from))
            except TransientError as error:
                missed(str(error))
        cosigned.append(replace(one, note=with_cosignatures(one.note, lines, witnesses.keys)))
    return cosigned


def collect_files(folder: Path, key: PublicKey, witnesses: Sequence[PublicKey]) -> list[Path]:
    """Add to the kept checkpoints of a folder what witnesses have left beside them; the files that have changed.

    Raises:
        ConfigurationError: a file cannot be read or written.
    """
    changed = []
    try:
        lines = [
            line
            for path in sorted(folder.glob(f"*{COSIGNATURES}"))
            for line in cosignature_lines(strange_note(path))
        ]
        for path in sorted(folder.glob("*.txt")) if lines else ():
            note = strange_note(path)
            if own_checkpoint(note, key) is None:
                continue
            more = with_cosignatures(note, lines, witnesses)
            if more != note:
                path.write_text(more, "utf-8")
                changed.append(path)
    except OSError as error:
        raise ConfigurationError(f"{error.filename} cannot be read or written: {error.strerror}") from None
    return changed
