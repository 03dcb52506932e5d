"""Turn derived entities into the predictions that the entity scorer reads.

Reads:  CloudEvents JSON lines as `readout derive` writes them
Writes: one line an article: {"id", "entities": [{"start", "end", "type"}]}

Only names count: the corpora annotate neither descriptions nor pronouns. They call facilities places, and
everything that is neither person, organisation nor place MISC.

As a command: python tests/quality/entities_to_predictions.py < events.jsonl > predictions.jsonl
"""

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

EVENT_TYPE = "readout.entity.mentioned.v1"
TYPES = {"person": "PERSON", "organisation": "ORG", "place": "PLACE", "facility": "PLACE"}


def predictions(events: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The predictions of each article that has entities, in the order in which articles come."""
    found: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        if event["type"] == EVENT_TYPE:
            found.setdefault(event["subject"], []).extend(mentions(event["data"]))
    for article_id, entities in found.items():
        yield {"id": article_id, "entities": entities}


def mentions(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The places that name one entity."""
    for mention in data["mentions"]:
        if mention["kind"] == "name":
            selector = mention["selector"]
            yield {
                "start": selector["start"],
                "end": selector["end"],
                "type": TYPES.get(data["type"], "MISC"),
            }


def main() -> None:
    """Convert standard input to standard output."""
    events = (json.loads(line) for line in sys.stdin if line.strip())
    for line in predictions(events):
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
