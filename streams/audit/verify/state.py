"""What the parts of an audit share: a revision to be checked, the code that derives here, and the running account.

Pure: values.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from readout.schemas.event import Producer
from readout.schemas.ids import text_sha256
from readout.schemas.manifests import ManifestSealed
from readout.schemas.news import ArticlePublished
from readout.streams.audit.facts import source_position
from readout.streams.audit.findings import Account, Report
from readout.streams.audit.proof.notes import PublicKey
from readout.streams.audit.scratch import Scratch
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.origin import Offsets, Position, offsets_of
from readout.streams.log.topics import NEWS
from readout.streams.processors.records import Derivation, article_event_id
from readout.streams.settings import Settings

if TYPE_CHECKING:
    from readout.streams.processors.consolidation.reports import Knowledge

DeriveOlder = Callable[[Sequence[ArticlePublished]], Awaitable[Sequence[Derivation | None]]]
"""Derives articles with the code of another build; None where that derives nothing."""


@dataclass(frozen=True, slots=True)
class Revision:
    """An article and its manifest, to be checked.

    `article` is None if it cannot be read, `seal` and `manifest` if there is none or it cannot be read; `again`
    is true where the same revision was derived before, by older code, and `has_dead_letter` where there is one.
    Where the record of `news` was deleted with the beginning of its partition, `is_deleted` is true, and `source`
    is the manifest's.
    """

    source: StoredRecord
    article: ArticlePublished | None
    previous: ManifestSealed | None
    seal: StoredRecord | None
    manifest: ManifestSealed | None
    again: bool = False
    has_dead_letter: bool = False
    is_deleted: bool = False

    @property
    def offsets(self) -> Offsets:
        """The offsets of the record of `news`, newest first; what its manifest says where it was deleted."""
        said = source_position(self.source) if self.is_deleted else None
        return (said[1],) if said else offsets_of(self.source)

    def __str__(self) -> str:
        """Which article and revision, or where it is."""
        known = self.article or self.manifest
        if known is None:
            return f"the record at offset {self.source.offset} of {self.source.topic}"
        return f"article {known.article_id!r} revision {known.revision}"


@dataclass(frozen=True, slots=True)
class AuditState:
    """What an audit remembers, counts and reports.

    `keys` may sign erasures, None believes whoever says so; `unavailable` are the producers that were reported;
    `begins` says at which offset each partition begins today, by topic and number.
    """

    scratch: Scratch
    account: Account
    report: Report
    keys: tuple[PublicKey, ...] | None = None
    unavailable: set[Producer] = field(default_factory=set)
    begins: dict[tuple[str, int], int] = field(default_factory=dict)

    def is_of_deleted(self, source: Position | None, number: int) -> bool:
        """Was the record of `news` that something is of deleted, with the beginning of its partition?"""
        return source is not None and source[0] == 0 and source[1] < self.begins.get((NEWS.stem, number), 0)

    def is_cut(self, stem: str, number: int) -> bool:
        """Was the beginning of a partition deleted?"""
        return self.begins.get((stem, number), 0) > 0


@dataclass(frozen=True, slots=True)
class InstalledCode:
    """The code that derives here, the machine that it runs on, its limits, and older code that is kept."""

    producer: Producer
    environment: str
    settings: Settings
    older: Mapping[Producer, DeriveOlder] = field(default_factory=dict)

    @property
    def knowledge(self) -> "Knowledge":
        """What the consolidation knows beforehand."""
        # Who only proves or checks need not wait for it.
        from readout.streams.consolidate.knowledge import load_knowledge  # noqa: PLC0415

        return load_knowledge(self.settings)

    def can_derive(self, producer: Producer) -> bool:
        """Is this code at hand?"""
        return producer == self.producer or producer in self.older


def is_sealed_text(article: ArticlePublished, manifest: ManifestSealed) -> bool:
    """Is the article's text the one that was sealed? Two digests of it must be wrong before the text is."""
    if manifest.text_sha256 == text_sha256(article.body):
        return True
    return manifest.article_event_id == article_event_id(article)
