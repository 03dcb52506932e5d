"""Logs: JSON in a pipe, lines on a terminal, and libraries through the same formatter."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from readout.streams.logs import EventLogger, configure_logs


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    libraries = {
        name: logging.getLogger(name).level for name in ("faust", "aiokafka", "kafka", "mode", "asyncio")
    }
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, was in libraries.items():
        logging.getLogger(name).setLevel(was)


def test_a_pipe_gets_json_with_the_name_of_the_event(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info")
    EventLogger("readout.test").info("batch.sealed", articles=3)
    (line,) = capsys.readouterr().err.splitlines()
    said = json.loads(line)
    assert (said["event"], said["articles"], said["level"]) == ("batch.sealed", 3, "info")


def test_a_person_gets_a_line_to_read(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", for_people=True)
    EventLogger("readout.test").info("batch.sealed", articles=3)
    (line,) = capsys.readouterr().err.splitlines()
    assert "batch.sealed" in line
    assert "articles=3" in line
    assert "{" not in line


@pytest.mark.parametrize("for_people", [True, False])
def test_a_library_speaks_through_the_same_formatter_without_its_internals(
    capsys: pytest.CaptureFixture[str],
    for_people: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    configure_logs("info", for_people=for_people)
    logging.getLogger("faust.app").critical("[^--App]: Crashed reason=%r", "odd")
    (line,) = capsys.readouterr().err.splitlines()
    assert "library.said" in line
    assert "Crashed reason='odd'" in line
    assert "[^" not in line


def test_libraries_are_silent_below_critical_unless_somebody_debugs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logs("info")
    logging.getLogger("aiokafka.consumer").error("Heartbeat failed")
    assert capsys.readouterr().err == ""
    configure_logs("debug")
    logging.getLogger("aiokafka.consumer").error("Heartbeat failed")
    assert "Heartbeat failed" in capsys.readouterr().err


def test_an_exception_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info")
    EventLogger("readout.test").error("readout.crashed", exc_info=ValueError("odd"))
    (line,) = capsys.readouterr().err.splitlines()
    assert "ValueError: odd" in json.loads(line)["exception"]
