"""What a contact costs the consolidation, from ten thousand live ones to a million: it must not grow with them.

    python -m benchmarks.consolidation [LIVE ...]

Made-up reports of a fixed number a day, so that more live ones are more days; names are drawn so that some people
have many contacts. For each number of live reports a store is filled and then 2,000 reports of the last days are
taken in, four steps of 500, values encoded. Prints reports a second of processor time, the growth of the cost as an
exponent (1: it stays), and memory. Exits 1 if the exponent is over 1.1 or the rate under 440 a second, which is
twenty times what a worker makes of 22 articles a second with one contact each.
"""

import datetime
import hashlib
import math
import random
import sys
import time
from collections.abc import Iterable, Iterator, Sequence

from benchmarks.machine import high_water
from readout.schemas.contacts import ContactReport, ToldParty
from readout.schemas.envelope import encode_value
from readout.schemas.event import DerivedEvent
from readout.schemas.examples import example_events
from readout.schemas.ids import sha256_hex
from readout.streams.consolidate.store import ReportStore
from readout.streams.processors.consolidation.blocking import block_keys, day_of
from readout.streams.processors.consolidation.consolidation import Consolidator
from readout.streams.processors.consolidation.likeness import Features

_LIVE = (10_000, 100_000, 1_000_000)
_A_DAY = 1_000
_PEOPLE = 3_000
_TAKEN_IN, _STEP = 2_000, 500
_FIRST_DAY = 730_000
_NEAR, _ROWS = 20_000, 20_000
_EXPONENT, _RATE = 1.1, 440
_SYLLABLES = [first + second for first in "bcdfghjklmnprstvz" for second in "aeiou"]
_OFFICES = ("foreign", "defence", "president", "finance", None)
_COUNTRIES = [first + second for first in "ABCDEFG" for second in "KLMNPR"]
_PRODUCER = next(one.producer for one in example_events() if isinstance(one, DerivedEvent))


def reports(first: int, count: int) -> Iterator[ContactReport]:
    """Reports by number; three in a row are of one contact, as three papers tell of it."""
    for number in range(first, first + count):
        yield _report(number)


def _report(number: int) -> ContactReport:
    contact = random.Random(number // 3)  # noqa: S311 - made-up names
    pair = {int(_PEOPLE * contact.random() ** 2), int(_PEOPLE * contact.random() ** 2)}
    people = sorted(pair) if len(pair) == 2 else [min(pair), min(pair) + 1]
    day = _day(number // 3 * 3 // _A_DAY)
    name = sha256_hex(str(number).encode())
    return ContactReport(
        record_id=name,
        record_sha256=name,
        article_id=f"https://news.example/{number}",
        revision=1,
        proposed_id=sha256_hex(name.encode()),
        position=0,
        published_at=f"{day}T{number % 24:02}:00:00Z",
        source=f"Paper {number % 400}",
        text_sha256=name,
        text_sketch=2 * name,
        passage_sketch=2 * name[::-1],
        credit=None,
        origin=None,
        participants=tuple(_party(person, number) for person in people),
        mode=contact.choice(["call", "meeting", "talks"]),
        status="held",
        date=day,
        end=None,
        is_approximate=False,
        is_anchored=True,
        hour=None,
        place=None,
        subjects=(),
    )


def _party(person: int, number: int) -> ToldParty:
    drawn = random.Random(-person - 1)  # noqa: S311 - as above
    given, family = ("".join(drawn.sample(_SYLLABLES, count)).title() for count in (2, 4))
    office = drawn.choice(_OFFICES)
    return ToldParty(
        name=f"{given} {family}" if number % 3 else family,
        kind="person",
        title=office,
        office=office,
        country=drawn.choice(_COUNTRIES),
        part="party",
        alias_id=None,
    )


def _day(offset: int) -> str:
    return datetime.date.fromordinal(_FIRST_DAY + offset).isoformat()


def measure(live: int) -> float:
    """Processor seconds for the reports that are taken in, with so many live ones."""
    with ReportStore() as store:
        _fill(store, live)
        consolidator = Consolidator(store, _PRODUCER)
        new = list(reports(live, _TAKEN_IN))
        started = time.process_time()
        for start in range(0, len(new), _STEP):
            _take_in(store, consolidator, new[start : start + _STEP])
        return time.process_time() - started


def _fill(store: ReportStore, live: int) -> None:
    """Live reports with their contacts, without comparing them: what is there is not what is measured.

    Those of days that nothing new comes near are rows with the keys of others, which is faster to make.
    """
    near = min(live, _NEAR)
    with store.together():
        _fill_far(store, live - near)
        members: dict[int, list[str]] = {}
        for number, report in enumerate(reports(live - near, near), start=live - near):
            features = Features(report)
            store.add(features, block_keys(features), day_of(features))
            members.setdefault(number // 3, []).append(report.record_id)
            if len(members[number // 3]) == 3 or number == live - 1:
                first = members.pop(number // 3)
                store.assign(sha256_hex(first[0].encode()), frozenset(first))


def _fill_far(store: ReportStore, count: int) -> None:
    models = [Features(report) for report in reports(0, min(count, 2_000))]
    rows = [(encode_value(one.report), block_keys(one)) for one in models]
    for start in range(0, count, _ROWS):
        numbers = range(start, min(start + _ROWS, count))
        found = [
            (hashlib.sha256(b"%d" % number).digest(), _FIRST_DAY + number // _A_DAY, rows[number % len(rows)])
            for number in numbers
        ]
        _insert(store, found)


def _insert(store: ReportStore, found: Iterable[tuple[bytes, int, tuple[bytes, Sequence[int]]]]) -> None:
    rows = store._rows  # noqa: SLF001 - straight into the tables
    for record, day, (value, keys) in found:
        query = "INSERT INTO reports (record, article, contact, value) VALUES (?, ?, ?, ?) RETURNING number"
        (number,) = rows.execute(query, (record, record.hex(), record, value)).fetchone()
        rows.executemany("INSERT INTO blocks VALUES (?, ?, ?)", [(key, day, number) for key in keys])
        rows.executemany("INSERT INTO keys VALUES (?, ?, ?)", [(number, key, day) for key in keys])


def _take_in(store: ReportStore, consolidator: Consolidator, new: Sequence[ContactReport]) -> None:
    with store.together():
        events = consolidator.apply({one.article_id: (one,) for one in new})
    for event in events:
        encode_value(event)


def main() -> int:
    """Measure and print."""
    sizes = [int(text) for text in sys.argv[1:]] or list(_LIVE)
    costs = []
    for live in sizes:
        seconds = measure(live)
        costs.append(seconds / _TAKEN_IN)
        rate = _TAKEN_IN / seconds
        print(
            f"{live:>9,} live: {1000 * costs[-1]:.2f} ms a report, {rate:,.0f} a second of one core, "
            f"{high_water():,.0f} MiB at most",
            flush=True,
        )
    exponent = 1.0
    if len(sizes) > 1:
        exponent = 1 + math.log(costs[-1] / costs[0]) / math.log(sizes[-1] / sizes[0])
        print(f"cost grows as n^{exponent:.2f} from {sizes[0]:,} to {sizes[-1]:,} live reports")
    return 0 if exponent <= _EXPONENT and 1 / max(costs) >= _RATE else 1


if __name__ == "__main__":
    raise SystemExit(main())
