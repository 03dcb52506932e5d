"""Run the commands of the auditor's page and put their real output into it.

    python -m tests.audit.page

writes docs/audit.md anew; `test_audit_page` runs the same commands and compares.
"""

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from readout.schemas.ids import sha256_hex
from readout.streams.audit.archive.index import read_index, write_index
from readout.streams.audit.archive.segments import SegmentBuilder, decode_segment
from readout.streams.kafka.embedded import embedded_broker
from readout.streams.settings import Settings
from tests.audit.auditing import with_value
from tests.audit.matrix import table
from tests.brokers.workers import environment, worker

PAGE = Path(__file__).parents[2] / "docs" / "audit.md"
ROOT = Path(__file__).parents[2]
BODY = (
    "On Monday, Defence Minister Sergei Shoigu spoke by phone with US Defence Secretary Lloyd Austin. "
    '"We agreed on point {number}," Austin said.'
)
ARTICLES = 12
_BLOCK = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
_WITHIN_SECONDS = 120
_MATRIX, _END = "<!-- matrix -->", "<!-- end -->"


@contextmanager
def prepared() -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder and an environment in which some articles are published and derived."""
    with tempfile.TemporaryDirectory() as name, embedded_broker() as broker:
        folder = Path(name)
        settings = Settings(
            bootstrap_servers=broker.bootstrap_servers,
            delivery="confirmed",
            derive_processes=1,
            session_timeout_seconds=6,
            rebalance_timeout_seconds=4,
        )
        path = os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))
        own = environment(settings) | {"PYTHONPATH": path}
        (folder / "articles.jsonl").write_text("".join(map(_line, range(ARTICLES))), "utf-8")
        readout(["topics"], folder, own)
        readout(["publish", "articles.jsonl"], folder, own)
        with worker(settings, folder / "worker.log") as running:
            until(lambda: readout(["tail", "manifests"], folder, own).count("derived") >= ARTICLES)
            running.stop()
        yield folder, own


def _line(number: int) -> str:
    article = {
        "article_id": f"call-{number}",
        "published_at": "2022-10-25",
        "body": BODY.format(number=number),
    }
    return json.dumps(article) + "\n"


def until(is_done: Callable[[], bool]) -> None:
    """Ask until something is done."""
    deadline = time.monotonic() + _WITHIN_SECONDS
    while not is_done():
        assert time.monotonic() < deadline, "the articles were not derived in time"


def readout(arguments: list[str], folder: Path, own: dict[str, str]) -> str:
    """What a command prints, refusals included."""
    command = [sys.executable, "-m", "readout", *arguments]
    done = subprocess.run(command, cwd=folder, env=own, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def with_matrix(page: str) -> str:
    """The page with the tamper matrix as the tests have it."""
    before, _, rest = page.partition(_MATRIX)
    return f"{before}{_MATRIX}\n{table()}{_END}{rest.partition(_END)[2]}"


def with_output(page: str) -> str:
    """The page with the output that its commands have here."""
    with prepared() as (folder, own):
        return _BLOCK.sub(lambda block: _run(block[0], folder, own), page)


def _run(block: str, folder: Path, own: dict[str, str]) -> str:
    lines = []
    for line in block.splitlines():
        if not line.startswith("$ "):
            continue
        lines.append(line)
        command, _, target = line.removeprefix("$ readout ").partition(" > ")
        if "tampered" in command:
            tamper(folder / "evidence", folder / "tampered")
        output = readout(shlex.split(command), folder, own)
        if target:
            (folder / target).write_text(output, "utf-8")
        else:
            lines += [shown.rstrip() for shown in output.splitlines()]
    return "\n".join(lines) + "\n"


def tamper(archive: Path, copy: Path) -> None:
    """A copy of an archive in which the call is a visit, its hash and all digests made to fit."""
    subprocess.run(["cp", "-r", str(archive), str(copy)], check=True)
    index = read_index(copy)
    assert index is not None
    entries = []
    for entry in index.segments:
        builder = SegmentBuilder(entry.place)
        for record in decode_segment((copy / entry.file).read_bytes()):
            first = (record.topic, record.partition, record.offset) == ("contact-log", 0, 0)
            value = (record.value or b"").replace(b'"mode":"call"', b'"mode":"visit"')
            builder.add(with_value(record, value, hashed=True) if first else record)
        data = builder.file()
        (copy / entry.file).write_bytes(data)
        entries.append(entry.model_copy(update={"sha256": sha256_hex(data)}))
    write_index(copy, index.model_copy(update={"segments": tuple(entries)}))


def normalised(page: str) -> str:
    """The page without what differs from run to run or with every improvement of the language rules."""
    page = re.sub(r"\b[0-9a-f]{8,64}\b", "<hash>", page)
    page = re.sub(r"\+[A-Za-z0-9+/]{43,44}=*", "+<key>", page)
    return re.sub(r"\d+", "0", page)


if __name__ == "__main__":
    PAGE.write_text(with_output(with_matrix(PAGE.read_text("utf-8"))), "utf-8")
