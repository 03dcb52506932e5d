"""The run facts of a record: what delivery writes beside the value, and what an audit asks of it.

Run facts differ from run to run, so they are not compared; they must be well formed, in their order, and agree
with where the record lies.

Pure: records in, values or complaints out.
"""

import datetime
from collections.abc import Iterator

from readout.schemas.envelope import Header, ce_time, cloudevents_attributes, to_headers
from readout.schemas.event import Event, Part
from readout.schemas.news import ArticlePublished
from readout.schemas.selector import Selector
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.origin import Offsets, Position, is_at, origin_of, own_headers
from readout.streams.log.run_facts import (
    RECORDED_TIME,
    RUN_FACTS,
    SOURCE_OFFSET,
    SOURCE_PARTITION,
    TRACE_CONTEXT,
)
from readout.streams.publish.publisher import SOURCE as PUBLISHED_BY_US


def source_position(record: StoredRecord) -> Position | None:
    """Where in `news` a record says that its article was; None if it does not say."""
    text = header(record, SOURCE_OFFSET)
    return (origin_of(record).restored, int(text)) if text and text.isdecimal() else None


def header(record: StoredRecord, name: str) -> str | None:
    """The text of a header; the last of a repeated one counts."""
    found = [text for key, text in record.headers if key == name and text is not None]
    return found[-1].decode(errors="replace") if found else None


def header_complaints(record: StoredRecord, expected: tuple[Header, ...], source: Offsets) -> Iterator[str]:
    """What is wrong with the headers of a derived record.

    Args:
        record: a derived record or manifest.
        expected: the headers that follow from its value, in order.
        source: the offsets in `news` of its article.
    """
    own = own_headers(record.headers)
    if own[: len(expected)] != expected:
        yield _difference(own, expected)
        return
    facts = own[len(expected) :]
    names = [name for name, _ in facts]
    if names != [name for name in RUN_FACTS if name in names]:
        yield f"run facts are {', '.join(names)}; known are {', '.join(RUN_FACTS)}, once each, in order"
    yield from _fact_complaints(record, source)


def news_header_complaints(record: StoredRecord, article: ArticlePublished) -> Iterator[str]:
    """What is wrong with the headers of a record of `news`: they follow from its value, but for a trace context."""
    source = (article.source and article.source.url) or PUBLISHED_BY_US
    attributes = cloudevents_attributes(article, record.value or b"", source=source, time=ce_time(article))
    own, expected = own_headers(record.headers), to_headers(attributes)
    if own[: len(expected)] != expected:
        yield _difference(own, expected)
        return
    names = [name for name, _ in own[len(expected) :]]
    if names != [name for name in TRACE_CONTEXT if name in names]:
        yield f"beside those that follow from the article it has {', '.join(names)}"


def _fact_complaints(record: StoredRecord, source: Offsets) -> Iterator[str]:
    if not _is_moment(header(record, RECORDED_TIME)):
        yield f"{RECORDED_TIME} is {header(record, RECORDED_TIME)!r}, no moment in RFC 3339"
    if header(record, SOURCE_PARTITION) != str(origin_of(record).partition):
        yield f"{SOURCE_PARTITION} is {header(record, SOURCE_PARTITION)}, not {origin_of(record).partition}"
    said = source_position(record)
    if said is None or not is_at(said, source):
        wanted = source[min(origin_of(record).restored, len(source) - 1)]
        yield f"{SOURCE_OFFSET} is {header(record, SOURCE_OFFSET)}, not {wanted}"


def _difference(own: tuple[Header, ...], expected: tuple[Header, ...]) -> str:
    found, wanted = dict(own), dict(expected)
    for name, text in expected:
        if name not in found:
            return f"{name} is absent"
        if found[name] != text:
            return f"{name} is {_text(found[name])}, not {_text(text)}"
    doubled = [name for name in wanted if sum(name == other for other, _ in own) > 1]
    if doubled:
        return f"{doubled[0]} is there more than once"
    return f"their order is {', '.join(name for name, _ in own[: len(expected)])}"


def _text(data: bytes | None) -> str:
    return "null" if data is None else repr(data.decode(errors="backslashreplace")[:80])


def _is_moment(text: str | None) -> bool:
    try:
        return text is not None and datetime.datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def selectors_of(event: Event) -> Iterator[tuple[str, Selector]]:
    """All selectors of an event, each with the path of its field."""
    yield from _selectors("", event)


def _selectors(path: str, value: object) -> Iterator[tuple[str, Selector]]:
    match value:
        case Selector():
            yield path.removeprefix("."), value
        case Part():
            for name, part in value:
                yield from _selectors(f"{path}.{name}", part)
        case tuple():
            for index, part in enumerate(value):
                yield from _selectors(f"{path}[{index}]", part)
