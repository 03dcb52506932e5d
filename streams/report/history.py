"""What the log says of one article: its revisions, the records of each, what holds now, and what was taken back.

Pure: the records of one article in, in any order between topics; offsets order those of each topic.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from readout.schemas.contact_log import ContactLogged
from readout.schemas.entities import EntityMentioned
from readout.schemas.event import Event
from readout.schemas.manifests import ManifestSealed
from readout.schemas.news import ArticlePublished
from readout.schemas.statements import StatementAttributed
from readout.schemas.withdrawals import RecordWithdrawn
from readout.streams.report.kept import Kept

Said = EntityMentioned | StatementAttributed | ContactLogged


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision: the article, its record, the manifest that sealed it (None before), and the records of it."""

    article: ArticlePublished
    kept: Kept
    manifest: ManifestSealed | None
    records: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class History:
    """An article through time.

    Attributes:
        revisions: in the order of publication.
        records: everything that was ever derived from it, in the order of topics and offsets.
        live: digests of those that hold now.
        unlisted: digests of those that no manifest lists: not sealed yet, changed, or nobody's.
        withdrawn: the withdrawals.
    """

    revisions: tuple[Revision, ...]
    records: tuple[Kept, ...]
    live: frozenset[str]
    unlisted: frozenset[str]
    withdrawn: tuple[Kept, ...]

    @property
    def latest(self) -> Revision | None:
        """The last revision that is sealed; the last of all where none is."""
        sealed = [one for one in self.revisions if one.manifest is not None]
        found = sealed or list(self.revisions)
        return max(found, key=lambda one: one.article.revision) if found else None


@dataclass
class _Sorted:
    """The records of an article by kind."""

    articles: list[tuple[ArticlePublished, Kept]] = field(default_factory=list)
    manifests: list[ManifestSealed] = field(default_factory=list)
    records: list[Kept] = field(default_factory=list)
    withdrawn: list[Kept] = field(default_factory=list)


def history_of(records: Iterable[Kept]) -> History:
    """The history of one article, from all its records; those that cannot be read are left out."""
    found = _sorted(records)
    effective = [one for one in found.manifests if one.outcome != "dead-lettered"]
    live = frozenset(line.sha256 for line in effective[-1].live) if effective else frozenset()
    return History(
        revisions=tuple(_revisions(found)),
        records=tuple(found.records),
        live=live,
        unlisted=frozenset(one.digest for one in found.records) - _listed(found.manifests),
        withdrawn=tuple(found.withdrawn),
    )


def _listed(manifests: Iterable[ManifestSealed]) -> frozenset[str]:
    return frozenset(line.sha256 for manifest in manifests for line in manifest.live)


def _sorted(records: Iterable[Kept]) -> _Sorted:
    found = _Sorted()
    for one in sorted(records, key=lambda one: (one.record.topic, one.record.offset)):
        event: Event | None = one.event
        match event:
            case ArticlePublished():
                found.articles.append((event, one))
            case ManifestSealed():
                found.manifests.append(event)
            case RecordWithdrawn():
                found.withdrawn.append(one)
            case EntityMentioned() | StatementAttributed() | ContactLogged():
                found.records.append(one)
    return found


def _revisions(found: _Sorted) -> Iterable[Revision]:
    """Each published revision once: one that was published again adds nothing."""
    seen: set[str] = set()
    listed = _listed(found.manifests)
    unlisted = [one for one in found.records if one.digest not in listed]
    for article, one in found.articles:
        if one.digest in seen:
            continue
        seen.add(one.digest)
        manifest = _manifest_of(one, found.manifests)
        yield Revision(article, one, manifest, tuple(_records_of(article, manifest, found.records, unlisted)))


def _manifest_of(article: Kept, manifests: Sequence[ManifestSealed]) -> ManifestSealed | None:
    """The last one that names the event of the article, whose id is the digest of its value."""
    named = [one for one in manifests if one.article_event_id == article.digest]
    return named[-1] if named else None


def _records_of(
    article: ArticlePublished,
    manifest: ManifestSealed | None,
    records: Sequence[Kept],
    unlisted: Sequence[Kept],
) -> Iterator[Kept]:
    """What the manifest lists, then what says that it is of this revision and stands in no manifest."""
    listed = {line.sha256 for line in manifest.live} if manifest else set()
    yield from (one for one in records if one.digest in listed)
    for one in unlisted:
        if isinstance(one.event, Said) and one.event.revision == article.revision:
            yield one
