"""The tables of minimal pairs, and what the whole derivation makes of their texts.

Reads:  every `*.jsonl` beside this module
Writes: per table and category how many rows are right, and what is wrong with the others

As a command, for people who improve the rules: python -m tests.pairs.tables [TABLE or start of a row's id ...]
"""

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.pairs.scoring import faults

HERE = Path(__file__).parent
Row = dict[str, Any]
Category = tuple[str, str]


@dataclass(frozen=True)
class Scored:
    """A row of a table, with what is wrong with it."""

    table: str
    row: Row
    faults: tuple[str, ...]

    @property
    def category(self) -> Category:
        """Table and category; what stands behind a slash tells the kind apart within it."""
        return self.table, self.row["category"]


def tables() -> dict[str, list[Row]]:
    """The rows of each table, by its name."""
    return {path.stem: read_lines(path) for path in sorted(HERE.glob("*.jsonl"))}


def read_lines(path: Path) -> list[Row]:
    """The rows of a JSON lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def score_tables(chosen: dict[str, list[Row]]) -> list[Scored]:
    """Every row of some tables, scored: each text is an article of its own, derived by `readout derive`."""
    rows = [(table, row) for table, rows in chosen.items() for row in rows]
    events = derived([row for _, row in rows])
    return [
        Scored(table, row, tuple(faults(row, events[str(index)]))) for index, (table, row) in enumerate(rows)
    ]


def derived(rows: list[Row]) -> dict[str, list[Row]]:
    """The events of each row's text, by the row's place, from the command that a user would type."""
    with tempfile.TemporaryDirectory() as folder:
        articles = Path(folder) / "articles.jsonl"
        articles.write_text("".join(f"{json.dumps(one)}\n" for one in _articles(rows)), encoding="utf-8")
        command = [sys.executable, "-m", "readout", "derive", str(articles)]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    found: dict[str, list[Row]] = defaultdict(list)
    for event in map(json.loads, output.splitlines()):
        found[event["subject"]].append(event)
    return found


def _articles(rows: Iterable[Row]) -> Iterator[Row]:
    for index, row in enumerate(rows):
        yield {
            "article_id": str(index),
            "headline": None,
            "published_at": row["published"],
            "body": row["text"],
        }


def shares(scored: Iterable[Scored]) -> dict[Category, tuple[int, int]]:
    """How many rows of a category are right, and how many there are."""
    found: dict[Category, tuple[int, int]] = {}
    for one in scored:
        right, count = found.get(one.category, (0, 0))
        found[one.category] = (right + (not one.faults), count + 1)
    return found


def report(scored: list[Scored]) -> Iterator[str]:
    """The rows that are wrong, then a line a category and one a table."""
    for one in scored:
        if one.faults:
            yield f"{one.row['id']} {one.row['category']} ({one.row['published']}): {one.row['text']}"
            yield from (f"    {fault}" for fault in one.faults)
    totals: dict[str, tuple[int, int]] = {}
    for (table, category), (right, count) in shares(scored).items():
        yield f"{table:18} {category:34} {right:4} of {count:4} {100 * right / count:6.1f}"
        before = totals.get(table, (0, 0))
        totals[table] = before[0] + right, before[1] + count
    for table, (right, count) in totals.items():
        yield f"{table:18} {'all':34} {right:4} of {count:4} {100 * right / count:6.1f}"


def main() -> None:
    """Print the report on all tables, or on those and the rows that are named."""
    names = tuple(sys.argv[1:]) or ("",)
    chosen = {
        table: [row for row in rows if table in names or row["id"].startswith(names)]
        for table, rows in tables().items()
    }
    for line in report(score_tables(chosen)):
        print(line)


if __name__ == "__main__":
    main()
