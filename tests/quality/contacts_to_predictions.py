"""Turn derived contacts into the predictions that the contact scorer reads.

Reads:  CloudEvents JSON lines as `readout derive` writes them
Writes: one line an article: {"id", "contacts": [{"participants", "mode", "status", "date", "evidence"}]}

As a command: python tests/quality/contacts_to_predictions.py < events.jsonl > predictions.jsonl
"""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

EVENT_TYPE = "readout.contact.logged.v1"


def predictions(events: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The predictions of each article that has contacts, in the order in which articles come."""
    contacts: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        if event["type"] == EVENT_TYPE:
            contacts.setdefault(event["subject"], []).append(prediction(event["data"]))
    for article_id, found in contacts.items():
        yield {"id": article_id, "contacts": found}


def prediction(data: dict[str, Any]) -> dict[str, Any]:
    """One contact as the scorer reads it: a participant is its name and its first selector."""
    return {
        "participants": [
            {"name": one["name"], "start": one["selectors"][0]["start"], "end": one["selectors"][0]["end"]}
            for one in data["participants"]
        ],
        "mode": data["mode"],
        "status": data["status"],
        "date": date_of(data["occurred_on"]),
        "evidence": [{"start": one["start"], "end": one["end"]} for one in data["evidence"]],
    }


def date_of(when: dict[str, Any]) -> str | None:
    """The date as annotated: a week has none of its own there, only the month that it lies in."""
    if when["precision"] != "week":
        return str(when["date"]) if when["date"] else None
    monday = date.fromisoformat(when["date"])
    sunday = monday + timedelta(6)
    return monday.isoformat()[:7] if monday.month == sunday.month else None


def main() -> None:
    """Convert standard input to standard output."""
    events = (json.loads(line) for line in sys.stdin if line.strip())
    for line in predictions(events):
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
