"""Everything that can go wrong, ordered by what happens next and not by where it was raised."""


class ReadoutError(Exception):
    """Base of all; its text is one clear line: what, where, and what to do."""


class InvalidRecord(ReadoutError):
    """A record or article that cannot be read: dead letter or refusal, and the rest goes on."""


class UnknownEventType(InvalidRecord):
    """A record whose `ce_type` no version of the schemas knows."""


class DerivationError(ReadoutError):
    """A readable article on which a processor broke: dead letter with its traceback, then go on."""


class TransientError(ReadoutError):
    """The broker or the network failed: retried with backoff; when that runs out the worker stops."""


class Fenced(ReadoutError):
    """Another writer has taken over the partition: stop quietly, the other one has it."""


class ConfigurationError(ReadoutError):
    """Settings, topics or resources that do not fit: stop before the first record."""


class ConsecutiveDeadLetters(ReadoutError):
    """So many dead letters in a row that we are broken, not the data: stop."""


class ReplayMismatch(ReadoutError):
    """An audit found a difference: report it and exit non-zero."""


class IncompatibleSchemas(ReadoutError):
    """The schemas differ from released ones in ways that break readers: publish a new event version instead."""
