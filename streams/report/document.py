"""One article as a page shows it: its revisions with the words marked, and every record with its very bytes.

Pure: the history of an article in, plain data out. A record travels as the log holds it, so that what the page
shows is read from the bytes that it checks. Without text, bodies and everything that quotes them are left out, and
of each record stay its spans and the digest that its leaf has.
"""

import base64
from collections.abc import Iterator

from readout.schemas.contact_log import ContactLogged
from readout.schemas.entities import EntityMentioned
from readout.schemas.event import DerivedEvent
from readout.schemas.statements import StatementAttributed
from readout.schemas.withdrawals import RecordWithdrawn
from readout.streams.audit.proof.leaves import content_digest
from readout.streams.audit.verify.record_checks import id_of
from readout.streams.report.history import History, Revision
from readout.streams.report.kept import Json, Kept, name_key
from readout.streams.report.marking import PARTS, marked_words
from readout.streams.report.segments import Mark, segments_of
from readout.streams.report.summary import last_title, title_of

_KINDS = {ContactLogged: "contact", StatementAttributed: "statement", EntityMentioned: "name"}


def document_of(history: History, *, with_text: bool = True) -> Json | None:
    """The document of an article; None where the log has no readable revision of it."""
    latest = history.latest
    if latest is None:
        return None
    numbers = {one.number: index for index, one in enumerate(history.records)}
    article = latest.article
    return {
        "id": article.article_id,
        "title": last_title(history, latest) if with_text else None,
        "published": article.published_at,
        "source": article.source.model_dump() if article.source else None,
        "byline": article.byline,
        "status": article.status,
        "text": with_text,
        "revisions": [_revision(one, numbers, with_text=with_text) for one in history.revisions],
        "records": [_record(one, history, with_text=with_text) for one in history.records],
        "withdrawn": list(_withdrawn(history)),
    }


def _revision(revision: Revision, numbers: dict[int, int], *, with_text: bool) -> Json:
    article, manifest = revision.article, revision.manifest
    return {
        "revision": article.revision,
        "status": article.status,
        "title": title_of(article) if with_text else None,
        "headline": article.headline is not None,
        "published": article.published_at,
        "reason": article.reason,
        "recorded": revision.kept.recorded,
        "outcome": manifest.outcome if manifest else None,
        "why": manifest.reason if manifest else None,
        "marks": _marks(revision, numbers),
        "segments": _segments(revision, numbers) if with_text else [],
        "records": [numbers[one.number] for one in revision.records],
        "log": stored_json(revision.kept, with_text=with_text),
    }


def _marks(revision: Revision, numbers: dict[int, int]) -> list[tuple[int, int, int, int]]:
    """Every stretch that a record of the revision points to: whose it is, its part, start and end."""
    return [
        (numbers[one.number], PARTS.index(part), words.start, words.end)
        for one in revision.records
        if one.event is not None
        for part, words in marked_words(one.event)
    ]


def _segments(revision: Revision, numbers: dict[int, int]) -> list[tuple[str, tuple[int, ...]]]:
    """The body, cut where marks begin and end; the numbers are indexes of `marks`."""
    marks = _marks(revision, numbers)
    spans = [Mark(start, end, number) for number, (_, _, start, end) in enumerate(marks)]
    return segments_of(revision.article.body, spans)


def _record(one: Kept, history: History, *, with_text: bool) -> Json:
    event = one.event
    return {
        "id": id_of(event) if event else None,
        "kind": _KINDS.get(type(event), "") if event else "",
        "revision": event.revision if isinstance(event, DerivedEvent) else None,
        "live": one.digest in history.live,
        "listed": one.digest not in history.unlisted,
        "log": stored_json(one, with_text=with_text),
        **({} if with_text else {"facts": _facts(one)}),
    }


def _facts(one: Kept) -> Json:
    """What remains of a record where its article's words may not be shown."""
    match one.event:
        case ContactLogged() as contact:
            return {
                "parties": [[party.name, party.country, party.part] for party in contact.participants],
                "mode": contact.mode,
                "status": contact.status,
                "date": contact.occurred_on.date,
            }
        case StatementAttributed() as statement:
            source = statement.source.name if statement.source else None
            return {"source": source, "kind": statement.kind, "status": statement.status}
        case EntityMentioned() as entity:
            return {"name": entity.name, "key": name_key(entity.name), "type": entity.type}
    return {}


def _withdrawn(history: History) -> Iterator[Json]:
    for one in history.withdrawn:
        if isinstance(one.event, RecordWithdrawn):
            yield {
                "id": one.event.record_id,
                "type": one.event.record_type,
                "revision": one.event.revision,
                "reason": one.event.reason,
                "where": one.where,
                "recorded": one.recorded,
            }


def stored_json(one: Kept, *, with_text: bool = True) -> Json:
    """A record as its leaf is made of it; without text the digest of its content alone."""
    record = one.record
    place = {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "timestamp": record.timestamp,
        "timestamp_type": record.timestamp_type,
        "leaf": one.leaf,
    }
    if not with_text:
        return {**place, "content": base64.b64encode(content_digest(record)).decode(), "sha256": one.digest}
    headers = [[name, _bytes(data)] for name, data in record.headers]
    return {**place, "key": _bytes(record.key), "value": _bytes(record.value), "headers": headers}


def _bytes(data: bytes | None) -> str | Json | None:
    """Bytes as the text that they are, since nearly all are; those that are none in base64."""
    if data is None:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}
