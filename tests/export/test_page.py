"""The page of formats is fresh and has a row for every format in and out."""

from readout.streams.export.export_format import FORMATS
from readout.streams.export.flat import FLAT
from readout.streams.export.tables import TABLES
from readout.streams.publish.formats import SourceFormat
from tests.export.page import PAGE, refreshed

TEXT = PAGE.read_text("utf-8")


def test_the_columns_in_the_page_are_fresh() -> None:
    """Run `python -m tests.export.page`."""
    assert refreshed(TEXT) == TEXT
    for name, tables in (("sqlite", TABLES), ("flat", FLAT)):
        for table in tables:
            assert f"<!-- columns {name} {table.name} -->" in TEXT


def test_every_format_has_its_row() -> None:
    for name in [*FORMATS, *(one.value for one in SourceFormat if one is not SourceFormat.AUTO)]:
        assert f"| `{name}` |" in TEXT, name
