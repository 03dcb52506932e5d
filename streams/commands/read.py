"""`readout tail`: events out, for a person, a pipe or a program."""

import csv
import io
import sys
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated

import orjson
import typer

from readout.schemas.envelope import Record, json_line
from readout.schemas.event import Event
from readout.schemas.registry import EVENTS_BY_TYPE
from readout.streams.commands import terminal
from readout.streams.commands.cards import card, letter_card
from readout.streams.commands.moments import HOW, moment_of
from readout.streams.commands.views import csv_columns, csv_row, line, place
from readout.streams.errors import ConfigurationError, InvalidRecord, NothingFound
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.article_ids import article_meant
from readout.streams.log.dead_letters import dead_letter_facts
from readout.streams.log.decoding import decode_event
from readout.streams.log.filters import Filter, Selected
from readout.streams.log.last import last_records
from readout.streams.log.subscribe import Extent, Received, places_of, read_topics, reader_of
from readout.streams.log.topics import NEWS, TOPICS_BY_STEM
from readout.streams.settings import Settings

_STEMS = ", ".join(TOPICS_BY_STEM)
# So much of a record that is no event as tells what it is.
_SHOWN_CHARACTERS = 200


def _topics(beginning: str) -> list[str]:
    return [stem for stem in TOPICS_BY_STEM if stem.startswith(beginning)]


def tail(  # noqa: PLR0913 - a person's options
    topic: Annotated[str, typer.Argument(help=f"One of: {_STEMS}.", autocompletion=_topics)],
    *,
    number: Annotated[
        int | None, typer.Option("-n", "--number", min=1, metavar="N", help="Only the last N.")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="TIME", help=f"Recorded since then, {HOW}.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Recorded before then.")] = None,
    partition: Annotated[
        list[int] | None, typer.Option(min=0, metavar="N", help="Only this partition; may be repeated.")
    ] = None,
    article: Annotated[
        str | None, typer.Option(metavar="ID", help="Of one article, by its id or the beginning of it.")
    ] = None,
    person: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Naming somebody: a name, part of it, or an id.")
    ] = None,
    country: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="With this country, such as US.")
    ] = None,
    mode: Annotated[list[str] | None, typer.Option(metavar="MODE", help="Such as call or meeting.")] = None,
    status: Annotated[
        list[str] | None, typer.Option(metavar="STATUS", help="Such as held, made or usable.")
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Wait for more; Ctrl-C ends.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="CloudEvents as JSON lines.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Comma-separated values with a header.")] = False,
) -> None:
    """Read a topic: cards on a terminal, lines in a pipe, JSON or CSV for programs.

    In the order in which records were written, all partitions together. Filters of several kinds must all hold; of
    one kind that is repeated, any will do. A withdrawal is shown if what it takes back was.
    """
    settings = terminal.start()
    if as_json and as_csv:
        raise ConfigurationError("--json contradicts --csv")
    if until and follow:
        raise ConfigurationError("--until contradicts --follow: what comes later is not before it")
    wanted = _Wanted(
        topic,
        Extent(
            start=moment_of("--since", since),
            end=moment_of("--until", until),
            partitions=tuple(partition or ()),
        ),
        Filter(
            person=tuple(person or ()),
            country=tuple(country or ()),
            mode=tuple(mode or ()),
            status=tuple(status or ()),
        ),
        article,
        number,
        follow,
    )
    wanted.check()
    shown = terminal.run(_shown(wanted, settings, _printer(topic, as_json=as_json, as_csv=as_csv)))
    if not shown and not follow:
        _say_nothing_found(wanted)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was asked for."""

    stem: str
    extent: Extent
    filter: Filter
    article: str | None
    number: int | None
    follow: bool

    def check(self) -> None:
        """Refuse what can never be found."""
        if self.stem in TOPICS_BY_STEM:
            self.filter.check(TOPICS_BY_STEM[self.stem].events)


def _say_nothing_found(wanted: _Wanted) -> None:
    """Raise where one thing was asked for, and say it where many were."""
    one = wanted.article or ", ".join(wanted.filter.person)
    if one:
        raise NothingFound(f"nothing in {wanted.stem} is of {one!r}")
    terminal.note(f"nothing found in {wanted.stem}")


async def _shown(wanted: _Wanted, settings: Settings, show: Callable[[StoredRecord], None]) -> int:
    """Show what was asked for; the number of records shown."""
    shown = 0
    async for record in _records(wanted, settings):
        show(record)
        shown += 1
    return shown


async def _records(wanted: _Wanted, settings: Settings) -> AsyncIterator[StoredRecord]:
    chosen = wanted.filter
    if wanted.article:
        news = read_topics([NEWS.stem], settings=settings)
        chosen = replace(chosen, article=await article_meant(wanted.article, news))
    if wanted.number is not None:
        async for record in _last(wanted, wanted.number, chosen, settings):
            yield record
        return
    selected = Selected(chosen)
    found = read_topics(
        [wanted.stem], settings=settings, extent=wanted.extent, follow=wanted.follow, in_time_order=True
    )
    async for record in found:
        if selected.takes(record):
            yield record


async def _last(
    wanted: _Wanted, number: int, chosen: Filter, settings: Settings
) -> AsyncIterator[StoredRecord]:
    """The last records, and what follows them if that was asked for."""
    takes = partial(_takes, wanted.extent, chosen)
    async with reader_of(settings) as reader:
        bounds = await reader.bounds(await places_of([wanted.stem], settings, wanted.extent.partitions))
        last = await last_records(reader, bounds, number, takes)
        follows = takes()
        for record in last:
            # Whoever knows what was shown knows its withdrawals when they come.
            follows(record)
            yield record
        if wanted.follow:
            async for record in reader.read({place: reach.next for place, reach in bounds.items()}):
                if follows(record):
                    yield record


def _takes(extent: Extent, chosen: Filter) -> Callable[[StoredRecord], bool]:
    selected = Selected(chosen)
    return lambda record: extent.holds(record) and selected.takes(record)


def _printer(topic: str, *, as_json: bool, as_csv: bool) -> Callable[[StoredRecord], None]:
    """What shows a record; on a terminal a card."""
    if as_json:
        return _print_json
    if as_csv:
        columns = csv_columns(TOPICS_BY_STEM[topic].events) if topic in TOPICS_BY_STEM else ()
        _print_csv(columns)
        return lambda record: _print_csv(csv_row(record, _event(record), columns))
    return _print_card if terminal.out.is_terminal else _print_line


def _print_json(record: StoredRecord) -> None:
    sys.stdout.buffer.write(json_record(record) + b"\n")
    sys.stdout.buffer.flush()


def _print_csv(cells: Sequence[str]) -> None:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    sys.stdout.buffer.write(line.getvalue().encode())
    sys.stdout.buffer.flush()


def _print_line(record: StoredRecord) -> None:
    terminal.plain(_line(record))
    sys.stdout.flush()


def _print_card(record: StoredRecord) -> None:
    received = _event(record)
    if received is None:
        terminal.show(letter_card(record, _reason(record)))
    else:
        terminal.show(card(received))


def json_record(record: StoredRecord) -> bytes:
    """A record as one line of CloudEvents JSON, where it is stored included; bytes that are none as base64."""
    stored = (
        ("ce_kafkatopic", record.topic.encode()),
        ("ce_kafkapartition", str(record.partition).encode()),
        ("ce_kafkaoffset", str(record.offset).encode()),
    )
    if _event(record) is None:
        return _opaque_json(record)
    return json_line(Record(record.topic, record.key, record.value, (*record.headers, *stored)))


def _opaque_json(record: StoredRecord) -> bytes:
    return orjson.dumps(
        {
            "kafkatopic": record.topic,
            "kafkapartition": record.partition,
            "kafkaoffset": record.offset,
            "key": _text(record.key),
            "headers": [[name, _text(value)] for name, value in record.headers],
            "data_base64": None if record.value is None else b64encode(record.value).decode(),
        }
    )


def _line(record: StoredRecord) -> str:
    received = _event(record)
    return line(received) if received else f"{place(record)}\t{_text(record.key)}\t{_reason(record)}"


def _reason(record: StoredRecord) -> str:
    """Why a record is no event, as a dead letter says; or what it holds instead, such as a checkpoint."""
    facts = dead_letter_facts(record.headers)
    if facts:
        return facts.get("exception.message", "(no reason)")
    if any(
        name == "ce_type" and (text or b"").decode(errors="replace") in EVENTS_BY_TYPE
        for name, text in record.headers
    ):
        return "(cannot be read; dead-letters says why)"
    return " ".join((_text(record.value) or "(empty)").split())[:_SHOWN_CHARACTERS]


def _event(record: StoredRecord) -> Received[Event] | None:
    if dead_letter_facts(record.headers):
        return None
    try:
        return Received(decode_event(record.value, record.headers), record)
    except InvalidRecord:
        return None


def _text(data: bytes | None) -> str | None:
    return None if data is None else data.decode(errors="backslashreplace")
