"""How many pairs of a development text and a layout change give the same records.

`READOUT_DEV_DATA=… python -m tests.layout.report [TEXTS] [CHANGES OF EACH]` prints a table: for each change the
pairs, and the texts that differ. EXCEPTIONS says why a text may differ; each is counted, and the list only shrinks.
"""

import random
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from readout.streams.derive.language import load_language
from readout.streams.processors.derivation import Language
from readout.streams.settings import Settings
from tests.layout.changes import CHANGES
from tests.layout.corpora import Text, development
from tests.layout.sameness import article, derived, differences, unproven

EXCEPTIONS = {
    "tables": "rows of results have no sentences, so a row that is wrapped cannot be told from two rows",
    "askew marks": "a quotation mark that leans on nothing, or one without its partner, is read by its house's habit",
    "headlines": "a first sentence reads as a headline, or speaks of what the new headline names",
    "line ends": "a line that ends as a sentence may end, in a text that is wrapped, or is of several widths",
}


@dataclass
class Counts:
    """What came of the comparison; `others` names each pair that differs, with the exception it falls under."""

    pairs: int = 0
    same: int = 0
    unproven: int = 0
    others: Counter[str] = field(default_factory=Counter)
    by_change: dict[str, list[int]] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)


def compare(texts: Sequence[Text], language: Language, *, changes: int) -> Counts:
    """Derive each text and some layouts of it, chosen by its place in the list."""
    counts = Counts()
    for number, text in enumerate(texts):
        names = random.Random(number).sample(sorted(CHANGES), changes)
        variants = [CHANGES[name](text.body, random.Random(f"{name} {text.name}")) for name in names]
        bodies = [text.body, *(variant.text for variant in variants)]
        old, *new = derived([article(body, text.published_at) for body in bodies], language)
        for name, variant, records in zip(names, variants, new, strict=True):
            found = differences(variant, old, records, text.body)
            wrong = unproven(variant.text, records)
            _count(counts, text, name, found, len(wrong))
    return counts


def _count(counts: Counts, text: Text, name: str, found: list[str], wrong: int) -> None:
    counts.pairs += 1
    counts.unproven += wrong
    counts.same += not found
    row = counts.by_change.setdefault(name, [0, 0])
    row[0] += 1
    row[1] += not found
    if found:
        reason = exception(text.body, name)
        counts.others[reason] += 1
        counts.lines.append(f"{name} | {text.name} | {reason} | {len(found)} records")


def exception(body: str, name: str) -> str:
    """Under which exception a pair falls that differs, as far as the text itself tells."""
    lines = [line for line in body.split("\n") if line.strip()]
    if sum(not re.search(r"[.!?:”\"’']\s*$", line) for line in lines) * 3 > len(lines):
        return "tables"
    if "quotation" in name or body.count('"') % 2 or body.count("“") != body.count("”"):
        return "askew marks"
    return "headlines" if name in {"headline", "byline"} else "line ends"


def main() -> None:
    """Print the table."""
    texts, changes = (int(number) for number in [*sys.argv[1:], "300", "10"][:2])
    counts = compare(development(texts), load_language(Settings()), changes=changes)
    for name, (pairs, same) in sorted(counts.by_change.items(), key=lambda row: row[1][1] / row[1][0]):
        print(f"{same:5} of {pairs:5}  {name}")
    print("\n".join(counts.lines))
    print(
        f"{counts.same} of {counts.pairs} pairs ({counts.same / counts.pairs:.1%}); {counts.unproven} selectors fail"
    )
    print(dict(counts.others))


if __name__ == "__main__":
    main()
