"""Texts whose layout is changed: the seed, made ones, and development data if they are at hand."""

import json
import os
import random
from pathlib import Path
from typing import NamedTuple

SEED = Path(__file__).parents[2] / "seeds" / "2022-10-25-dirty-bomb-calls.txt"
_SHORTEST, _LONGEST = 200, 5_000


class Text(NamedTuple):
    """A text with its name and its day of publication."""

    name: str
    body: str
    published_at: str | None


def seed() -> Text:
    return Text("seed", SEED.read_text("utf-8").split("2022-10-25 ", 1)[1], "2022-10-25")


MADE = (
    Text(
        "two visits",
        "Norwegian Foreign Minister Ingrid Qvarnström met her Estonian counterpart Jaan Ilves in Tallinn on Monday.\n\n"
        "“We have agreed on a plan for the harbours,” Qvarnström told reporters. “It’s a long-term plan.”\n\n"
        "Ilves said the ministers’ talks had been open. He will visit Oslo next week, his spokesman Teodor Vasić said.",
        "2023-03-14",
    ),
    Text(
        "a call",
        "President Amara Diallo spoke by phone with Prime Minister Luís Carvalho on 7 March, her office said in a statement.\n\n"
        'The two leaders "discussed grain, ports and the release of prisoners", it said.\n\n'
        "Carvalho's government did not comment. In Lisbon, the opposition leader Inês Prado called the talks “a show”.\n\n"
        "Diallo had refused to meet Carvalho in January.",
        "2023-03-14",
    ),
    Text(
        "quotations inside quotations",
        "“He told me, ‘Don’t go to Geneva,’ and I stayed,” said Marta Novák, the envoy.\n\n"
        "“My answer was plain: ‘No.’\n\n“Nobody asked again,” Novák added.\n\n"
        "The envoy's aides said that the '90s treaty was “as good as dead”. The co-operation will end on Friday.",
        "2023-03-14",
    ),
)


def development(count: int) -> list[Text]:
    """So many texts of READOUT_DEV_DATA, the same ones every time; none if it names no folder."""
    folder = os.environ.get("READOUT_DEV_DATA")
    if not folder:
        return []
    found = []
    for file in sorted(Path(folder).rglob("*docs.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            doc = json.loads(line)
            if _SHORTEST <= len(doc["text"]) <= _LONGEST:
                found.append(Text(f"{file.parent.name}/{doc['id']}", doc["text"], doc["published"]))
    random.Random(15).shuffle(found)
    return found[:count]
