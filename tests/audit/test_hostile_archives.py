"""An archive that somebody made to exhaust its reader is refused: one line, no waiting, little memory."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from readout.streams.audit.archive.files import read_regular
from readout.streams.audit.archive.read import ArchiveLog
from readout.streams.audit.archive.write import write_archive
from readout.streams.audit.findings import Kind
from readout.streams.errors import InvalidRecord
from tests.audit.auditing import KEY, audit, sign_log
from tests.audit.hostile import INDEXES, MEGABYTE, SEGMENTS
from tests.audit.ledger import honest_ledger

_SECONDS = 60
_MOST_BYTES = 300 * MEGABYTE
# The command as a person types it, in a process of its own, which tells how much memory it has used at most. What
# `getrusage` says would be no less than what the tests before have used: a new process inherits that.
_COMMAND = """
import re, sys
from pathlib import Path
from readout.streams.cli import main
try:
    main()
finally:
    peak = re.search("VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
    print("peak", int(peak[1]) * 1024, file=sys.stderr)
"""


@pytest.fixture
async def archive(tmp_path: Path) -> Path:
    ledger = await honest_ledger(8)
    await sign_log(ledger.log)
    await write_archive(ledger.log, tmp_path / "archive")
    return tmp_path / "archive"


def typed(*arguments: str) -> tuple[int, list[str], int]:
    """Exit status, the lines on standard error, and the most memory that a command used, in bytes."""
    done = subprocess.run(
        [sys.executable, "-c", _COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    *lines, peak = done.stderr.splitlines()
    return done.returncode, lines, int(peak.removeprefix("peak "))


@pytest.mark.parametrize("attack", SEGMENTS, ids=lambda one: one.__name__)
async def test_a_hostile_segment_is_one_finding(archive: Path, attack: Callable[[Path], None]) -> None:
    attack(archive)
    _, found = await audit(ArchiveLog(archive), key=KEY.public)
    (damage,) = [one for one in found if one.kind is Kind.ARCHIVE]
    assert (damage.topic, damage.partition) == ("entities", 0)
    assert "\n" not in str(damage)


@pytest.mark.parametrize("attack", [*SEGMENTS, *INDEXES], ids=lambda one: one.__name__)
def test_a_hostile_archive_is_refused_in_one_line_and_little_memory(
    archive: Path, attack: Callable[[Path], None]
) -> None:
    attack(archive)
    code, lines, peak = typed("replay", "entities", "--archive", str(archive))
    assert code == 1
    assert len(lines) == 1, lines
    assert lines[0].startswith("readout: ")
    assert lines[0].isprintable()
    assert peak < _MOST_BYTES


@pytest.mark.parametrize("name", ["..", "a/../../b", "/etc/passwd", "", "a//b", "a/.", "a\0b"])
def test_a_name_stays_below_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidRecord, match="does not stay below"):
        read_regular(tmp_path, name, MEGABYTE)


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    (tmp_path / "link").symlink_to("file")
    os.mkfifo(tmp_path / "pipe")
    assert read_regular(tmp_path, "file", 7) == b"content"
    for name in ("link", "pipe", "."):
        with pytest.raises(InvalidRecord):
            read_regular(tmp_path, name, 7)
    with pytest.raises(InvalidRecord, match="at most 6"):
        read_regular(tmp_path, "file", 6)
    with pytest.raises(FileNotFoundError):
        read_regular(tmp_path, "nothing", 7)


def test_the_archive_itself_may_be_reached_by_a_link(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(archive)
    code, _, _ = typed("replay", "entities", "--archive", str(tmp_path / "link"))
    assert code == 0
