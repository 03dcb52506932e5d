"""Show what the derivation gets wrong about names: per phenomenon how often, and in which words.

Reads:  documents, gold annotation and predictions, one JSON line a document each (entities_to_predictions)
Writes: a table of phenomena and examples on standard output

As a command: python tests/quality/entities_report.py DOCS GOLD PREDICTIONS [--examples 5]

The scorer decides what counts; this report says where to look. Spans are compared as they are.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

TYPES = frozenset(("PERSON", "ORG", "PLACE"))
CONTEXT = 40


class Span(NamedTuple):
    """One annotated or predicted name."""

    start: int
    end: int
    type: str


class Difference(NamedTuple):
    """A name that only one side has, and what the other side has in its place."""

    phenomenon: str
    words: str
    context: str


def differences(text: str, gold: Iterable[Span], predicted: Iterable[Span]) -> Iterator[Difference]:
    """What is missed and what is false in one document, in reading order."""
    wanted, found = set(gold), set(predicted)
    for span in sorted(wanted ^ found):
        if span.type in TYPES:
            side, others = ("missed", found) if span in wanted else ("false", wanted)
            yield Difference(
                _phenomenon(side, span, others), text[span.start : span.end], _context(text, span)
            )


def _phenomenon(side: str, span: Span, others: Iterable[Span]) -> str:
    """The kind of error: nothing there, another type, or another extent."""
    rival = next((o for o in sorted(others) if o.start < span.end and span.start < o.end), None)
    if rival is None:
        return f"{side} {span.type}, nothing there"
    if rival[:2] == span[:2]:
        return (
            f"{side} {span.type}, taken for {rival.type}"
            if side == "missed"
            else f"false {span.type}, is {rival.type}"
        )
    return f"{side} {span.type}, other extent"


def _context(text: str, span: Span) -> str:
    around = text[max(0, span.start - CONTEXT) : span.end + CONTEXT]
    return " ".join(around.split())


def report(all_differences: Iterable[Difference], examples: int) -> Iterator[str]:
    """The table, most frequent phenomenon first, each with some of its examples spread over the documents."""
    groups: dict[str, list[Difference]] = defaultdict(list)
    for difference in all_differences:
        groups[difference.phenomenon].append(difference)
    for phenomenon, found in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
        yield f"{len(found):5}  {phenomenon}"
        for difference in found[:: max(1, len(found) // max(1, examples))][:examples]:
            yield f"         {difference.words!r} in …{difference.context}…"


def _spans(path: Path) -> dict[str, list[Span]]:
    rows = (json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip())
    return {row["id"]: [Span(e["start"], e["end"], e["type"]) for e in row["entities"]] for row in rows}


def _documents(path: Path) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip())


def main() -> None:
    """Print the report for three files."""
    parser = argparse.ArgumentParser(description="Show errors about names by phenomenon.")
    for name in ("docs", "gold", "predictions"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--examples", type=int, default=5, help="examples of each phenomenon")
    arguments = parser.parse_args()
    gold, predicted = _spans(arguments.gold), _spans(arguments.predictions)
    found = (
        difference
        for document in _documents(arguments.docs)
        for difference in differences(
            document["text"], gold.get(document["id"], []), predicted.get(document["id"], [])
        )
    )
    for line in report(found, arguments.examples):
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
