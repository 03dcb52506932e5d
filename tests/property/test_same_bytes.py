"""The same article gives the same bytes: alone or in any batch, again, in another process, in any order."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readout.schemas.envelope import Record
from readout.schemas.news import ArticlePublished
from readout.schemas.registry import EVENTS_BY_TYPE
from readout.streams.derive.language import load_language
from readout.streams.log.decoding import attributes_of
from readout.streams.processors.derivation import Language, derive_batch
from readout.streams.processors.records import Derivation
from readout.streams.settings import Settings

SEED = (Path(__file__).parents[2] / "seeds" / "2022-10-25-dirty-bomb-calls.txt").read_text("utf-8")
PIECES = (
    "Russian Foreign Minister Sergei Lavrov",
    "the chairman of the committee, Ann Lee,",
    "Paris",
    "the two leaders",
    "he",
    "“we will talk”",
    "'not yet'",
    '"unbalanced',
    "said",
    "told reporters that",
    "met",
    "spoke by phone with",
    "held talks in Geneva with",
    "according to",
    "on Monday",
    "last week",
    "WASHINGTON (News) -",
    "In that call,",
    "\n\n",
    ".",
    ",",
    "—",
    "👍🏽",
    "\u202e",
    "İstanbul",
)
SENTENCES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=30).map(" ".join)
BODIES = st.one_of(
    SENTENCES, st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200)
)
ARTICLES = st.lists(BODIES.filter(lambda body: bool(body.strip())), min_size=1, max_size=4)


@pytest.fixture(scope="module")
def language() -> Language:
    return load_language(Settings())


def article(body: str, number: int = 0) -> ArticlePublished:
    return ArticlePublished(
        article_id=f"a{number}", revision=1, status="usable", body=body, published_at="2022-10-25"
    )


def records(bodies: Sequence[str], language: Language) -> list[tuple[Record, ...]]:
    derived = derive_batch([article(body, number) for number, body in enumerate(bodies)], language)
    for one in derived:
        assert isinstance(one, Derivation), one
    return [one.records for one in derived if isinstance(one, Derivation)]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ARTICLES)
def test_no_text_breaks_a_processor_and_no_batch_changes_a_byte(
    language: Language, bodies: list[str]
) -> None:
    together = records(bodies, language)
    for number, body in enumerate(bodies):
        (alone,) = (
            one.records
            for one in derive_batch([article(body, number)], language)
            if isinstance(one, Derivation)
        )
        assert alone == together[number]
        assert_proven(body, alone)


def assert_proven(body: str, written: tuple[Record, ...]) -> None:
    """Every record is what its schema says, and every selector holds the words of the body."""
    for record in written:
        event = EVENTS_BY_TYPE[attributes_of(record.headers)["type"]].model_validate_json(record.value or b"")
        for selector in selectors_in(event.model_dump()):
            assert body[selector["start"] : selector["end"]] == selector["exact"]


def selectors_in(data: Any) -> list[dict[str, Any]]:
    if isinstance(data, dict):
        if "exact" in data:
            return [data]
        return [found for value in data.values() for found in selectors_in(value)]
    if isinstance(data, list | tuple):
        return [found for value in data for found in selectors_in(value)]
    return []


def test_words_that_were_never_seen_before_are_forgotten(language: Language) -> None:
    records(["Zubrowskaya met Qwertovich in Paris."], language)
    assert "Zubrowskaya" not in language.pipeline.vocab.strings


def test_another_process_with_other_hashes_and_batches_gives_the_same_lines(tmp_path: Path) -> None:
    bodies = [SEED[17:], "Ann Lee met Bob Ray in Paris on Monday, she said.", "“Yes,” he said.\n\n“No.”"]
    file = tmp_path / "articles.jsonl"
    file.write_bytes(
        b"\n".join(orjson.dumps({"body": body, "published_at": "2022-10-25"}) for body in bodies)
    )
    runs = [
        derived_lines(file, seed="1", batch="16", jobs="1"),
        derived_lines(file, seed="2", batch="1", jobs="2"),
    ]
    assert runs[0] == runs[1]
    assert runs[0].count(b"\n") > 40


def derived_lines(file: Path, *, seed: str, batch: str, jobs: str) -> bytes:
    command = [sys.executable, "-m", "readout", "derive", "--jobs", jobs, str(file)]
    environment = {"PYTHONHASHSEED": seed, "READOUT_BATCH_SIZE": batch, "PATH": ""}
    return subprocess.run(command, env=environment, capture_output=True, check=True).stdout
