"""Keep the tables of columns in `docs/formats-in-out.md` what the code says: `python -m tests.export.page`."""

import re
from pathlib import Path

from readout.streams.export.flat import FLAT
from readout.streams.export.tables import TABLES, Table

PAGE = Path(__file__).parents[2] / "docs" / "formats-in-out.md"
_BLOCK = re.compile(r"<!-- columns (\w+) (\w+) -->\n.*?<!-- end -->", re.DOTALL)
_SETS = {"sqlite": TABLES, "flat": FLAT}


def refreshed(page: str) -> str:
    """The page with its tables of columns as they are now."""
    return _BLOCK.sub(_block, page)


def _block(found: re.Match[str]) -> str:
    (table,) = (one for one in _SETS[found[1]] if one.name == found[2])
    return f"<!-- columns {found[1]} {found[2]} -->\n{_columns(table)}\n<!-- end -->"


def _columns(table: Table) -> str:
    rows = [f"| `{one.name}` | {one.type.lower()} | {one.meaning} |" for one in table.columns]
    return "\n".join(["| column | type | meaning |", "|---|---|---|", *rows])


if __name__ == "__main__":
    PAGE.write_text(refreshed(PAGE.read_text("utf-8")), "utf-8")
