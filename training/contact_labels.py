"""Our own labels of contacts: offsets into articles whose text is not here.

Reads:  `contact_labels.jsonl` beside this file, and the texts in the development data
Writes: articles as rows, annotated as `gold.jsonl` annotates them

The articles were taken as they came, not chosen for what they tell, and read blind by the guidelines of the
development data. A participant is labelled by where its best mention stands (`at`, code points), where it is
named in full (or by which words), what kind it is, and where else the evidence mentions it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Row = dict[str, Any]
LABELS = Path(__file__).with_name("contact_labels.jsonl")
_TEXTS = {
    "statements/train": ("statements/train/docs.jsonl", "polnear-any"),
    "statements/dev": ("statements/dev/docs.jsonl", "polnear-any"),
    "entities": ("entities/conll03.docs.jsonl", "conll-any"),
}
_PRECISION = {0: None, 4: "year", 7: "month", 10: "day"}


def labelled_rows(data: Path) -> Iterator[Row]:
    """The labelled articles with their texts.

    Raises:
        FileNotFoundError: the development data lack a file.
    """
    texts = {name: {row["id"]: row for row in lines_of(data / path)} for name, (path, _) in _TEXTS.items()}
    for labels in lines_of(LABELS):
        row = texts[labels["folder"]][labels["id"]]
        contacts = [
            _contact(f"{row['id']}/{number}", one, row["text"])
            for number, one in enumerate(labels["contacts"], 1)
        ]
        gold = {"stratum": _TEXTS[labels["folder"]][1], "contacts": contacts}
        yield row | {"folder": labels["folder"], "published": row.get("published"), "gold": gold}


def lines_of(path: Path) -> Iterator[Row]:
    """The JSON lines of a file."""
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _contact(cid: str, label: Row, text: str) -> Row:
    return {
        "cid": cid,
        "participants": [_participant(one, text) for one in label["participants"]],
        "evidence": [_span(one, text) for one in label["evidence"]],
        "mode": label["mode"],
        "status": label["status"],
        "date": label.get("date"),
        "date_precision": _PRECISION[len(label.get("date", ""))],
        "hub": label.get("hub"),
        **{name: label.get(name, []) for name in ("mode_alt", "status_alt", "date_alt")},
        **{name: label.get(name, False) for name in ("optional", "series")},
    }


def _participant(label: Row, text: str) -> Row:
    name = label["name"]
    return _span(label["at"], text) | {
        "name": name if isinstance(name, str) else text[slice(*name)],
        "kind": label["kind"],
        "country": label.get("country", ""),
        "alt": [_span(one, text) for one in label.get("alt", ())],
    }


def _span(at: list[int], text: str) -> Row:
    start, end = at
    return {"start": start, "end": end, "text": text[start:end]}
