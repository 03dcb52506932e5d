"""An archive stays provable when the rules that made it are unchanged and only stand elsewhere."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from readout.streams.audit.archive.write import write_archive
from readout.streams.audit.log import LiveLog
from readout.streams.log.topics import ensure_topics
from tests.brokers.topics import generated_article, publish_articles
from tests.brokers.workers import until_all_sealed, worker
from tests.conftest import Broker, installation_on

PACKAGE = Path(__file__).parents[2] / "src" / "readout"
_ARTICLES = 5


def verify_with(package: Path, archive: Path) -> tuple[int, str]:
    """The exit status and the report of the code in a copy of the package."""
    done = subprocess.run(
        [sys.executable, "-m", "readout", "audit", "verify", "--archive", str(archive)],
        env={**os.environ, "PYTHONPATH": str(package.parent)},
        cwd=package.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def copy_with_moved_rules(folder: Path) -> Path:
    """The package with the quotation rules in a folder of their own, and comments and a docstring added."""
    package = folder / "readout"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    text = package / "streams" / "text"
    (text / "marks").mkdir()
    (text / "marks" / "__init__.py").touch()
    shutil.move(text / "quotes.py", text / "marks" / "quotes.py")
    for file in package.rglob("*.py"):
        code = file.read_text("utf-8").replace(
            "readout.streams.text.quotes import", "readout.streams.text.marks.quotes import"
        )
        file.write_text(f"{code}\n# Looked at again.\n", "utf-8")
    return package


async def test_unchanged_rules_in_new_places_verify_an_old_archive(
    embedded_broker: Broker, tmp_path: Path
) -> None:
    settings = installation_on(embedded_broker)
    await ensure_topics(settings)
    await publish_articles(settings, [generated_article(number) for number in range(_ARTICLES)])
    with worker(settings, tmp_path / "worker.log") as running:
        await until_all_sealed(settings, _ARTICLES, [running])
        assert running.stop() == 0
    await write_archive(LiveLog(settings), tmp_path / "archive")
    moved = copy_with_moved_rules(tmp_path / "moved")
    assert verify_with(moved, tmp_path / "archive")[0] == 0
    rules = moved / "streams" / "text" / "marks" / "quotes.py"
    rules.write_text(rules.read_text("utf-8") + "\nNEW_RULE = 1\n", "utf-8")
    status, report = verify_with(moved, tmp_path / "archive")
    assert status != 0
    assert "producer not available here" in report
