"""Structured logs on standard error: lines for people on a terminal, JSON in a pipe; article text never.

Standard output belongs to results. Faust's, aiokafka's and our own loggers go through one formatter.
"""

import logging
import re
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# What they find is ours to tell: their errors reach a person as one line of ours, or are retried.
_LIBRARIES = ("aiokafka", "kafka", "faust", "mode", "asyncio")
# Which of Faust's services speaks, as in "[^--App]: ", is of use to nobody who does not develop Faust.
_SERVICE = re.compile(r"^\[\^[^\]]*\]:?\s*")


def configure_logs(level: str, *, for_people: bool | None = None) -> None:
    """Send every logger's records to standard error from `level` on.

    Args:
        level: debug, info, warning or error.
        for_people: a line to be read, or JSON; by default as standard error is a terminal or not.
    """
    shown: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    people = sys.stderr.isatty() if for_people is None else for_people
    structlog.configure(
        processors=[*shown, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shown, structlog.stdlib.ExtraAdder(()), _as_event],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(people)],
        )
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    _quieten(level)


def _rendering(for_people: bool) -> list[Processor]:  # noqa: FBT001 - as it was asked
    if for_people:
        colours = sys.stderr.isatty()
        return [structlog.dev.ConsoleRenderer(colors=colours, sort_keys=True, pad_event_to=24)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(sort_keys=True)]


def _as_event(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """A library's line as an event: what it says is a field, so that events have few names."""
    event["message"] = _SERVICE.sub("", str(event["event"]))
    event["event"] = "library.said"
    return event


def _quieten(level: str) -> None:
    """Libraries keep silent unless somebody debugs."""
    for name in _LIBRARIES:
        logging.getLogger(name).setLevel("DEBUG" if level == "debug" else "CRITICAL")
