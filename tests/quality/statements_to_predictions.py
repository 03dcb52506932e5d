"""Turn derived statements into the predictions that the statement scorer reads.

Reads:  CloudEvents JSON lines as `readout derive` writes them
Writes: one line an article: {"id", "statements": [{"source", "cue", "content"}]}, each a list of [start, end]

Statements nested in others are left out: the corpus annotates none.

As a command: python tests/quality/statements_to_predictions.py < events.jsonl > predictions.jsonl
"""

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

EVENT_TYPE = "readout.statement.attributed.v1"


def predictions(events: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The predictions of each article that has statements, in the order in which articles come."""
    statements: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        if event["type"] == EVENT_TYPE and event["data"]["nested_in"] is None:
            statements.setdefault(event["subject"], []).append(prediction(event["data"]))
    for article_id, found in statements.items():
        yield {"id": article_id, "statements": found}


def prediction(data: dict[str, Any]) -> dict[str, Any]:
    """One statement as the scorer reads it."""
    return {part: _spans(data[part]) for part in ("source", "cue", "content")}


def _spans(part: dict[str, Any] | None) -> list[list[int]]:
    return [[one["start"], one["end"]] for one in part["selectors"]] if part else []


def main() -> None:
    """Convert standard input to standard output."""
    events = (json.loads(line) for line in sys.stdin if line.strip())
    for line in predictions(events):
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
