"""What an audit finds: one finding for each thing that is not as it must be, and the account of the whole.

Pure: values. Who collects findings decides what becomes of them; an audit never keeps them all.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

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
    CHECKPOINT = "checkpoint disagrees"
    SIGNATURE = "signature does not fit"
    ARCHIVE = "archive damaged"
    ERASURE = "erased by nobody"


class Tolerance(StrEnum):
    """Findings that need not be anybody's fault: an auditor may say that they are well."""

    PENDING = "pending"
    PRODUCER = "producer"
    ENVIRONMENT = "environment"
    DEAD_LETTERS = "dead-letters"


TOLERATES: Mapping[Tolerance, Kind] = {
    Tolerance.PENDING: Kind.PENDING,
    Tolerance.PRODUCER: Kind.PRODUCER,
    Tolerance.ENVIRONMENT: Kind.ENVIRONMENT,
    Tolerance.DEAD_LETTERS: Kind.DERIVES_NOW,
}


class Outcome(StrEnum):
    """What an audit came to for one record of `news`."""

    IDENTICAL = "identical"
    DIFFERENT = "with findings"
    SEALED = "as sealed, not derived again"
    WITHDRAWN = "withheld or canceled"
    DEAD_LETTERED = "dead-lettered"
    IGNORED = "no newer revision"
    PENDING = "not derived yet"


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


@dataclass
class Account:
    """What an audit has counted; `checkpoints` is how many agreed."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    findings: Counter[Kind] = field(default_factory=Counter)
    records: int = 0
    checkpoints: int = 0
    producers: Counter[str] = field(default_factory=Counter)
    """Manifests by who derived them: version, build and configuration."""
    erased: Counter[str] = field(default_factory=Counter)
    """Records whose content was erased, by when, by whose signature and why."""

    def is_well(self, tolerated: frozenset[Tolerance] = frozenset()) -> bool:
        """Is there no finding but tolerated ones?"""
        fine = {TOLERATES[one] for one in tolerated}
        return not any(count for kind, count in self.findings.items() if kind not in fine)
