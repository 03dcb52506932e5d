"""Dead letters: a record that could not be processed, its bytes and headers untouched, and the reason.

Reads:  any record
Writes: dead-letters; key, value and headers as they were, then the reason in headers named as in Kafka Connect
Pure:   no clock; where a reason comes from an exception, the caller has caught it.
"""

from dataclasses import dataclass
from typing import Final, Literal

from readout.schemas.envelope import Header, Record
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.origin import origin_of, own_headers
from readout.streams.log.topics import DEAD_LETTERS, NEWS

PREFIX = "__connect.errors."
# The record itself cannot be read: its dead letter is all that the log will ever say of it.
UNREADABLE: Final = "VALUE_CONVERTER"
# The article could be read, and its manifest says what became of it.
PROCESSING: Final = "TRANSFORMATION"
# Another content of this revision is sealed: as for what cannot be read, its dead letter is all that there will be.
REFUSED: Final = "KAFKA_CONSUME"
Stage = Literal["VALUE_CONVERTER", "TRANSFORMATION", "KAFKA_CONSUME"]

_LONGEST_TEXT = 8_000


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a record could not be processed; no stack trace where the data alone is to blame."""

    stage: Stage
    error: str
    message: str
    stacktrace: str | None = None


def dead_letter(source: StoredRecord, reason: Reason, *, application_id: str) -> Record:
    """The dead letter of a record."""
    facts = {
        "topic": source.topic,
        "partition": str(source.partition),
        "offset": str(source.offset),
        "connector.name": application_id,
        "stage": reason.stage,
        "exception.class.name": reason.error,
        "exception.message": reason.message[:_LONGEST_TEXT],
        "exception.stacktrace": reason.stacktrace and reason.stacktrace[-_LONGEST_TEXT:],
    }
    added = tuple((PREFIX + name, _encode(text)) for name, text in facts.items() if text is not None)
    # That the source was restored is not for its letter to say: the letter was not.
    return Record(DEAD_LETTERS.stem, source.key, source.value, (*own_headers(source.headers), *added))


def seals(letter: StoredRecord) -> bool:
    """Does the dead letter alone account for its record of `news`, with no manifest beside it?"""
    return is_of_news(letter) and dead_letter_facts(letter.headers).get("stage") in (UNREADABLE, REFUSED)


def is_of_news(letter: StoredRecord) -> bool:
    """Is it the dead letter of a record of `news`, whatever the topics were called when it was written?"""
    prefix = origin_of(letter).topic.removesuffix(DEAD_LETTERS.stem)
    return dead_letter_facts(letter.headers).get("topic") == prefix + NEWS.stem


def dead_letter_facts(headers: tuple[Header, ...]) -> dict[str, str]:
    """What our headers say: topic, partition, offset, stage and so on; the last of a repeated one counts.

    A record may be a dead letter for the second time, after a redrive; then it carries the older reason as well.
    """
    ours = ((name, text) for name, text in headers if name.startswith(PREFIX) and text is not None)
    return {name.removeprefix(PREFIX): text.decode(errors="replace") for name, text in ours}


def original_headers(headers: tuple[Header, ...]) -> tuple[Header, ...]:
    """The headers of the record before it became a dead letter, and before either was restored."""
    return tuple(header for header in own_headers(headers) if not header[0].startswith(PREFIX))


def _encode(text: str) -> bytes:
    return text.encode(errors="backslashreplace")
