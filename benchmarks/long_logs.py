"""Simulated long logs: partitions that look like those of years, filled in a minute because nothing is derived.

Offsets, keys and sizes of pages are real. Of the manifests only the last of a log are (those that an opening looks
at); the others are fillers of a few bytes that take an offset each. What measures the way that reads all manifests
must not use these: `manifests_of_articles` writes real ones.
"""

import asyncio
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from confluent_kafka import Producer

from benchmarks.articles import generated_articles
from readout.schemas.envelope import SALT, Header, Record
from readout.streams.derive.environment import environment_text
from readout.streams.derive.language import load_language
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.run_facts import with_run_facts
from readout.streams.log.seal_pages import ENTRY, SealPage, pack, page_record, seal_of
from readout.streams.log.topics import MANIFESTS, NEWS, SEALS, ensure_topics, topic_name
from readout.streams.processors.derivation import derive_batch
from readout.streams.processors.records import Derivation
from readout.streams.processors.sealing import plan
from readout.streams.publish.publisher import article_record
from readout.streams.settings import Settings

PARTITION = 0
_PAGE = 1000
_PATTERNS = 8
_RECORDED = "2022-10-25T00:00:00.000Z"
_SALT: Header = (SALT, b"0123456789abcdef0123456789abcdef")
_ENTRY = np.dtype(
    [
        ("key", "V16"),
        ("offset", ">i8"),
        ("digest", "V32"),
        ("revision", ">i8"),
        ("outcome", "u1"),
        ("padding", "V3"),
        ("mark", ">i8"),
    ]
)


class _Filler:
    """Sends to one partition of any topics, as fast as the broker takes it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer = Producer(
            {
                "bootstrap.servers": settings.bootstrap_servers,
                "linger.ms": 50,
                "batch.size": 1_000_000,
                "message.max.bytes": settings.max_record_bytes,
                "enable.idempotence": True,
            }
        )

    def send(self, record: Record) -> None:
        name = topic_name(self._settings, record.topic)
        while True:
            try:
                self._producer.produce(
                    name, record.value, record.key, PARTITION, headers=list(record.headers)
                )
            except BufferError:
                self._producer.poll(0.2)
            else:
                self._producer.poll(0)
                return

    def flush(self) -> None:
        self._producer.flush()


def long_partition(settings: Settings, count: int) -> None:
    """A partition with so many manifests, a multiple of 1,000, each of its own article, and pages of them all."""
    asyncio.run(ensure_topics(settings))
    filler, patterns = _Filler(settings), real_manifests(settings)
    for _ in range(count - _PAGE):
        filler.send(Record(MANIFESTS.stem, b"filler", b"{}", ()))
        filler.send(Record(NEWS.stem, b"filler", b"{}", ()))
    last = [_manifest(patterns, offset) for offset in range(count - _PAGE, count)]
    for record in last:
        filler.send(record)
        filler.send(Record(NEWS.stem, record.key, b"{}", ()))
    filler.flush()
    for page in _pages(settings, count, last):
        filler.send(page)
    filler.flush()


def manifests_of_articles(settings: Settings, count: int) -> None:
    """A partition with so many real manifests and no pages."""
    asyncio.run(ensure_topics(settings))
    filler, patterns = _Filler(settings), real_manifests(settings)
    for offset in range(count):
        filler.send(_manifest(patterns, offset))
        filler.send(Record(NEWS.stem, b"filler", b"{}", ()))
    filler.flush()


def long_news(settings: Settings, count: int) -> None:
    """So many articles of news, in one partition."""
    asyncio.run(ensure_topics(settings))
    filler = _Filler(settings)
    records = [article_record(article) for article in generated_articles(64)]
    for number in range(count):
        filler.send(replace(records[number % len(records)], topic=NEWS.stem))
    filler.flush()


def real_manifests(settings: Settings) -> list[Record]:
    """The manifests of a few articles."""
    language = load_language(settings)
    derived = derive_batch(generated_articles(_PATTERNS), language)
    found = [one for one in derived if isinstance(one, Derivation)]
    return [plan(one.article, one, None, language.producer)[-1] for one in found]


def _manifest(patterns: Sequence[Record], offset: int) -> Record:
    source = StoredRecord(NEWS.stem, PARTITION, offset, 0, 1, b"", b"", ())
    pattern = patterns[offset % len(patterns)]
    record = with_run_facts(pattern, source, _RECORDED, environment_text())
    return replace(record, key=f"article-{offset}".encode(), headers=(*record.headers, _SALT))


def _pages(settings: Settings, count: int, last: Sequence[Record]) -> Iterator[Record]:
    chain = ""
    for first in range(0, count, _PAGE):
        entries = _invented(first)
        if first == count - _PAGE:
            entries = pack(seal_of(_stored(settings, first + n, one)) for n, one in enumerate(last))
        page = SealPage(first, entries, chain, 0, (0, first + _PAGE - 1), 0)
        chain = page.digest
        record = page_record(page, SEALS.stem)
        yield replace(record, headers=(*record.headers, _SALT))


def _invented(first: int) -> bytes:
    """Seals of articles that nobody has: keys and marks are as random as real ones."""
    entries = np.frombuffer(os.urandom(ENTRY.size * _PAGE), _ENTRY).copy()
    entries["offset"] = np.arange(first, first + _PAGE)
    entries["revision"], entries["outcome"] = 1, 0
    entries["mark"] &= 2**48 - 1
    entries["padding"] = b"\0\0\0"
    return entries.tobytes()


def _stored(settings: Settings, offset: int, record: Record) -> StoredRecord:
    name = topic_name(settings, record.topic)
    return StoredRecord(name, PARTITION, offset, 0, 1, record.key, record.value, record.headers)
