"""The growth benchmark: its fit is right, its kinds are as long as asked, and every kind is derived."""

import math

import pytest

from benchmarks.growth import KINDS, exponent
from readout.schemas.news import ArticlePublished
from readout.streams.derive.language import load_language
from readout.streams.processors.derivation import Language, derive_batch
from readout.streams.processors.records import Derivation
from readout.streams.settings import Settings


@pytest.fixture(scope="module")
def language() -> Language:
    return load_language(Settings())


@pytest.mark.parametrize("power", [0.5, 1, 1.5, 2])
def test_the_exponent_is_that_of_the_times(power: float) -> None:
    times = {size: 3 * size**power for size in (10, 100, 1000)}
    assert exponent(times) == pytest.approx(power)
    assert math.isnan(exponent({10: 1.0}))


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_about_as_long_as_asked(kind: str) -> None:
    for size in (1_000, 20_000):
        assert abs(len(KINDS[kind](size)) - size) < 100


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_derived(kind: str, language: Language) -> None:
    """Also a sentence of names without end, which no rule may follow deeper than Python allows."""
    body = KINDS[kind](6_000)
    article = ArticlePublished(article_id="a", revision=1, status="usable", body=body)
    (derived,) = derive_batch([article], language)
    assert isinstance(derived, Derivation)
