"""The model of contacts: whole numbers in, whole numbers out, and nothing that the rules' properties do not hold for."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import readout.streams.text.contact_log
from readout.streams.text.contact_log.contact_model import ContactModel
from readout.streams.text.contact_log.contacts import Contact, Extractor, find_contacts
from readout.streams.text.contact_log.linear_scores import BUCKETS, LinearScores, bucket, per_mille, steps
from readout.streams.text.entities.names import find_cast
from readout.streams.text.parser.annotate import annotate
from tests.unit.text.contact_log.contacts_told import gazetteer, pipeline
from tests.unit.text.contact_log.test_contacts_properties import SENTENCES

TEXT = (
    "Prime Minister Ana Lima met President Marek Novak in Oslo on Monday. Lima wrote a letter to the French "
    "foreign minister. Novak and Lima talked about grain, and the pastor of the town told her husband of it. "
    "The two leaders had talks by phone with King Haakon."
)
FEATURES = st.lists(st.text(min_size=1, max_size=8), max_size=12)


@cache
def model() -> ContactModel:
    """The model of the package."""
    folder = Path(readout.streams.text.contact_log.__file__ or "").parent / "models"
    return ContactModel.from_bytes((folder / "contacts.weights").read_bytes())


def read(text: str, least: int = 0, by: ContactModel | None = None) -> tuple[Contact, ...]:
    (doc,) = annotate(pipeline(), [text])
    cast = find_cast(doc, gazetteer())
    return find_contacts(doc, cast, gazetteer(), date(2021, 6, 9), extractor=Extractor(by or model(), least))


def scores(weights: dict[str, int], bias: int = 0) -> LinearScores:
    table = np.zeros(BUCKETS, dtype=np.int16)
    for feature, weight in weights.items():
        table[bucket(feature)] = weight
    return LinearScores(table, bias)


@given(FEATURES)
def test_a_score_asks_neither_order_nor_number(features: list[str]) -> None:
    some = scores({feature: 7 * place - 20 for place, feature in enumerate(features)}, 5)
    assert some.score(features) == some.score(list(reversed(features)) * 2)


@given(st.integers(-40_000, 40_000))
def test_confidence_rises_with_the_score_and_is_one_half_at_nothing(score: int) -> None:
    assert 0 <= per_mille(score - 1) <= per_mille(score) <= 999
    assert per_mille(0) == 500
    assert abs(per_mille(score) - 1000 / (1 + np.exp(-score / 1000))) <= 1


@given(st.integers(-100, 100), st.lists(st.integers(-100, 100), unique=True).map(sorted))
def test_a_number_stands_on_the_step_above_the_edges_that_it_exceeds(value: int, edges: list[int]) -> None:
    *exceeded, step = steps("n", value, edges)
    assert exceeded == [f"n>{edge}" for edge in edges if value > edge]
    assert step == f"n={len(exceeded)}"


def test_weights_read_back_are_the_weights_written() -> None:
    data = model().to_bytes()
    assert ContactModel.from_bytes(data).to_bytes() == data
    assert len(data) < 8_000_000


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda data: data[:9], "no weights of the format"),
        (lambda data: data.replace(b"readout-contacts-1", b"readout-contacts-0"), "have the format"),
        (lambda data: data[:-3], "bytes of numbers"),
    ],
)
def test_other_bytes_are_refused(spoil: Callable[[bytes], bytes], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ContactModel.from_bytes(spoil(model().to_bytes()))


def test_every_contact_of_the_model_tells_how_sure_it_is() -> None:
    found = read(TEXT)
    assert found
    assert all(contact.confidence is not None and 0 <= contact.confidence <= 999 for contact in found)


@given(SENTENCES | st.just(TEXT), st.integers(0, 1000))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_threshold_only_leaves_out(body: str, least: int) -> None:
    everything = read(body)
    assert read(body, least) == tuple(one for one in everything if (one.confidence or 0) >= least)
    for contact in everything:
        assert len(contact.attendees) > 1
        spans = [span for attendee in contact.attendees for span in attendee.spans]
        assert all(body[start:end].strip() for start, end in (*spans, *contact.evidence))


def test_groups_that_share_nobody_are_never_one_contact() -> None:
    always = replace(model(), same=scores({}, bias=9000))
    text = "Merkel met Putin in Sochi. Joe Biden phoned Emmanuel Macron on Sunday."
    assert (
        len(read(text, by=always)) == len(read(text, by=replace(model(), same=scores({}, bias=-9000)))) == 2
    )


def test_groups_that_each_name_another_person_are_never_one_contact() -> None:
    text = "Merkel phoned Putin on Monday. Merkel phoned Joe Biden on Monday."
    assert len(read(text, by=replace(model(), same=scores({}, bias=9000)))) == 2


def test_groups_of_one_contact_keep_the_evidence_of_all() -> None:
    text = "Merkel met Putin in Sochi on Monday. Merkel wrote to Putin in March."
    always, never = (replace(model(), same=scores({}, bias=bias)) for bias in (9000, -9000))
    (one,) = read(text, by=always)
    assert one.evidence == tuple(span for contact in read(text, by=never) for span in contact.evidence)


def test_pairs_find_what_no_rule_tells_and_their_score_decides() -> None:
    text = "Prime Minister Ana Lima praised President Marek Novak."
    certain = replace(model(), pair=scores({}, bias=4000), telling=frozenset(("praise",)))
    (contact,) = read(text, by=certain)
    assert {attendee.name for attendee in contact.attendees} == {"Ana Lima", "Marek Novak"}
    assert read(text, by=replace(certain, pair=scores({}, bias=-4000))) == ()


@pytest.mark.parametrize("body", ["Merkel met Putin, " * 400, "met " * 2000, "Lima, " * 800 + "met.", ""])
def test_odd_texts_do_not_raise(body: str) -> None:
    read(body)


@pytest.mark.parametrize(
    ("people", "capital"), [("Ukrainian", "Kyiv"), ("Polish", "Warsaw"), ("Kenyan", "Nairobi")]
)
def test_who_speaks_for_a_country_is_not_in_contact_with_it(people: str, capital: str) -> None:
    text = (
        f"{people} Prime Minister Ana Lima returned on Monday. The prime minister made a call to {capital} on Tuesday. "
        "Lima met Ivo Berg."
    )
    (contact,) = read(text, least=400)
    assert {one.name for one in contact.attendees} == {"Ana Lima", "Ivo Berg"}
