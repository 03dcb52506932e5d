"""The table of dates in docs/topics/contact-log.md is what the grammar does."""

from datetime import date
from pathlib import Path

import pytest

from readout.streams.text.dates import resolve

PAGE = Path(__file__).parents[4] / "docs" / "topics" / "contact-log.md"
PUBLISHED_ON = date(2024, 5, 15)


def rows() -> list[list[str]]:
    table = PAGE.read_text("utf-8").split("<!-- dates -->")[1].split("<!-- end -->")[0]
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_page_tells_more_than_a_few_kinds() -> None:
    assert len(rows()) > 20


@pytest.mark.parametrize(("kind", "words", "looks", "day", "precision", "end"), rows())
def test_a_documented_date_means_what_the_page_says(
    kind: str, words: str, looks: str, day: str, precision: str, end: str
) -> None:
    assert looks in ("back", "ahead"), kind
    clause = f"they {'will meet' if looks == 'ahead' else 'met'} {words}"
    resolved = resolve(clause, PUBLISHED_ON, ahead=looks == "ahead")
    assert resolved is not None
    assert (resolved.date or "", resolved.precision, resolved.end or "") == (day, precision, end)
