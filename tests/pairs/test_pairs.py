"""Minimal pairs: what must come out of a short text, and what must not, through the whole derivation.

The tables lie beside this module as JSON lines (`scoring` says what a row holds). No category of a table may fall
below its floor in `floors.json` (percent of its rows). `python -m tests.pairs.tables` shows what is wrong.
"""

import json
from collections import Counter

import pytest

from tests.pairs.scoring import CONTACT, STATEMENT, faults
from tests.pairs.tables import HERE, Scored, score_tables, shares, tables

TABLES = tables()
FLOORS: dict[str, dict[str, float]] = json.loads((HERE / "floors.json").read_bytes())
CATEGORIES = sorted({(table, row["category"]) for table, rows in TABLES.items() for row in rows})


@pytest.fixture(scope="module")
def scored() -> list[Scored]:
    return score_tables(TABLES)


@pytest.mark.parametrize(("table", "category"), CATEGORIES)
def test_no_category_falls_below_its_floor(table: str, category: str, scored: list[Scored]) -> None:
    right, count = shares(scored)[table, category]
    wrong = [
        (one.row["id"], one.faults) for one in scored if one.category == (table, category) and one.faults
    ]
    assert 100 * right / count >= FLOORS[table][category], wrong


def test_every_row_is_one_of_a_pair() -> None:
    for table, rows in TABLES.items():
        assert len({row["id"] for row in rows}) == len(rows), table
        lonely = [pair for pair, count in Counter(row["pair"] for row in rows).items() if count < 2]
        assert lonely == [], table


def test_no_floor_is_left_behind() -> None:
    assert {(table, category) for table, floors in FLOORS.items() for category in floors} == set(CATEGORIES)


def contact(*names: str, date: str | None = None, status: str = "held", **when: object) -> dict[str, object]:
    occurred_on = {"date": date, "precision": "day" if date else "unknown", **when}
    participants = [{"name": name, "selectors": []} for name in names]
    data = {"participants": participants, "mode": "call", "status": status, "occurred_on": occurred_on}
    return {"type": CONTACT, "data": data}


def statement(
    source: str | None, content: str, status: str = "made", behalf: str | None = None
) -> dict[str, object]:
    principal = None if behalf is None else {"name": behalf, "selectors": []}
    told: dict[str, object] | None = (
        None if source is None else {"name": source, "selectors": [], "on_behalf_of": principal}
    )
    return {"type": STATEMENT, "data": {"source": told, "content": {"text": content}, "status": status}}


WANTED = {"participants": ["Lea Moor", "Berg"], "status": "held", "date": "2024-05-13", "precision": "day"}
RIGHT = contact("Berg", "Lea Moor", date="2024-05-13")
SCORES = [
    ({"contacts": [WANTED]}, [RIGHT], True),
    ({"contacts": [WANTED]}, [contact("Berg", "Moor", date="2024-05-13")], True),
    ({"contacts": [WANTED]}, [], False),
    ({"contacts": [WANTED]}, [RIGHT, RIGHT], False),
    ({"contacts": [WANTED]}, [contact("Berg", "Moor", "Holm", date="2024-05-13")], False),
    ({"contacts": [WANTED]}, [contact("Berg", "Holm", date="2024-05-13")], False),
    ({"contacts": [WANTED]}, [contact("Berg", "Moor", date="2024-05-13", status="planned")], False),
    ({"contacts": [WANTED]}, [contact("Berg", "Moor", date="2024-05-06")], False),
    ({"contacts": [WANTED]}, [contact("Berg", "Moor")], False),
    ({"contacts": [WANTED]}, [contact("Berg", "Moor", date="2024-05-13", end="2024-05-14")], False),
    ({"contacts": [WANTED]}, [contact("Berg", "Moor", date="2024-05-13", approximate=True)], False),
    ({"contacts": [WANTED | {"end": "2024-05-14"}]}, [RIGHT], False),
    ({"contacts": []}, [RIGHT], False),
    ({"contacts": []}, [], True),
    ({}, [RIGHT], True),
    ({"statements": []}, [statement("Berg", "the port is open")], False),
    (
        {"statements": [{"content": "port", "source": "Berg"}]},
        [statement("Ole Berg", "the port is open")],
        True,
    ),
    ({"statements": [{"content": "port", "source": "Berg"}]}, [statement(None, "the port is open")], False),
    ({"statements": [{"content": "port"}]}, [statement("Berg", "the quay is open")], False),
    ({"statements": [{"content": "port", "status": "denied"}]}, [statement("Berg", "the port")], False),
    (
        {"statements": [{"content": "port", "status": "denied"}]},
        [statement("Berg", "the port", status="denied")],
        True,
    ),
    ({"statements": [{"content": "port", "on_behalf_of": None}]}, [statement("Berg", "the port")], True),
    ({"statements": [{"content": "port", "on_behalf_of": "Moor"}]}, [statement("Berg", "the port")], False),
    (
        {"statements": [{"content": "port", "on_behalf_of": "Moor"}]},
        [statement("Berg", "the port", behalf="Lea Moor")],
        True,
    ),
    (
        {"statements": [{"content": "port", "on_behalf_of": None}]},
        [statement("Berg", "the port", behalf="Lea Moor")],
        False,
    ),
    ({"no_statement": ["port"]}, [statement("Berg", "the port is open")], False),
    ({"no_statement": ["port"]}, [statement("Berg", "the port is open", status="denied")], True),
    ({"no_statement": ["port"]}, [statement("Berg", "the quay is open")], True),
]


@pytest.mark.parametrize(("expect", "events", "is_right"), SCORES)
def test_the_scorer_tells_right_from_wrong(
    expect: dict[str, object], events: list[dict[str, object]], is_right: object
) -> None:
    assert (faults({"expect": expect}, events) == []) is is_right
