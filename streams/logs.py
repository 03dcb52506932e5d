"""Structured logs: JSON lines on standard error, an event name plus fields; article text never.

Standard output belongs to results. Faust's, aiokafka's and our own loggers go through one formatter.
"""

import logging
import sys

import structlog

# What they find is ours to tell: their errors reach a person as one line of ours, or are retried.
_LIBRARIES = ("aiokafka", "kafka", "faust", "mode", "asyncio")


def configure_logs(level: str) -> None:
    """Send every logger's records to standard error as JSON lines from `level` on."""
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*processors, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=processors,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(sort_keys=True),
            ],
        )
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    _quieten(level)


def _quieten(level: str) -> None:
    """Libraries keep silent unless somebody debugs."""
    for name in _LIBRARIES:
        logging.getLogger(name).setLevel("DEBUG" if level == "debug" else "CRITICAL")
