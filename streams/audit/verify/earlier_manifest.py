"""What the manifest of an earlier revision must have said, where the beginning of its partition was deleted.

A later manifest lists what it takes back, and the bytes of each withdrawal follow from the later article. So an
earlier manifest is taken to have had just those records, if there can have been one: the later manifest and all
of its records are then compared to the byte as ever. Whether the earlier one had more, nobody can say any more.

Pure: an article and its manifest in, a manifest or nothing out.
"""

from dataclasses import dataclass

from readout.schemas.contact_log import ContactLogged
from readout.schemas.entities import EntityMentioned
from readout.schemas.manifests import ManifestSealed, SealedRecord
from readout.schemas.news import ArticlePublished
from readout.schemas.statements import StatementAttributed
from readout.schemas.withdrawals import WithdrawalReason
from readout.streams.processors.sealing import reason_of, withdrawal

_TYPES = {event.topic: event.event_type for event in (EntityMentioned, StatementAttributed, ContactLogged)}
_NO_CODE = "0" * 64


@dataclass(frozen=True, slots=True)
class EarlierManifest:
    """A manifest that must have been there; `again` is true where newer code derived its revision once more."""

    manifest: ManifestSealed
    again: bool


def earlier_manifest(article: ArticlePublished, manifest: ManifestSealed) -> EarlierManifest | None:
    """The least that an earlier manifest must have said; None if this one does not ask for any, or cannot."""
    if manifest.outcome == "dead-lettered":
        is_possible = article.revision > 1 and all(_TYPES.get(one.topic) == one.type for one in manifest.live)
        return _superseded(manifest, manifest.live) if manifest.live and is_possible else None
    if not manifest.withdrawn:
        return None
    gone = _gone(article, manifest, reason_of(article))
    if gone and article.revision > 1:
        return _superseded(manifest, gone)
    gone = _gone(article, manifest, "rederived") if article.status == "usable" else ()
    return _rederived(manifest, gone) if gone else None


def _gone(
    article: ArticlePublished, manifest: ManifestSealed, reason: WithdrawalReason
) -> tuple[SealedRecord, ...]:
    """What was taken back; empty if a withdrawal in the manifest is not the one that follows from the article."""
    gone = []
    for line in manifest.withdrawn:
        if line.topic not in _TYPES:
            return ()
        record = SealedRecord(
            topic=line.topic, type=_TYPES[line.topic], record_id=line.record_id, sha256=line.sha256
        )
        if withdrawal(article, record, manifest.producer, reason)[1] != line:
            return ()
        gone.append(record)
    return tuple(gone)


def _superseded(manifest: ManifestSealed, live: tuple[SealedRecord, ...]) -> EarlierManifest:
    earlier = {"revision": manifest.revision - 1, **_as_derived(live)}
    return EarlierManifest(manifest.model_copy(update=earlier), again=False)


def _rederived(manifest: ManifestSealed, live: tuple[SealedRecord, ...]) -> EarlierManifest:
    other = manifest.producer.model_copy(update={"build": _NO_CODE, "version": "deleted"})
    return EarlierManifest(manifest.model_copy(update={"producer": other, **_as_derived(live)}), again=True)


def _as_derived(live: tuple[SealedRecord, ...]) -> dict[str, object]:
    return {"status": "usable", "outcome": "derived", "reason": None, "live": live, "withdrawn": ()}
