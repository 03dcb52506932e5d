"""Memory of a redrive with few and with many dead letters: it must not grow with them.

    python -m benchmarks.redrive [--letters 10000 100000] [--rounds 3]

Writes dead letters to an embedded broker of their own and puts them through again, each time in a process of its
own: as `readout redrive` does it, and, beside it, holding every letter first, as it did before. Prints one JSON
object: the medians of the highest resident memory in MiB. Exits 1 if the large number takes more than a tenth more
than the small one.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from itertools import count

import orjson

from benchmarks.machine import high_water
from readout.schemas.news import ArticlePublished
from readout.streams.kafka.connection import StoredRecord
from readout.streams.kafka.embedded import embedded_broker
from readout.streams.kafka.producer import RecordProducer
from readout.streams.log.dead_letters import PROCESSING, Reason, dead_letter
from readout.streams.log.topics import DEAD_LETTERS, NEWS, ensure_topics
from readout.streams.publish.publisher import article_record
from readout.streams.publish.redrive import DeadLetter, Wanted, redrive_letters, waiting_letters
from readout.streams.settings import Settings

_IN_FLIGHT = 500
_BODY = "Foreign Minister Anna Weber spoke by phone with Defence Minister Luis Ortega on Monday. " * 10
_REASON = Reason(PROCESSING, "ArticleTooLong", "the body is too long")
_WAYS = ("streamed", "held")
_GROWTH = 1.1


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.redrive")
    parser.add_argument("--letters", type=int, nargs=2, default=[10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--alone", nargs=2, metavar=("WAY", "SERVERS"))
    chosen = parser.parse_args(arguments)
    if chosen.alone:
        sys.stdout.write(f"{asyncio.run(_redriven(*chosen.alone))} {high_water()}\n")
        return 0
    found = {way: [_median(way, letters, chosen.rounds) for letters in chosen.letters] for way in _WAYS}
    sys.stdout.write(orjson.dumps({"letters": chosen.letters, "mebibytes": found}).decode() + "\n")
    small, large = found["streamed"]
    return 0 if large <= _GROWTH * small else 1


def _median(way: str, letters: int, rounds: int) -> float:
    return statistics.median(_measured(way, letters) for _ in range(rounds))


def _measured(way: str, letters: int) -> float:
    """Highest resident memory in MiB of a process that puts so many letters through again."""
    with embedded_broker() as broker:
        asyncio.run(_fill(_settings(broker.bootstrap_servers), letters))
        command = [sys.executable, "-m", "benchmarks.redrive", "--alone", way, broker.bootstrap_servers]
        answer = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - ourselves
    redriven, mebibytes = answer.stdout.split()
    if int(redriven) != letters:
        raise RuntimeError(f"{redriven} of {letters} letters were put through again")
    return round(float(mebibytes), 1)


def _settings(servers: str) -> Settings:
    return Settings(bootstrap_servers=servers, delivery="confirmed")


async def _redriven(way: str, servers: str) -> int:
    settings, redriven = _settings(servers), count()

    def done(_: DeadLetter) -> None:
        next(redriven)

    letters = waiting_letters(settings, Wanted())
    if way == "held":
        letters = _given([one async for one in letters])
    await redrive_letters(settings, letters, done=done)
    return next(redriven)


async def _given(held: Sequence[DeadLetter]) -> AsyncIterator[DeadLetter]:
    for one in held:
        yield one


async def _fill(settings: Settings, letters: int) -> None:
    await ensure_topics(settings)
    producer = RecordProducer(settings)
    await producer.start()
    for start in range(0, letters, _IN_FLIGHT):
        sent = []
        for number in range(start, min(letters, start + _IN_FLIGHT)):
            place = number % settings.partitions
            letter = dead_letter(_source(number, place), _REASON, application_id="benchmark")
            sent.append(await producer.send(letter, DEAD_LETTERS.stem, partition=place))
        await asyncio.gather(*sent)
    await producer.close()


def _source(number: int, place: int) -> StoredRecord:
    article = ArticlePublished(article_id=f"article-{number}", revision=1, status="usable", body=_BODY)
    record = article_record(article)
    return StoredRecord(NEWS.stem, place, number, 0, 1, record.key, record.value, record.headers)


if __name__ == "__main__":
    sys.exit(main())
