"""Seal an article revision: what it adds, what it takes back, and the manifest that says so.

Reads:  a derivation, and the last manifest of the same article
Writes: the derived records, RecordWithdrawn for those that are gone, ManifestSealed last
Pure:   the state is the last manifest, which the caller reads from the log.

The outcome is a fold: `usable` replaces what is live, `withheld` empties it until a later usable revision,
`canceled` empties it for good. A revision that is not newer than the sealed one changes nothing.
"""

from collections.abc import Iterable

from readout.schemas.envelope import Record, encode_value
from readout.schemas.event import Producer
from readout.schemas.manifests import ManifestSealed, Outcome, SealedRecord
from readout.schemas.news import ArticlePublished
from readout.schemas.provenance import derived_from
from readout.schemas.withdrawals import RecordWithdrawn, WithdrawalReason
from readout.streams.processors.records import Derivation, article_event_id, encode_record, sealed


def is_news(article: ArticlePublished, previous: ManifestSealed | None) -> bool:
    """Does this revision change anything? A dead-lettered one may be tried again."""
    if previous is None:
        return True
    if previous.status == "canceled":
        return False
    if previous.outcome == "dead-lettered":
        return article.revision >= previous.revision
    return article.revision > previous.revision


def contradicts(article: ArticlePublished, previous: ManifestSealed | None) -> bool:
    """Is this another content under an id and revision that are sealed already?"""
    if previous is None or article.revision != previous.revision or is_news(article, previous):
        return False
    return previous.article_event_id != article_event_id(article)


def plan(
    article: ArticlePublished,
    derivation: Derivation | None,
    previous: ManifestSealed | None,
    producer: Producer,
) -> tuple[Record, ...]:
    """All records that an article revision writes, the manifest last; empty if it changes nothing.

    Args:
        article: the revision.
        derivation: its derived records; None unless the article is usable.
        previous: the last manifest of the article, from the log.
        producer: who derives, for withdrawals and the manifest.
    """
    if not is_news(article, previous):
        return ()
    return _written(article, derivation, previous, producer, reason_of(article))


def plan_again(
    article: ArticlePublished, derivation: Derivation, previous: ManifestSealed | None, producer: Producer
) -> tuple[Record, ...]:
    """All records that newer code writes for a revision that is sealed already; empty if it has nothing to say.

    What was live and is not derived any more is withdrawn as `rederived`. Only the last usable revision of an
    article is derived again, and only by another producer than sealed it.
    """
    if previous is None or previous.producer == producer or previous.revision != article.revision:
        return ()
    if previous.outcome == "dead-lettered":
        return plan(article, derivation, previous, producer)
    if article.status != "usable":
        return ()
    return _written(article, derivation, previous, producer, "rederived")


def seal_dead_letter(
    article: ArticlePublished, previous: ManifestSealed | None, producer: Producer, reason: str
) -> tuple[Record, ...]:
    """The manifest of a revision on which a processor broke: what was live stays live."""
    if not is_news(article, previous):
        return ()
    live = previous.live if previous else ()
    return (_manifest(article, producer, outcome="dead-lettered", reason=reason, live=live),)


def _written(
    article: ArticlePublished,
    derivation: Derivation | None,
    previous: ManifestSealed | None,
    producer: Producer,
    reason: WithdrawalReason,
) -> tuple[Record, ...]:
    live = derivation.live if derivation else ()
    gone = _gone(previous.live if previous else (), live)
    withdrawals = [withdrawal(article, line, producer, reason) for line in gone]
    manifest = _manifest(
        article,
        producer,
        outcome="derived" if derivation else "withdrawn",
        live=live,
        withdrawn=tuple(line for _, line in withdrawals),
    )
    written = derivation.records if derivation else ()
    return (*written, *(record for record, _ in withdrawals), manifest)


def _gone(before: Iterable[SealedRecord], live: Iterable[SealedRecord]) -> list[SealedRecord]:
    kept = {(line.type, line.record_id) for line in live}
    return [line for line in before if (line.type, line.record_id) not in kept]


def reason_of(article: ArticlePublished) -> WithdrawalReason:
    """Why a newer revision takes records back."""
    return "superseded" if article.status == "usable" else article.status


def withdrawal(
    article: ArticlePublished, gone: SealedRecord, producer: Producer, reason: WithdrawalReason
) -> tuple[Record, SealedRecord]:
    """The record that takes back one that is gone, and its line in the manifest."""
    event = RecordWithdrawn(
        **derived_from(article, producer),
        record_id=gone.record_id,
        record_type=gone.type,
        reason=reason,
    )
    value = encode_value(event)
    cause = article_event_id(article)
    record = encode_record(event, topic=gone.topic, article=article, causation_id=cause, value=value)
    return record, sealed(gone.topic, event.event_type, gone.record_id, value)


def _manifest(
    article: ArticlePublished,
    producer: Producer,
    *,
    outcome: Outcome,
    live: tuple[SealedRecord, ...],
    withdrawn: tuple[SealedRecord, ...] = (),
    reason: str | None = None,
) -> Record:
    cause = article_event_id(article)
    event = ManifestSealed(
        **derived_from(article, producer),
        article_event_id=cause,
        status=article.status,
        outcome=outcome,
        reason=reason,
        live=live,
        withdrawn=withdrawn,
    )
    value = encode_value(event)
    return encode_record(event, topic=event.topic, article=article, causation_id=cause, value=value)
