"""The tree holds what it promises: imports run one way, the core is pure, and an audit writes nothing of its own."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from tests.architecture.walls import breaches, unplaced

ROOT = Path(__file__).parents[2]
FOLDERS = (
    "audit commands consolidate contract deliver derive export kafka log processors publish rederive repartition report "
    "text worker"
).split()


def test_no_wall_is_breached() -> None:
    assert breaches(ROOT / "src") == []


def test_every_module_stands_on_a_floor() -> None:
    assert unplaced(grimp.build_graph("readout", cache_dir=None)) == []


def test_the_folders_of_streams_are_the_way_of_an_article() -> None:
    streams = ROOT / "streams"
    folders = [path.name for path in streams.iterdir() if path.is_dir() and path.name != "__pycache__"]
    assert sorted(folders) == FOLDERS
    assert len(list(streams.glob("*.py"))) <= 8


PLANTED = [
    ("streams/text/quotes.py", "import aiokafka", "only streams.kafka may"),
    ("streams/text/quotes.py", "import time", "the core is pure"),
    ("streams/text/quotes.py", "from readout.streams.settings import Settings", "streams.text stands below"),
    ("streams/processors/sealing.py", "import os", "the core is pure"),
    (
        "streams/processors/sealing.py",
        "import datetime; N = datetime.datetime.now(datetime.UTC)",
        "calls now",
    ),
    ("streams/processors/entities.py", "import structlog", "the core is pure"),
    ("streams/processors/entities.py", "TEXT = open('article.txt').read()", "calls open"),
    ("schemas/news.py", "import readout.streams.text.quotes", "schemas stands below"),
    ("streams/deliver/assignment.py", "import faust", "only streams.worker may"),
    ("streams/deliver/assignment.py", "import aiokafka", "only streams.kafka may"),
    ("streams/deliver/assignment.py", "import readout.streams.derive.pool", "or beside it"),
    ("streams/audit/findings.py", "from pathlib import Path; Path('n').write_text('n')", "calls write_text"),
    ("streams/audit/findings.py", "import readout.streams.worker.run", "streams.audit stands below"),
    ("streams/log/topics.py", "import readout.streams.commands.read", "streams.log stands below"),
]


@pytest.fixture(scope="module")
def found_in_planted_code(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What is found in a copy of the package into which every breach of the table was planted."""
    root = tmp_path_factory.mktemp("planted")
    ignored = shutil.ignore_patterns("*.json", "models", "__pycache__")
    shutil.copytree(ROOT / "src" / "readout", root / "readout", ignore=ignored)
    for place, line, _ in PLANTED:
        planted = root / "readout" / place
        planted.write_text(f"{planted.read_text('utf-8')}\n{line}\n", "utf-8")
    return _breaches_of(root)


@pytest.mark.parametrize(("place", "line", "wall"), PLANTED)
def test_a_planted_breach_is_found(
    found_in_planted_code: list[str], place: str, line: str, wall: str
) -> None:
    names = (place.split(":", maxsplit=1)[0], place.removesuffix(".py").replace("/", "."))
    about = [breach for breach in found_in_planted_code if any(name in breach for name in names)]
    assert any(wall in breach for breach in about), line


def test_nothing_else_is_found_in_planted_code(found_in_planted_code: list[str]) -> None:
    assert len(found_in_planted_code) == len(PLANTED)


def _breaches_of(root: Path) -> list[str]:
    code = (
        "import json, pathlib, sys; from tests.architecture.walls import breaches; "
        "print(json.dumps(breaches(pathlib.Path(sys.argv[1]))))"
    )
    paths = os.pathsep.join([str(root), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-c", code, str(root)],
        env={**os.environ, "PYTHONPATH": paths},
        cwd=root,
        capture_output=True,
        check=True,
    )
    found: list[str] = json.loads(done.stdout)
    return found
