"""What an audit finds: one finding for each thing that is not as it must be, and the account of the whole.

Pure: values. Who collects findings decides what becomes of them; an audit never keeps them all.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from readout.streams.kafka.connection import Partition, StoredRecord


class Kind(StrEnum):
    """What is wrong."""

    DIFFERS = "differs"
    ENVIRONMENT = "differs in this environment"
    MISSING = "missing"
    EXTRA = "extra"
    DUPLICATE = "duplicate"
    WRONG_KEY = "wrong key"
    WRONG_PARTITION = "wrong partition"
    OUT_OF_ORDER = "out of order"
    HEADERS = "headers disagree"
    EVIDENCE = "evidence does not hold"
    MANIFEST = "manifest disagrees"
    UNREADABLE = "unreadable"
    DEAD_LETTER = "dead letter disagrees"
    DERIVES_NOW = "dead letter could be derived"
    PRODUCER = "producer not available here"
    PENDING = "not derived yet"
    TRUNCATED = "truncated"
    BEGINNING = "beginning deleted"
    CHECKPOINT = "checkpoint disagrees"
    NOT_COMPARED = "checkpoint not compared"
    NO_CHECKPOINT = "no checkpoint"
    SIGNATURE = "signature does not fit"
    ARCHIVE = "archive damaged"
    ERASURE = "erased by nobody"


NOT_CHECKED = frozenset({Kind.PRODUCER, Kind.ENVIRONMENT})
"""What code and machine at hand cannot check. Nobody can declare it well: a forger would claim other code."""


class Status(IntEnum):
    """What an audit comes to; the exit status of a command."""

    WELL = 0
    FINDING = 1
    NOT_CHECKED = 3


class Tolerance(StrEnum):
    """Findings that need not be anybody's fault: an auditor may say that they are well."""

    PENDING = "pending"
    DEAD_LETTERS = "dead-letters"
    DELETED_BEGINNING = "deleted-beginning"


TOLERATES: Mapping[Tolerance, Kind] = {
    Tolerance.PENDING: Kind.PENDING,
    Tolerance.DEAD_LETTERS: Kind.DERIVES_NOW,
    Tolerance.DELETED_BEGINNING: Kind.BEGINNING,
}


class Outcome(StrEnum):
    """What an audit came to for one record of `news`."""

    IDENTICAL = "identical"
    DIFFERENT = "with findings"
    SEALED = "as sealed, outside the sample"
    NOT_CHECKED = "as sealed, not derived again"
    WITHDRAWN = "withheld or canceled"
    DEAD_LETTERED = "dead-lettered"
    IGNORED = "no newer revision"
    PENDING = "not derived yet"
    DELETED = "article or manifest deleted"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of a value that is not what was derived; both as JSON, None where there is no such field."""

    path: str
    expected: str | None
    found: str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong, and where: the offset of the record, or where a missing one belongs."""

    kind: Kind
    topic: str
    partition: int
    offset: int
    detail: str
    article_id: str | None = None
    revision: int | None = None
    differences: tuple[Difference, ...] = ()

    def __str__(self) -> str:
        """One line: where, what, why."""
        fields = "".join(
            f"; {one.path}: expected {one.expected}, found {one.found}" for one in self.differences
        )
        return f"{self.topic}/{self.partition}@{self.offset}: {self.kind}: {self.detail}{fields}"


Report = Callable[[Finding], None]


def at(record: StoredRecord, kind: Kind, detail: str, differences: tuple[Difference, ...] = ()) -> Finding:
    """A finding about a record."""
    return Finding(kind, record.topic, record.partition, record.offset, detail, differences=differences)


def near(place: Partition, offset: int, kind: Kind, detail: str) -> Finding:
    """A finding about a place where no record is."""
    return Finding(kind, place.topic, place.number, offset, detail)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far signed checkpoints cover a partition: up to before `signed`, and `unsigned` records after that."""

    signed: int
    unsigned: int


@dataclass
class Account:
    """What an audit has counted; `checkpoints` is how many agreed, `archive` who vouches for an archive."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    findings: Counter[Kind] = field(default_factory=Counter)
    records: int = 0
    proved: int = 0
    """Records before the checkpoints that were gone on from: compared with them, and not derived again."""
    checkpoints: int = 0
    producers: Counter[str] = field(default_factory=Counter)
    """Manifests by who derived them: version, build and configuration."""
    erased: Counter[str] = field(default_factory=Counter)
    """Records whose content was erased, by when, by whose signature and why."""
    coverage: dict[Partition, Coverage] = field(default_factory=dict)
    """Of each partition that has records."""
    archive: str | None = None
    links: list[str] = field(default_factory=list)
    """Which logs this one was copied from, as its links say."""

    def status(self, tolerated: frozenset[Tolerance] = frozenset()) -> Status:
        """What all of it comes to."""
        left = {kind for kind, count in self.findings.items() if count}
        left -= {TOLERATES[one] for one in tolerated}
        if left - NOT_CHECKED:
            return Status.FINDING
        return Status.NOT_CHECKED if left or self.outcomes[Outcome.NOT_CHECKED] else Status.WELL
