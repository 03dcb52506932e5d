"""Signed notes (https://c2sp.org/signed-note) with Ed25519: text that carries who signed it.

Keys are written as Go's `note` package writes them, a line each, so that other transparency-log tools read them:
`PRIVATE+KEY+<name>+<id>+<base64>` and `<name>+<id>+<base64>`.

Pure: text and keys in, text out. Where keys lie is in `keys`.
"""

import base64
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from readout.schemas.checkpoints import from_base64
from readout.streams.errors import ConfigurationError, ReplayMismatch

LOG = b"\x01"
"""The kind of key that signs notes: Ed25519."""
WITNESS = b"\x04"
"""The kind of key that cosigns checkpoints: Ed25519 with a time (https://c2sp.org/tlog-cosignature)."""
_PRIVATE = "PRIVATE+KEY+"
_DASH = "\N{EM DASH} "
_MOST_SIGNATURES = 64
_SEED_BYTES = 32


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A name and an Ed25519 key that verifies; no signature of one kind serves for the other."""

    name: str
    key: Ed25519PublicKey
    kind: bytes = LOG

    @property
    def id(self) -> bytes:
        """Four bytes that tell this key from others of the same name."""
        said = self.name.encode() + b"\n" + self.kind + self.key.public_bytes_raw()
        return hashlib.sha256(said).digest()[:4]

    def line(self) -> str:
        """The key as one line of text."""
        return f"{self.name}+{self.id.hex()}+{_base64(self.kind + self.key.public_bytes_raw())}"


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A name and an Ed25519 key that signs."""

    name: str
    key: Ed25519PrivateKey
    kind: bytes = LOG

    @property
    def public(self) -> PublicKey:
        """The key that verifies what this one signs."""
        return PublicKey(self.name, self.key.public_key(), self.kind)

    def line(self) -> str:
        """The key as one line of text: a secret."""
        seed = _base64(self.kind + self.key.private_bytes_raw())
        return f"{_PRIVATE}{self.name}+{self.public.id.hex()}+{seed}"


def sign(text: str, key: PrivateKey) -> str:
    """A text, which ends with a newline, with its signature.

    Raises:
        ConfigurationError: the key is a witness's.
    """
    if key.kind != LOG:
        raise ConfigurationError(f"{key.name} is the key of a witness: it signs no notes of its own")
    return f"{text}\n{signature_line(key.public, key.key.sign(text.encode()))}"


def signature_line(key: PublicKey, signature: bytes) -> str:
    """The line of a note that carries a signature."""
    return f"{_DASH}{key.name} {_base64(key.id + signature)}\n"


def open_note(note: str, key: PublicKey) -> str:
    """The text of a note that this key has signed.

    Raises:
        ReplayMismatch: the note is none, is not signed by this key, or the signature does not fit the text.
    """
    if key.kind != LOG:
        raise ReplayMismatch(f"{key.name} is the key of a witness: it signs no notes of its own")
    text, signatures = split_note(note)
    ours = [data for name, data in signatures if name == key.name and data[:4] == key.id]
    if not ours:
        signers = ", ".join(sorted({name for name, _ in signatures}))
        raise ReplayMismatch(f"the note is not signed by {key.name}+{key.id.hex()}, but by {signers}")
    for data in ours:
        try:
            key.key.verify(data[4:], text.encode())
        except InvalidSignature:
            raise ReplayMismatch(f"forged: the signature of {key.name} does not fit the text") from None
    return text


def split_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text of a note and its signatures, by name; nothing is verified.

    Raises:
        ReplayMismatch: it is no note.
    """
    text, blank, rest = note.rpartition("\n\n")
    lines = rest.removesuffix("\n").split("\n")
    if not blank or not rest.endswith("\n") or any(ord(c) < 32 for c in note if c != "\n"):
        raise ReplayMismatch("no signed note: a text, an empty line and signatures are expected")
    if len(lines) > _MOST_SIGNATURES:
        raise ReplayMismatch(f"the note has {len(lines)} signatures, more than {_MOST_SIGNATURES}")
    return text + "\n", [_signature(line) for line in lines]


def parse_public_key(line: str) -> PublicKey:
    """Read a public key.

    Raises:
        ConfigurationError: it is none, or its id does not fit.
    """
    name, key_id, data = _parts(line.strip(), "public key NAME+ID+KEY")
    key = PublicKey(name, Ed25519PublicKey.from_public_bytes(data[1:]), data[:1])
    return _checked(key, key_id)


def parse_private_key(line: str) -> PrivateKey:
    """Read a private key.

    Raises:
        ConfigurationError: it is none, or its id does not fit.
    """
    form = "private key PRIVATE+KEY+NAME+ID+KEY"
    if not line.startswith(_PRIVATE):
        raise ConfigurationError(f"no {form}")
    name, key_id, data = _parts(line.strip().removeprefix(_PRIVATE), form)
    key = PrivateKey(name, Ed25519PrivateKey.from_private_bytes(data[1:]), data[:1])
    _checked(key.public, key_id)
    return key


def new_key(name: str, kind: bytes = LOG) -> PrivateKey:
    """Draw a key.

    Raises:
        ConfigurationError: the name is empty, or has a space or a plus sign.
    """
    if not name or "+" in name or any(c.isspace() or ord(c) < 32 for c in name):
        raise ConfigurationError(f"{name!r} is no key name: write one like readout.example/newsroom")
    return PrivateKey(name, Ed25519PrivateKey.generate(), kind)


def _parts(line: str, form: str) -> tuple[str, str, bytes]:
    name, first, rest = line.partition("+")
    key_id, second, encoded = rest.partition("+")
    data = _decode(encoded)
    if not (name and first and second) or len(data) != 1 + _SEED_BYTES or data[:1] not in {LOG, WITNESS}:
        raise ConfigurationError(f"no {form}")
    return name, key_id, data


def _checked(key: PublicKey, key_id: str) -> PublicKey:
    if key.id.hex() != key_id:
        raise ConfigurationError(
            f"the key of {key.name} has the id {key.id.hex()}, not {key_id}: a letter is wrong"
        )
    return key


def _signature(line: str) -> tuple[str, bytes]:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    data = _decode(encoded)
    if not line.startswith(_DASH) or not name or not space or len(data) < 5:
        raise ReplayMismatch(f"no signature line: {line[:60]!r}")
    return name, data


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decode(text: str) -> bytes:
    try:
        return from_base64(text)
    except ValueError:
        return b""
