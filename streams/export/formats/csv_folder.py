"""CSV (RFC 4180, UTF-8, a header line): a file for each flat table; what is null is an empty field."""

import csv
import io
from pathlib import Path

from readout.streams.export.export_format import LeftOut
from readout.streams.export.flat import FLAT
from readout.streams.export.places import replaced
from readout.streams.export.store import Store


def write_folder(store: Store, folder: Path, numbers: tuple[int, ...] | None = None) -> LeftOut:
    """Write `articles.csv` and the others."""
    del numbers
    for table in FLAT:
        with replaced(folder / f"{table.name}.csv") as out:
            text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
            writer = csv.writer(text, lineterminator="\r\n")
            writer.writerow([column.name for column in table.columns])
            writer.writerows(store.flat(table))
            text.detach()
    return LeftOut()
