"""What one process takes without any broker, each run in a process of its own: `python -m benchmarks.alone`.

    python -m benchmarks.alone default|tuned|ours|stages|untuned ARTICLES.jsonl

Prints one line of JSON. `default` is `spacy.load(…)` and `.pipe` as everybody calls them, `tuned` the same with one
thread of numpy's OpenBLAS and without the components that Readout leaves out, `ours` the derivation of articles,
`stages` its parts one after the other, with their memory, and `untuned` the derivation on everything that is
default: blis, all components, no shortcuts. `ours`, `untuned` and `stages` give a digest of every derived byte.
"""

import os
import sys

KIND = sys.argv[1] if len(sys.argv) > 1 else ""
if KIND in {"tuned", "ours", "stages"}:
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
from spacy.tokens import Doc
from thinc.api import NumpyOps, set_current_ops

from readout.schemas.ids import RecordIds
from readout.schemas.news import ArticlePublished
from readout.streams.derive.language import UNUSED_COMPONENTS, load_language
from readout.streams.derive.producer_block import pipeline_folder
from readout.streams.processors.contact_log import derive_contact_log
from readout.streams.processors.derivation import Language, derive_batch, encode_derivation
from readout.streams.processors.entities import derive_entities
from readout.streams.processors.records import Derivation
from readout.streams.processors.sealing import plan
from readout.streams.processors.statements import derive_statements
from readout.streams.settings import Settings
from readout.streams.text.contact_log.contacts import find_contacts
from readout.streams.text.entities.names import find_cast
from readout.streams.text.entities.words import Words
from readout.streams.text.parser.annotate import annotate, prepare
from readout.streams.text.statements.attributions import find_attributions

T = TypeVar("T")
_WARM_UP = 3
_BATCH = 16


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
    docs = meter("parse", lambda: list(annotate(language.pipeline, [article.body for article in batch])))
    return [_staged_one(*parsed, language, meter) for parsed in zip(batch, docs, strict=True)]


def _staged_one(article: ArticlePublished, doc: Doc, language: Language, meter: _Meter) -> str:
    producer, ids = language.producer, RecordIds(article.article_id)
    words = meter("entities", lambda: Words.of(doc))
    cast = meter("entities", lambda: find_cast(doc, language.gazetteer, words))
    entities = meter("records", lambda: derive_entities(article, producer, cast, ids))
    known = [entity.entity_id for entity in entities]
    said = meter("statements", lambda: find_attributions(doc, language.attribution_model, article.body))
    statements = meter("records", lambda: derive_statements(article, producer, doc, cast, known, said, ids))
    met = meter("contacts", lambda: find_contacts(doc, cast, language.gazetteer, article.published_on, words))
    contacts = meter("records", lambda: derive_contact_log(article, producer, met, cast, known, ids))
    derivation = meter(
        "encoding", lambda: encode_derivation(article, iter((*entities, *statements, *contacts)))
    )
    meter("encoding", lambda: plan(article, derivation, None, producer))
    return _digest(derivation)


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
}

if __name__ == "__main__":
    main()
