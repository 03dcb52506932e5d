"""What statements get wrong, per phenomenon, with the words: for people who improve the rules or the training.

Reads:  GOLD and PRED as the statement scorer does, and its folder for what counts as a word and as a match
Writes: to standard output a table of phenomena with how many are right, missed and false, then examples

As a command: python tests/quality/statements_report.py SCORER_FOLDER DOCS GOLD PRED [EXAMPLES]
"""

import importlib
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

Row = dict[str, Any]


class Finding(NamedTuple):
    """One statement that is right, missed, or found though the annotators have none."""

    phenomenon: str
    outcome: str
    words: str


def rows(path: Path) -> dict[str, Row]:
    """The lines of a file by article id."""
    with path.open(encoding="utf-8") as lines:
        return {row["id"]: row for row in map(json.loads, lines)}


def phenomena(text: str, row: Row) -> Iterator[str]:
    """The phenomena that a statement shows; every statement shows at least its kind of cue."""
    cue = words(text, row["cue"]).lower()
    yield cue_kind(cue)
    if not row["source"]:
        yield "no source"
    elif words(text, row["source"]).lower() in ("who", "that", "which"):
        yield "relative pronoun as source"
    content = words(text, row["content"])
    if len(row["content"]) > 1:
        yield "content in parts"
    if re.match(r"to \w", content):
        yield "infinitive content"
    if row["cue"] and "\n" not in text[: row["cue"][0][0]]:
        yield "headline"
    if re.search(r"[.!?][”\"']* [“\"'A-Z]", content):
        yield "content of several sentences"


def cue_kind(cue: str) -> str:
    """A coarse class of the cue's words."""
    if re.search(r"\bsa(?:y|ys|id|ying)\b", cue):
        return "cue: say"
    if "according" in cue:
        return "cue: according to"
    if not re.search(r"\w", cue):
        return "cue: mark"
    if re.search(r"\b(?:tell|told|wrote|write|add|ask|call|claim|announce|report|argue|tweet|warn)", cue):
        return "cue: other telling"
    return "cue: other"


def words(text: str, spans: list[list[int]]) -> str:
    """The words of some spans."""
    return " … ".join(text[start:end] for start, end in spans)


def findings(text: str, gold: Row, pred: Row, scorer: Any) -> Iterator[Finding]:
    """Every statement of one article, annotated or predicted, with what became of it."""
    document = scorer.Document({"text": text}, gold, pred)
    kept = [row for row in gold["statements"] if document.statement(row)]
    given = [row for row in pred.get("statements", []) if document.statement(row)]
    agreed = {id(one): agree for one, _, agree in document.pairs()}
    paired = {id(other) for _, other, _ in document.pairs()}
    for one, row in zip(document.gold, kept, strict=True):
        outcome = {True: "right", False: "wrong source", None: "missed"}[agreed.get(id(one))]
        yield from (Finding(name, outcome, _shown(text, row)) for name in phenomena(text, row))
    for other, row in zip(document.pred, given, strict=True):
        if id(other) not in paired:
            yield from (Finding(name, "false", _shown(text, row)) for name in phenomena(text, row))


def _shown(text: str, row: Row) -> str:
    parts = (words(text, row[part])[:160] for part in ("source", "cue", "content"))
    return " | ".join(parts).replace("\n", " ")


def report(found: list[Finding], examples: int) -> Iterator[str]:
    """The table, then examples of what is missed and false."""
    counts = Counter((one.phenomenon, one.outcome) for one in found)
    outcomes = ("right", "wrong source", "missed", "false")
    yield f"{'phenomenon':32}" + "".join(f"{outcome:>14}" for outcome in outcomes)
    for name in sorted({one.phenomenon for one in found}):
        yield f"{name:32}" + "".join(f"{counts[name, outcome]:14}" for outcome in outcomes)
    shown: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for one in found:
        if one.outcome != "right" and len(shown[one.phenomenon, one.outcome]) < examples:
            shown[one.phenomenon, one.outcome].append(one.words)
    for (name, outcome), lines in sorted(shown.items()):
        yield f"\n{name}, {outcome}"
        yield from (f"  {line}" for line in lines)


def main(arguments: list[str]) -> None:
    """Print the report."""
    folder, docs, gold, pred = map(Path, arguments[:4])
    examples = int(arguments[4]) if len(arguments) > 4 else 5
    sys.path.insert(0, str(folder))
    scorer = importlib.import_module("score")
    texts, golden, predicted = rows(docs), rows(gold), rows(pred)
    found = [
        finding
        for key in sorted(golden)
        for finding in findings(texts[key]["text"], golden[key], predicted.get(key, {}), scorer)
    ]
    sys.stdout.write("\n".join(report(found, examples)) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
