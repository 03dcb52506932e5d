"""Any layout of the same words gives the same records, with selectors that hold the body's own words.

`python -m tests.layout.report` counts the same over hundreds of development texts and prints the table.
"""

import random
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readout.streams.derive.language import load_language
from readout.streams.processors.derivation import Language
from readout.streams.settings import Settings
from tests.layout.changes import CHANGES, Variant
from tests.layout.corpora import MADE, Text, development, seed
from tests.layout.newsroom import settings as settings_of_words
from tests.layout.newsroom import surrounded
from tests.layout.report import compare
from tests.layout.sameness import article, derived, differences, unproven

# What the rest is, by kind, is in `report`.
LEAST_SHARE = 0.97
# Changes that may follow each other: none of them adds words, and none depends on the lines that another has made.
STACKED = (
    "no-break spaces",
    "soft hyphens",
    "zero-width characters",
    "accents decomposed",
    "numbered entities",
    "byte order mark",
    "marks of direction",
    "two spaces between sentences",
)
# Its first word, "He", may be who the headline names: cranes, for the recogniser.
KNOWN = {("quotations inside quotations", "headline")}


@pytest.fixture(scope="module")
def language() -> Language:
    return load_language(Settings())


def changed(text: Text, name: str) -> Variant:
    return CHANGES[name](text.body, random.Random(f"{name} {text.name}"))


@pytest.mark.parametrize("name", CHANGES)
def test_the_seed_gives_the_same_records_in_every_layout(name: str, language: Language) -> None:
    _assert_same(seed(), changed(seed(), name), language)


@pytest.mark.parametrize("variants", [surrounded, settings_of_words], ids=lambda one: one.__name__)
def test_the_seed_gives_the_same_records_in_the_habits_of_other_houses(
    variants: Callable[[str], Iterator[tuple[str, Variant]]], language: Language
) -> None:
    named = dict(variants(seed().body))
    bodies = [seed().body, *(variant.text for variant in named.values())]
    old, *new = derived([article(body, seed().published_at) for body in bodies], language)
    for (name, variant), records in zip(named.items(), new, strict=True):
        assert unproven(variant.text, records) == [], name
        assert differences(variant, old, records, seed().body) == [], name


@pytest.mark.parametrize("text", MADE, ids=lambda text: text.name)
def test_made_texts_give_the_same_records_in_every_layout(text: Text, language: Language) -> None:
    for name in CHANGES:
        if (text.name, name) not in KNOWN:
            _assert_same(text, changed(text, name), language)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.sampled_from([*MADE, seed()]),
    first=st.sampled_from(
        sorted(name for name in CHANGES if name.startswith(("wrap", "CR", "blank", "no blank")))
    ),
    others=st.lists(st.sampled_from(STACKED), max_size=3, unique=True),
    chance=st.randoms(use_true_random=False),
)
def test_changes_on_top_of_each_other_give_the_same_records(
    language: Language, text: Text, first: str, others: list[str], chance: random.Random
) -> None:
    body = text.body
    for name in (first, *others):
        body = CHANGES[name](body, chance).text
    _assert_same(text, Variant(body), language)


def test_development_texts_give_the_same_records(language: Language) -> None:
    texts = development(30)
    if not texts:
        pytest.skip("READOUT_DEV_DATA names no folder of development data")
    counts = compare(texts, language, changes=5)
    print(f"\n{counts.same} of {counts.pairs} pairs are the same; others: {counts.others}")
    assert not counts.unproven
    assert counts.same >= LEAST_SHARE * counts.pairs


def _assert_same(text: Text, variant: Variant, language: Language) -> None:
    old, new = derived(
        [article(text.body, text.published_at), article(variant.text, text.published_at)], language
    )
    assert unproven(variant.text, new) == []
    assert differences(variant, old, new, text.body) == []
