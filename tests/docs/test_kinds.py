"""The tables of kinds in the pages of statements and contact-log: every example gives what its row says."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.pairs.scoring import CONTACT, STATEMENT
from tests.pairs.tables import derived

PAGES = Path(__file__).parents[2] / "docs" / "topics"
_TABLE = re.compile(r"<!-- kinds -->\n(.*?)<!-- end -->", re.DOTALL)
Row = dict[str, Any]


def rows_of(page: str) -> list[list[str]]:
    """The cells of a page's table, without its head."""
    (table,) = _TABLE.findall((PAGES / page).read_text(encoding="utf-8"))
    return [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]
    ]


def events_of(rows: list[list[str]]) -> dict[str, list[Row]]:
    return derived([{"published": "2024-05-14", "text": row[1]} for row in rows])


STATEMENTS, CONTACTS = rows_of("statements.md"), rows_of("contact-log.md")


@pytest.fixture(scope="module")
def statements() -> dict[str, list[Row]]:
    return events_of(STATEMENTS)


@pytest.fixture(scope="module")
def contacts() -> dict[str, list[Row]]:
    return events_of(CONTACTS)


@pytest.mark.parametrize(("place", "row"), list(enumerate(STATEMENTS)), ids=[row[0] for row in STATEMENTS])
def test_a_statement_has_the_status_that_its_row_says(
    place: int, row: list[str], statements: dict[str, list[Row]]
) -> None:
    told = [event["data"] for event in statements[str(place)] if event["type"] == STATEMENT]
    found = {(one["status"], " ".join(word["exact"] for word in one["status_words"])) for one in told}
    assert found == {(row[2], row[3])}


@pytest.mark.parametrize(("place", "row"), list(enumerate(CONTACTS)), ids=[row[0] for row in CONTACTS])
def test_a_contact_has_the_status_that_its_row_says(
    place: int, row: list[str], contacts: dict[str, list[Row]]
) -> None:
    told = [event["data"]["status"] for event in contacts[str(place)] if event["type"] == CONTACT]
    assert told == ([] if row[2] == "no contact" else [row[2]])
