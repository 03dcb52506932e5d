"""What an article must have given rise to: the records and the manifest that follow from it.

With a derivation at hand every byte is known. Without one (another producer derived it, or it is left out of the
sample) the manifest says which records there are, and everything that follows from the manifest is still known: the
withdrawals, the manifest's own bytes, and the digests of all records.

Pure: a revision in, expectations out.
"""

from dataclasses import dataclass

from readout.schemas.envelope import Record
from readout.schemas.event import Producer
from readout.schemas.ids import sha256_hex
from readout.schemas.manifests import ManifestSealed, SealedRecord
from readout.schemas.news import ArticlePublished
from readout.streams.audit.verify.state import Revision
from readout.streams.processors.records import Derivation, DerivationFailure
from readout.streams.processors.sealing import plan, plan_again, seal_dead_letter


@dataclass(frozen=True, slots=True)
class Slot:
    """A record that must be there; `derived` and `sealed` are the digests that follow from article and manifest."""

    topic: str
    type: str
    record_id: str
    derived: str | None
    sealed: str | None
    record: Record | None
    """The record to the byte; None where only its digest is known."""

    @property
    def digests(self) -> tuple[bytes, ...]:
        """The digests by which the record is found, the better one first."""
        return tuple(bytes.fromhex(one) for one in (self.derived, self.sealed) if one)


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be in the log for a revision; `seal` is the manifest's record, None where nobody can say."""

    slots: tuple[Slot, ...]
    seal: Record | None


def expect(
    revision: Revision, derived: Derivation | DerivationFailure | None, producer: Producer
) -> Expected:
    """The expectations of a revision; where nothing says who derived it, `producer` is taken to have."""
    manifest = revision.manifest
    if revision.article is None:
        return Expected(_slots((), (), manifest), None)
    by = manifest.producer if manifest else producer
    records = _planned(revision, revision.article, derived, by)
    if not records:
        return Expected(_slots((), (), manifest), None)
    seal = ManifestSealed.model_validate_json(records[-1].value or b"")
    return Expected(_slots(_lines(seal), records[:-1], manifest), records[-1])


def _planned(
    revision: Revision,
    article: ArticlePublished,
    derived: Derivation | DerivationFailure | None,
    producer: Producer,
) -> tuple[Record, ...]:
    manifest, previous = revision.manifest, revision.previous
    if manifest is not None and manifest.outcome == "dead-lettered":
        return seal_dead_letter(article, previous, producer, manifest.reason or "")
    if isinstance(derived, DerivationFailure):
        return () if manifest else seal_dead_letter(article, previous, producer, _reason(derived))
    if derived is None and article.status == "usable":
        if manifest is None:
            return ()
        derived = Derivation(article, (), manifest.live)
    if revision.again and derived is not None:
        return plan_again(article, derived, previous, producer)
    return plan(article, derived, previous, producer)


def _reason(failure: DerivationFailure) -> str:
    return f"{failure.error}: {failure.message}"[:500]


def _lines(manifest: ManifestSealed) -> tuple[SealedRecord, ...]:
    """The records that a revision wrote itself; what a dead-lettered one leaves live was written earlier."""
    return (*manifest.live, *manifest.withdrawn) if manifest.outcome == "derived" else manifest.withdrawn


def _slots(
    lines: tuple[SealedRecord, ...], records: tuple[Record, ...], manifest: ManifestSealed | None
) -> tuple[Slot, ...]:
    bytes_of = {sha256_hex(record.value or b""): record for record in records}
    sealed = {_key(line): line.sha256 for line in (_lines(manifest) if manifest else ())}
    slots = []
    for line in lines:
        said = sealed.pop(_key(line), None)
        slots.append(
            Slot(line.topic, line.type, line.record_id, line.sha256, said, bytes_of.get(line.sha256))
        )
    return (*slots, *(Slot(*key, None, digest, None) for key, digest in sealed.items()))


def _key(line: SealedRecord) -> tuple[str, str, str]:
    return line.topic, line.type, line.record_id
