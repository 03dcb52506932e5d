"""`readout tail`: events out, for a person, a pipe or a program."""

import sys
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated

import orjson
import typer

from readout.schemas.envelope import Record, json_line
from readout.schemas.event import Event
from readout.streams.commands import terminal
from readout.streams.commands.views import line, place, tables
from readout.streams.errors import ConfigurationError, InvalidRecord
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.dead_letters import dead_letter_facts
from readout.streams.log.decoding import decode_event
from readout.streams.log.subscribe import Received, read_topics
from readout.streams.log.topics import TOPICS_BY_STEM


def tail(
    topic: Annotated[str, typer.Argument(help=f"One of: {', '.join(TOPICS_BY_STEM)}.")],
    *,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Records since a moment, such as 2022-10-25T09:00Z.")
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Wait for more; Ctrl-C ends.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="CloudEvents as JSON lines.")] = False,
) -> None:
    """Read a topic from the beginning, or from a moment."""
    settings = terminal.start()
    records = read_topics([topic], settings=settings, since=moment_of("--since", since), follow=follow)
    if as_json:
        terminal.run(_print_json(records))
    elif follow or not terminal.out.is_terminal:
        terminal.run(_print_lines(records))
    else:
        terminal.run(_print_tables(records))


async def _print_json(records: AsyncIterator[StoredRecord]) -> None:
    async for record in records:
        sys.stdout.buffer.write(json_record(record) + b"\n")
        sys.stdout.buffer.flush()


async def _print_lines(records: AsyncIterator[StoredRecord]) -> None:
    async for record in records:
        terminal.plain(_line(record))


async def _print_tables(records: AsyncIterator[StoredRecord]) -> None:
    found = [record async for record in records]
    events = [one for record in found if (one := _event(record))]
    for table in tables(events):
        terminal.out.print(table)
    for record in found:
        if _event(record) is None:
            terminal.out.print(_line(record), markup=False)


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
    if received:
        return line(received)
    reason = dead_letter_facts(record.headers).get("exception.message", "(no event)")
    return f"{place(record)}\t{_text(record.key)}\t{reason}"


def _event(record: StoredRecord) -> Received[Event] | None:
    if dead_letter_facts(record.headers):
        return None
    try:
        return Received(decode_event(record.value, record.headers), record)
    except InvalidRecord:
        return None


def _text(data: bytes | None) -> str | None:
    return None if data is None else data.decode(errors="backslashreplace")


def moment_of(option: str, text: str | None) -> datetime | None:
    """The moment that a person has typed; without a time zone it is UTC.

    Raises:
        ConfigurationError: it is none.
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(
            f"{option} {text!r} is no moment: write 2022-10-25 or 2022-10-25T09:00Z"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
