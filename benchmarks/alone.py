"""What one process takes without any broker, each run in a process of its own: `python -m benchmarks.alone`.

    python -m benchmarks.alone default|tuned|ours|stages|untuned|reading ARTICLES.jsonl

Prints one line of JSON. `default` is `spacy.load(…)` and `.pipe` as everybody calls them, `tuned` the same with one
thread of numpy's OpenBLAS and without the components that Readout leaves out, `ours` the derivation of articles,
`stages` its parts one after the other, with their memory, and `untuned` the derivation on everything that is
default: blis, all components, no shortcuts. `ours`, `untuned` and `stages` give a digest of every derived byte.
`reading` derives each batch with its reading and as it stands, in turns, and gives the ratio of the two.
"""

import os
import sys

KIND = sys.argv[1] if len(sys.argv) > 1 else ""
if KIND in {"tuned", "ours", "stages", "reading"}:
    # Before numpy is imported: it reads this once.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"

import gc
import hashlib
import resource
import time
import tracemalloc
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import orjson
import spacy
from thinc.api import NumpyOps, set_current_ops

from readout.schemas.ids import RecordIds
from readout.schemas.news import ArticlePublished
from readout.streams.derive.language import UNUSED_COMPONENTS, load_language
from readout.streams.derive.producer_block import pipeline_folder
from readout.streams.processors.contact_log import derive_contact_log
from readout.streams.processors.derivation import Language, derive_batch, derive_events, encode_derivation
from readout.streams.processors.entities import derive_entities
from readout.streams.processors.records import Derivation
from readout.streams.processors.sealing import plan
from readout.streams.processors.statements import derive_statements
from readout.streams.settings import Settings
from readout.streams.text.contact_log.contacts import find_contacts
from readout.streams.text.entities.names import find_cast
from readout.streams.text.entities.words import Words
from readout.streams.text.parser.annotate import Parsed, annotate_passages, prepare, spelling_rank
from readout.streams.text.reading.anchors import days_of
from readout.streams.text.reading.reading import Reading, read, unread
from readout.streams.text.statements.attributions import attributions_apart

T = TypeVar("T")
_WARM_UP = 3
_BATCH = 16
_ROUNDS = 3


def main() -> None:
    """Measure what the command line names, and print it."""
    started = time.perf_counter()
    lines = Path(sys.argv[2]).read_bytes().splitlines()
    articles = [ArticlePublished.model_validate_json(line) for line in lines]
    result = _KINDS[KIND](articles)
    result |= {
        "articles": len(articles),
        "seconds_altogether": time.perf_counter() - started,
        "peak_mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    sys.stdout.write(orjson.dumps(result).decode() + "\n")


def _spacy_alone(articles: Sequence[ArticlePublished], *, tuned: bool) -> dict[str, object]:
    if tuned:
        set_current_ops(NumpyOps(use_blis=False))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"\[W095\]")
        pipeline = spacy.load(
            pipeline_folder(Settings().language_model), exclude=UNUSED_COMPONENTS if tuned else ()
        )
    bodies = [article.body for article in articles]
    list(pipeline.pipe(bodies[:_WARM_UP]))
    return _timed(lambda: sum(len(doc) for doc in pipeline.pipe(bodies)))


def _ours(articles: Sequence[ArticlePublished]) -> dict[str, object]:
    return _derived(articles, load_language(Settings()))


def _untuned(articles: Sequence[ArticlePublished]) -> dict[str, object]:
    language = load_language(Settings())
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"\[W095\]")
        pipeline = prepare(spacy.load(pipeline_folder(Settings().language_model)))
    return _derived(articles, replace(language, pipeline=pipeline))


def _derived(articles: Sequence[ArticlePublished], language: Language) -> dict[str, object]:
    language = _without_build(language)
    derive_batch(articles[:_WARM_UP], language)
    digests: list[str] = []

    def derive_all() -> int:
        for batch in _batches(articles):
            for one in derive_batch(batch, language):
                if not isinstance(one, Derivation):
                    raise TypeError(f"{one.article.article_id}: {one.error}: {one.message}")
                digests.append(_digest(one))
        return len(digests)

    return _timed(derive_all) | {"digests": digests}


def _without_build(language: Language) -> Language:
    """The digest of the source files changes with every edit; what is compared is what was derived."""
    return replace(language, producer=language.producer.model_copy(update={"build": "0" * 64}))


def _stages(articles: Sequence[ArticlePublished]) -> dict[str, object]:
    """Processor seconds of each stage over all articles, and the most memory it held for one batch."""
    language = _without_build(load_language(Settings()))
    gc.freeze()  # as the worker and `readout derive` do
    derive_batch(articles[:_WARM_UP], language)
    meter = _Meter()
    digests = [digest for batch in _batches(articles) for digest in _staged(batch, language, meter)]
    tracemalloc.start()
    _staged(articles[:_BATCH], language, measuring := _Meter())
    tracemalloc.stop()
    return {
        "cpu_seconds": sum(meter.seconds.values()),
        "stages": meter.seconds,
        "stages_mebibytes": {name: held / 2**20 for name, held in measuring.held.items()},
        "digests": digests,
    }


class _Meter:
    """What each stage has taken: processor seconds, and bytes at once where allocations are traced."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.held: dict[str, int] = defaultdict(int)

    def __call__(self, stage: str, work: Callable[[], T]) -> T:
        tracemalloc.reset_peak()
        held = tracemalloc.get_traced_memory()[0]
        before = time.process_time()
        result = work()
        self.seconds[stage] += time.process_time() - before
        self.held[stage] = max(self.held[stage], tracemalloc.get_traced_memory()[1] - held)
        return result


def _batches(articles: Sequence[ArticlePublished]) -> Iterator[Sequence[ArticlePublished]]:
    for start in range(0, len(articles), _BATCH):
        yield articles[start : start + _BATCH]


def _staged(batch: Sequence[ArticlePublished], language: Language, meter: _Meter) -> list[str]:
    rank = spelling_rank(language.pipeline)
    readings = meter("reading", lambda: [read(article.body, rank) for article in batch])
    passages = [reading.passages for reading in readings]
    docs = meter("parse", lambda: list(annotate_passages(language.pipeline, passages)))
    return [_staged_one(*parsed, language, meter) for parsed in zip(batch, readings, docs, strict=True)]


def _staged_one(
    article: ArticlePublished, reading: Reading, parsed: Parsed, language: Language, meter: _Meter
) -> str:
    doc = parsed.whole
    producer, ids = language.producer, RecordIds(article.article_id)
    days = days_of(reading, article.published_on)
    words = meter("entities", lambda: Words.of(doc))
    cast = meter("entities", lambda: find_cast(doc, language.gazetteer, words))
    entities = meter("records", lambda: derive_entities(article, producer, cast, ids, reading))
    known = [entity.entity_id for entity in entities]
    said = meter(
        "statements",
        lambda: attributions_apart(parsed, language.attribution_model, reading.text, reading.behind),
    )
    statements = meter(
        "records", lambda: derive_statements(article, producer, doc, cast, known, said, ids, days, reading)
    )
    met = meter(
        "contacts",
        lambda: find_contacts(
            doc,
            cast,
            language.gazetteer,
            days.published_on,
            words,
            days,
            extractor=language.contact_extractor,
        ),
    )
    contacts = meter(
        "records", lambda: derive_contact_log(article, producer, met, cast, known, ids, statements, reading)
    )
    derivation = meter(
        "encoding", lambda: encode_derivation(article, iter((*entities, *statements, *contacts)))
    )
    meter("encoding", lambda: plan(article, derivation, None, producer))
    return _digest(derivation)


def _reading(articles: Sequence[ArticlePublished]) -> dict[str, object]:
    """What the reading adds to the processor time of the derivation, in turns so that the machine is the same."""
    language = load_language(Settings())
    rank = spelling_rank(language.pipeline)
    readers: tuple[Callable[[str], Reading], ...] = (lambda body: read(body, rank), unread)
    gc.freeze()
    for reader in readers:
        _seconds(articles[:_WARM_UP], language, reader)
    seconds = [0.0, 0.0]
    for batch in _batches(articles):
        turns = [[_seconds(batch, language, reader) for reader in readers] for _ in range(_ROUNDS)]
        for place, of_reader in enumerate(zip(*turns, strict=True)):
            seconds[place] += min(of_reader)
    return {"cpu_seconds": seconds[0], "cpu_seconds_unread": seconds[1], "ratio": seconds[0] / seconds[1]}


def _seconds(
    batch: Sequence[ArticlePublished], language: Language, reader: Callable[[str], Reading]
) -> float:
    before = time.process_time()
    with language.pipeline.memory_zone():
        readings = [reader(article.body) for article in batch]
        docs = annotate_passages(language.pipeline, [reading.passages for reading in readings])
        for article, reading, parsed in zip(batch, readings, docs, strict=True):
            encode_derivation(article, derive_events(article, reading, parsed, language))
    return time.process_time() - before


def _digest(derivation: Derivation) -> str:
    """One for all the records of an article, in order."""
    return hashlib.sha256(b"\n".join(record.value or b"" for record in derivation.records)).hexdigest()


def _timed(work: Callable[[], int]) -> dict[str, object]:
    wall, cpu = time.perf_counter(), time.process_time()
    counted = work()
    return {
        "counted": counted,
        "cpu_seconds": time.process_time() - cpu,
        "wall_seconds": time.perf_counter() - wall,
    }


_KINDS: dict[str, Callable[[Sequence[ArticlePublished]], dict[str, object]]] = {
    "default": lambda articles: _spacy_alone(articles, tuned=False),
    "tuned": lambda articles: _spacy_alone(articles, tuned=True),
    "ours": _ours,
    "untuned": _untuned,
    "stages": _stages,
    "reading": _reading,
}

if __name__ == "__main__":
    main()
