"""The quality scripts for contacts: events become predictions, and the report names what is missed and false."""

from pathlib import Path
from typing import Any

from tests.quality.contacts_report import listing, load_scorer, outcomes, table
from tests.quality.contacts_to_predictions import predictions

TEXT = "Berg met Lind. Holm wrote to Aho."
SCORER = """
def matching(found, wanted):
    names = [one["name"] for one in found]
    return {i: names.index(one["name"]) for i, one in enumerate(wanted) if one["name"] in names}
def weight(one, other, match):
    return len(match)
def assign(weights):
    return {i: row.index(max(row)) for i, row in enumerate(weights) if row and max(row)}
def status(told):
    return told
def options(contact, detail):
    return [contact[detail]]
"""


def contact(*names: str, start: int, end: int, **changes: Any) -> dict[str, Any]:
    return {
        "participants": [{"name": name, "start": start, "end": end} for name in names],
        "mode": "meeting", "status": "held", "date": None, "evidence": [{"start": start, "end": end}],
        "optional": False, "phenomena": ["verb"], **changes,
    }  # fmt: skip


def test_events_become_predictions() -> None:
    selector = {"start": 0, "end": 4, "exact": "Berg", "prefix": "", "suffix": ""}
    data = {
        "participants": [{"name": "Berg", "selectors": [selector]}, {"name": "Lind", "selectors": [selector]}],
        "mode": "meeting", "status": "held", "occurred_on": {"date": "2021-06-07", "precision": "day"}, "evidence": [selector],
    }  # fmt: skip
    events = [
        {"type": "readout.contact.logged.v1", "subject": "a-1", "data": data},
        {"type": "readout.entity.mentioned.v1", "subject": "a-1", "data": {}},
    ]
    (line,) = predictions(events)
    assert line["id"] == "a-1"
    assert line["contacts"][0]["participants"][0] == {"name": "Berg", "start": 0, "end": 4}
    assert line["contacts"][0]["date"] == "2021-06-07"


def test_the_report_names_what_is_missed_false_and_different(tmp_path: Path) -> None:
    (tmp_path / "score.py").write_text(SCORER, encoding="utf-8")
    gold = [
        {
            "id": "a-1",
            "contacts": [contact("Berg", "Lind", start=0, end=14), contact("Holm", "Aho", start=15, end=33)],
        }
    ]
    found = {
        "a-1": [
            contact("Berg", "Lind", start=0, end=14, mode="call"),
            contact("Berg", "Aho", start=15, end=33),
        ]
    }
    result = list(outcomes(gold, found, load_scorer(tmp_path)))
    report = "\n".join([*table(result), *listing(result, {"a-1": TEXT})])
    assert "verb                 2      1      0" in report
    assert "Berg + Lind (meeting): mode call, not meeting" in report
    assert "Holm + Aho (meeting): missed" in report
    assert "Berg + Aho (meeting): false\n    Holm wrote to Aho." in report
