"""Report where contacts go wrong, phenomenon by phenomenon, with the sentences, for people who improve the rules.

Reads:  a folder with `dev/docs.jsonl`, `dev/gold.jsonl` and `score.py`, and predictions (contacts_to_predictions)
Writes: a table of phenomena with what was found and what was exactly right; then what was missed, what is false,
        and which details differ

As a command: python tests/quality/contacts_report.py FOLDER PREDICTIONS
"""

import importlib.util
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

Row = dict[str, Any]
DETAILS = ("mode", "status", "date")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one contact of the gold annotation, or of a prediction that matches none (`gold` is None)."""

    article_id: str
    gold: Row | None
    predicted: Row | None
    faults: tuple[str, ...] = ()


def load_scorer(folder: Path) -> ModuleType:
    """The scorer that lies beside the data: its matching is the measure."""
    spec = importlib.util.spec_from_file_location("contact_scorer", folder / "score.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(folder / "score.py")
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    return scorer


def read_lines(path: Path) -> list[Row]:
    """The rows of a JSON lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def outcomes(gold: list[Row], predicted: dict[str, list[Row]], scorer: ModuleType) -> Iterator[Outcome]:
    """The outcome of every contact that must be found, then of every prediction that matches nothing."""
    for article in gold:
        yield from _outcomes_of(article, predicted.get(article["id"], []), scorer)


def _outcomes_of(article: Row, found: list[Row], scorer: ModuleType) -> Iterator[Outcome]:
    wanted = article["contacts"]
    matches = [
        [scorer.matching(one["participants"], other["participants"]) for other in wanted] for one in found
    ]
    weights = tuple(
        tuple(
            scorer.weight(one, other, matches[i][j]) if len(matches[i][j]) > 1 else 0
            for j, other in enumerate(wanted)
        )
        for i, one in enumerate(found)
    )
    taken = {j: i for i, j in scorer.assign(weights).items()}
    for j, contact in enumerate(wanted):
        if not contact["optional"]:
            one = found[taken[j]] if j in taken else None
            faults = tuple(_faults(contact, one, matches[taken[j]][j], scorer)) if one else ()
            yield Outcome(article["id"], contact, one, faults)
    for i, one in enumerate(found):
        if not any(len(match) > 1 for match in matches[i]):
            yield Outcome(article["id"], None, one)


def _faults(contact: Row, one: Row, matched: dict[int, int], scorer: ModuleType) -> Iterator[str]:
    for index, participant in enumerate(contact["participants"]):
        if index not in matched:
            yield f"lacks {participant['name']}"
    for index, participant in enumerate(one["participants"]):
        if index not in matched.values():
            yield f"has {participant['name']}"
    for detail in DETAILS:
        told = scorer.status(one[detail]) if detail == "status" else one[detail]
        if told not in scorer.options(contact, detail):
            yield f"{detail} {told}, not {contact[detail]}"


def table(found: list[Outcome]) -> Iterator[str]:
    """One line a phenomenon: how many contacts show it, how many were found, how many without any fault."""
    gold, hits, exact = Counter[str](), Counter[str](), Counter[str]()
    for outcome in found:
        for phenomenon in outcome.gold["phenomena"] if outcome.gold else ():
            gold[phenomenon] += 1
            hits[phenomenon] += outcome.predicted is not None
            exact[phenomenon] += outcome.predicted is not None and not outcome.faults
    yield f"{'phenomenon':16}{'gold':>6}{'found':>7}{'right':>7}"
    for phenomenon, count in gold.most_common():
        yield f"{phenomenon:16}{count:6}{hits[phenomenon]:7}{exact[phenomenon]:7}"


def listing(found: list[Outcome], texts: dict[str, str]) -> Iterator[str]:
    """What was missed, is false or differs, with the sentences."""
    for outcome in found:
        contact = outcome.gold or outcome.predicted
        if contact is None or (
            outcome.predicted is not None and outcome.gold is not None and not outcome.faults
        ):
            continue
        kind = (
            "false"
            if outcome.gold is None
            else "missed"
            if outcome.predicted is None
            else "; ".join(outcome.faults)
        )
        names = " + ".join(str(participant["name"]) for participant in contact["participants"])
        yield f"\n{outcome.article_id}  {names} ({contact['mode']}): {kind}"
        for part in contact["evidence"]:
            yield "    " + texts[outcome.article_id][part["start"] : part["end"]]


def main() -> None:
    """Print the report on a folder of data and a file of predictions."""
    folder, predictions = Path(sys.argv[1]), Path(sys.argv[2])
    texts = {row["id"]: row["text"] for row in read_lines(folder / "dev" / "docs.jsonl")}
    predicted = {row["id"]: row["contacts"] for row in read_lines(predictions)}
    found = list(outcomes(read_lines(folder / "dev" / "gold.jsonl"), predicted, load_scorer(folder)))
    for line in (*table(found), *listing(found, texts)):
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
