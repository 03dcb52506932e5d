"""A signed statement that an archive is whole: who signed that this index, and so every segment, is all there is.

Reads and writes: `index.json.note` beside the index, a signed note (https://c2sp.org/signed-note)
Its text is no checkpoint's: the second line is a digest in hexadecimal, where a checkpoint has a size.
"""

from pathlib import Path

from readout.schemas.ids import sha256_hex
from readout.streams.audit.archive.files import read_regular
from readout.streams.audit.archive.index import INDEX, index_bytes, write_whole
from readout.streams.audit.proof.notes import PrivateKey, PublicKey, open_note, sign, split_note
from readout.streams.errors import InvalidRecord, ReplayMismatch

STATEMENT = INDEX + ".note"
NOT_SIGNED = "not signed: nobody says that all segments are there"
_FORMAT = "readout archive statement 1"
_MOST_BYTES = 64 * 1024


def sign_archive(folder: Path, key: PrivateKey) -> None:
    """Sign the index of an archive as it is now."""
    data = index_bytes(folder) or b""
    write_whole(folder / STATEMENT, sign(_text(data), key).encode())


def drop_statement(folder: Path) -> bool:
    """Take away a statement that no longer holds; was there one?"""
    path = folder / STATEMENT
    there = path.is_symlink() or path.exists()
    path.unlink(missing_ok=True)
    return there


def check_statement(folder: Path, index: bytes, key: PublicKey | None) -> str:
    """Who vouches for an archive, in words.

    Args:
        folder: the archive.
        index: its index, as it was read.
        key: who must have signed; None if nobody's signature can be verified.

    Raises:
        ReplayMismatch: there is a statement that is not about this index, or that the key has not signed.
    """
    try:
        note = read_regular(folder, STATEMENT, _MOST_BYTES).decode(errors="replace")
    except FileNotFoundError:
        return NOT_SIGNED
    except InvalidRecord as error:
        raise ReplayMismatch(f"{STATEMENT}: {error}") from None
    text, signatures = split_note(note)
    signers = ", ".join(name for name, _ in signatures)
    if key is not None:
        text = open_note(note, key)
    if text != _text(index):
        raise ReplayMismatch(
            f"{STATEMENT}, signed by {signers}, is not about this index: files were exchanged"
        )
    return f"signed by {key.name}" if key else f"signed by {signers}, not verified without --public-key"


def _text(index: bytes) -> str:
    return f"{_FORMAT}\n{sha256_hex(index)}\n"
