"""How many bytes of records an article gives rise to: `python -m benchmarks.storage [--articles N] [--folder DIR]`.

Counts keys, values and headers of every topic, before Kafka's own framing and without compression, and the same
compressed as a producer with zstd would send them, a batch of 16 articles at a time. Prints one JSON object.
"""

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson
import zstandard

from benchmarks.articles import generated_articles, read_folder
from readout.schemas.envelope import Record
from readout.schemas.news import ArticlePublished
from readout.streams.derive.language import load_language
from readout.streams.processors.derivation import derive_batch
from readout.streams.processors.records import Derivation
from readout.streams.processors.sealing import plan
from readout.streams.publish.publisher import article_record
from readout.streams.settings import Settings

_BATCH = 16


def main() -> int:
    """Derive, weigh, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.storage")
    parser.add_argument("--articles", type=int, default=100)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    articles = (
        read_folder(asked.folder, asked.articles) if asked.folder else generated_articles(asked.articles)
    )
    found = _weights(articles)
    sys.stdout.write(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() + "\n")
    return 0


def _weights(articles: Sequence[ArticlePublished]) -> dict[str, object]:
    plain, packed, records = Counter[str](), Counter[str](), Counter[str]()
    for by_topic in _written(articles):
        for topic, batch in by_topic.items():
            data = b"".join(map(_bytes, batch))
            plain[topic] += len(data)
            packed[topic] += len(zstandard.compress(data))
            records[topic] += len(batch)
    bodies = sum(len(article.body.encode()) for article in articles)
    topics = {
        topic: {
            "records_an_article": round(records[topic] / len(articles), 1),
            "bytes_an_article_byte": round(plain[topic] / bodies, 2),
            "zstd_bytes_an_article_byte": round(packed[topic] / bodies, 2),
        }
        for topic in plain
    }
    altogether = {"plain": round(plain.total() / bodies, 2), "zstd": round(packed.total() / bodies, 2)}
    return {"articles": len(articles), "body_bytes": bodies, "topics": topics, "altogether": altogether}


def _written(articles: Sequence[ArticlePublished]) -> Iterator[dict[str, list[Record]]]:
    """The records of each batch, by topic; the articles are records as well."""
    language = load_language(Settings())
    for start in range(0, len(articles), _BATCH):
        batch = articles[start : start + _BATCH]
        by_topic: dict[str, list[Record]] = defaultdict(list)
        for article, one in zip(batch, derive_batch(batch, language), strict=True):
            derivation = one if isinstance(one, Derivation) else None
            for record in (article_record(article), *plan(article, derivation, None, language.producer)):
                by_topic[record.topic].append(record)
        yield by_topic


def _bytes(record: Record) -> bytes:
    headers = b"".join(name.encode() + (text or b"") for name, text in record.headers)
    return (record.key or b"") + (record.value or b"") + headers


if __name__ == "__main__":
    sys.exit(main())
