"""Everything that can go wrong, ordered by what happens next and not by where it was raised."""

from pydantic import ValidationError


class ReadoutError(Exception):
    """Base of all; its text is one clear line: what, where, and what to do."""


class InvalidRecord(ReadoutError):
    """A record or article that cannot be read: dead letter or refusal, and the rest goes on."""


class UnknownEventType(InvalidRecord):
    """A record whose `ce_type` no version of the schemas knows."""


class TransientError(ReadoutError):
    """The broker or the network failed: retried with backoff; when that runs out the worker stops."""


class Fenced(ReadoutError):
    """Another writer has taken over the partition: stop quietly, the other one has it."""


class Released(Fenced):
    """The group has taken a partition from us, or is assigning it anew: stop quietly, nobody has fenced us."""


class ConfigurationError(ReadoutError):
    """Settings, topics or resources that do not fit: stop before the first record."""


class NothingFound(ConfigurationError):
    """The one thing that was asked for is not there, or it might be several: ask otherwise."""


class ConsecutiveDeadLetters(ReadoutError):
    """So many dead letters in a row that we are broken, not the data: stop."""


class ReplayMismatch(ReadoutError):
    """An audit found a difference: report it and exit non-zero."""


class IncompatibleSchemas(ReadoutError):
    """The schemas differ from released ones in ways that break readers: publish a new event version instead."""


def describe(error: ValidationError) -> str:
    """The first thing that a validation found, in one line: where, what, and the value's beginning."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    shown = "" if isinstance(first["input"], dict | list | tuple) else f", found {str(first['input'])[:40]!r}"
    return f"{where}: {message}{shown}" if where else message
