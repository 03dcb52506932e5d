"""Pages of `seals`: what the manifests of one stretch of a partition say, packed, so that few records are read.

Key:     the offset of the first manifest of the stretch, so that compaction keeps the newest page of each
Value:   canonical JSON; `entries` is base64 of an entry of 76 bytes for each manifest, in the order of the log
Headers: CloudEvents; the id is the sha256 of the value
Each page names the digest of the page before it: pages that do not belong together are not taken for a whole.

Pure: values in, values out. docs/formats.md has the bytes.
"""

import base64
import binascii
import hashlib
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Self, get_args

import orjson

from readout.schemas.envelope import SALT, Record, canonical_json, to_headers
from readout.schemas.ids import sha256_hex
from readout.schemas.manifests import Outcome
from readout.streams.errors import InvalidRecord
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.origin import Position

EVENT_TYPE = "readout.seals.paged.v1"
SOURCE = "urn:readout:derive"
ENTRY = struct.Struct(">16sq32sqBxxxq")
# The same without the digest, of which the mark keeps 48 bits, and with the key as two integers.
_BRIEF = struct.Struct(">qqq32xqBxxxq")
_OUTCOMES = get_args(Outcome)
_DEAD_LETTERED = _OUTCOMES.index("dead-lettered")
UNREADABLE = len(_OUTCOMES)
_KEY = struct.Struct(">qq")
_LARGEST = 2**63 - 1
_MARKED = struct.Struct(">16sq32sqB")


class BriefSeal(NamedTuple):
    """What an index keeps of a seal: not the digest, for which the mark stands; the key as two integers."""

    high: int
    low: int
    offset: int
    revision: int
    outcome: int
    mark: int

    def settles(self, revision: int) -> bool:
        """Is this revision of the article sealed for good? A dead-lettered one may be tried again."""
        return self.outcome not in (_DEAD_LETTERED, UNREADABLE) and revision <= self.revision


class Seal(NamedTuple):
    """Where an article's manifest stands, and what tells it from every other record.

    `key` is a hash of the article id, `digest` one of the manifest's salt and value; `outcome` is the position
    among the outcomes of manifests, `UNREADABLE` for a value that is no manifest. `mark` is a check of the others.
    """

    key: bytes
    offset: int
    digest: bytes
    revision: int
    outcome: int
    mark: int

    @property
    def brief(self) -> BriefSeal:
        """The seal without its digest."""
        return BriefSeal(*key_numbers(self.key), *self[1:2], *self[3:])


def article_key(article_id: bytes) -> bytes:
    """The 16 bytes by which an article is found."""
    return hashlib.blake2b(article_id, digest_size=16).digest()


def key_numbers(key: bytes) -> tuple[int, int]:
    """The key as two signed integers of 64 bits."""
    high, low = _KEY.unpack(key)
    return high, low


def seal_of(manifest: StoredRecord) -> Seal:
    """The seal of a manifest as it stands in the log; any bytes have one."""
    revision, outcome = _said(manifest.value)
    place = (
        article_key(manifest.key or b""),
        manifest.offset,
        manifest_digest(manifest),
        revision,
        outcome,
    )
    return Seal(*place, _mark(*place))


def manifest_digest(manifest: StoredRecord) -> bytes:
    """The sha256 of salt and value: the salt is drawn for each record, so that no other log has one like it."""
    salt = next((text for name, text in manifest.headers if name == SALT and text is not None), b"")
    return hashlib.sha256(b"%b\n%b" % (salt, manifest.value or b"")).digest()


@dataclass(frozen=True, slots=True)
class SealPage:
    """A stretch of manifests.

    Attributes:
        first: where it begins, the offset after the last manifest of the page before it; 0 for the first page.
        entries: packed seals, in the order of the log.
        previous: the digest of the page before it, in hexadecimal; empty for the first.
        began: where in `seals` these pages begin; those of a chain that began earlier count no more.
        news: the latest record of `news` that the manifests up to its end account for; None if none says.
        letters: the dead letters before this offset are accounted for by `news`.
    """

    first: int
    entries: bytes
    previous: str
    began: int
    news: Position | None
    letters: int

    @property
    def last(self) -> Seal:
        """Its last seal."""
        return Seal(*ENTRY.unpack(self.entries[-ENTRY.size :]))

    @property
    def next(self) -> int:
        """The offset after its last manifest."""
        return self.last.offset + 1

    def seals(self) -> Iterator[Seal]:
        """Its seals, in the order of the log."""
        yield from map(Seal._make, ENTRY.iter_unpack(self.entries))

    def rows(self) -> Iterator[tuple[int, ...]]:
        """Its seals as `BriefSeal` has them, quickly."""
        return _BRIEF.iter_unpack(self.entries)

    def value(self) -> bytes:
        """The canonical JSON."""
        return canonical_json(
            {
                "began": self.began,
                "entries": base64.b64encode(self.entries).decode(),
                "first": self.first,
                "letters": self.letters,
                "news": self.news,
                "previous": self.previous,
            }
        )

    @property
    def digest(self) -> str:
        """The sha256 of its value, by which the next page names it."""
        return sha256_hex(self.value())

    @classmethod
    def read(cls, record: StoredRecord) -> Self:
        """The page that a record of `seals` holds.

        Raises:
            InvalidRecord: it holds none, or not the one that was written.
        """
        value = record.value or b""
        if dict(record.headers).get("ce_id") != sha256_hex(value).encode():
            raise InvalidRecord("the record is not what its ce_id says")
        try:
            page = cls._from(orjson.loads(value))
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, binascii.Error) as error:
            raise InvalidRecord(f"no page of seals: {error}") from None
        if not page.entries or len(page.entries) % ENTRY.size or page.value() != value:
            raise InvalidRecord("no page of seals: it is written otherwise")
        return page

    @classmethod
    def _from(cls, data: Any) -> Self:  # noqa: ANN401 - any JSON
        match data:
            case {
                "began": int(began),
                "entries": str(entries),
                "first": int(first),
                "letters": int(letters),
                "news": [int(), int()] | None as news,
                "previous": str(previous),
            }:
                position = news and (news[0], news[1])
                packed = base64.b64decode(entries, validate=True)
                return cls(first, packed, previous, began, position, letters)
        raise ValueError("a field is missing")


def pack(seals: Iterable[Seal]) -> bytes:
    """Seals as the entries of a page."""
    return b"".join(ENTRY.pack(*seal) for seal in seals)


def page_record(page: SealPage, stem: str) -> Record:
    """A page as a record of `seals`."""
    value = page.value()
    attributes = {
        "specversion": "1.0",
        "id": sha256_hex(value),
        "source": SOURCE,
        "type": EVENT_TYPE,
        "subject": str(page.first),
    }
    return Record(stem, str(page.first).encode(), value, to_headers(attributes))


def _said(value: bytes | None) -> tuple[int, int]:
    """Revision and outcome, without looking at the rest."""
    try:
        data = orjson.loads(value or b"")
        revision, outcome = int(data["revision"]), _OUTCOMES.index(data["outcome"])
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return 0, UNREADABLE
    return (revision, outcome) if revision <= _LARGEST else (0, UNREADABLE)


def _mark(key: bytes, offset: int, digest: bytes, revision: int, outcome: int) -> int:
    """48 bits, so that 32,000 of them can be added up in SQLite."""
    packed = _MARKED.pack(key, offset, digest, revision, outcome)
    return int.from_bytes(hashlib.blake2b(packed, digest_size=6).digest())
