"""Structured logs on standard error: lines for people on a terminal, JSON in a pipe; article text never.

Standard output belongs to results. Faust's, aiokafka's and our own loggers go through one formatter. structlog
takes a tenth of a second to load, and is loaded with the first line: most commands that a person types write none.
"""

import logging
import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

# What they find is ours to tell: their errors reach a person as one line of ours, or are retried.
_LIBRARIES = ("aiokafka", "kafka", "faust", "mode", "asyncio")
# Which of Faust's services speaks, as in "[^--App]: ", is of use to nobody who does not develop Faust.
_SERVICE = re.compile(r"^\[\^[^\]]*\]:?\s*")


class EventLogger:
    """Writes events by name, each with fields of its own; for a module, under the module's name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def debug(self, event: str, **fields: object) -> None:
        """What helps who looks for an error."""
        self._logger().debug(event, **fields)

    def info(self, event: str, **fields: object) -> None:
        """What happened, as it should."""
        self._logger().info(event, **fields)

    def warning(self, event: str, **fields: object) -> None:
        """What somebody should look at; the work goes on."""
        self._logger().warning(event, **fields)

    def error(self, event: str, **fields: object) -> None:
        """What ends the work."""
        self._logger().error(event, **fields)

    def _logger(self) -> "FilteringBoundLogger":
        import structlog  # noqa: PLC0415 - see above

        if not structlog.is_configured():
            _configure_structlog()
        return structlog.get_logger(self._name)  # type: ignore[no-any-return]


class _Formatter(logging.Formatter):
    """Formats a line as structlog does, which it loads for the first one."""

    def __init__(self, *, for_people: bool) -> None:
        super().__init__()
        self._for_people = for_people
        self._formatter: logging.Formatter | None = None

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        self._formatter = self._formatter or _structlog_formatter(self._for_people)
        return self._formatter.format(record)


def configure_logs(level: str, *, for_people: bool | None = None) -> None:
    """Send every logger's records to standard error from `level` on.

    Args:
        level: debug, info, warning or error.
        for_people: a line to be read, or JSON; by default as standard error is a terminal or not.
    """
    people = sys.stderr.isatty() if for_people is None else for_people
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(for_people=people))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    _quieten(level)


def _shown() -> "list[Processor]":
    """What every line says."""
    import structlog  # noqa: PLC0415 - see above

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _configure_structlog() -> None:
    import structlog  # noqa: PLC0415 - see above

    structlog.configure(
        processors=[*_shown(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def _structlog_formatter(for_people: bool) -> logging.Formatter:  # noqa: FBT001 - as it was asked
    import structlog  # noqa: PLC0415 - see above

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_shown(), structlog.stdlib.ExtraAdder(()), _as_event],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(for_people)],
    )


def _rendering(for_people: bool) -> "list[Processor]":  # noqa: FBT001 - as it was asked
    import structlog  # noqa: PLC0415 - see above

    if for_people:
        colours = sys.stderr.isatty()
        return [structlog.dev.ConsoleRenderer(colors=colours, sort_keys=True, pad_event_to=24)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(sort_keys=True)]


def _as_event(_: "WrappedLogger", __: str, event: "EventDict") -> "EventDict":
    """A library's line as an event: what it says is a field, so that events have few names."""
    event["message"] = _SERVICE.sub("", str(event["event"]))
    event["event"] = "library.said"
    return event


def _quieten(level: str) -> None:
    """Libraries keep silent unless somebody debugs."""
    for name in _LIBRARIES:
        logging.getLogger(name).setLevel("DEBUG" if level == "debug" else "CRITICAL")
