"""axe-core finds no serious violation on any view: for those who use a keyboard, a reader or another contrast."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.brokers.one_at_a_time import one_at_a_time
from tests.report.browser import Browser, file_address
from tests.report.test_browser import VIEWS

_FOLDER = Path(__file__).with_name("axe")
_SCRIPT = _FOLDER / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, {resultTypes: ["violations"]}).then((found) => done(found.violations
  .filter((one) => ["serious", "critical"].includes(one.impact))
  .map((one) => `${one.id}: ${one.help}: ${one.nodes.map((node) => node.html.slice(0, 200)).join(" | ")}`)));
"""


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core, by npm from its lock file."""
    if shutil.which("npm") is None:
        if os.environ.get("READOUT_REQUIRE_BROWSER") == "1":
            pytest.fail("npm is not installed, and READOUT_REQUIRE_BROWSER=1")
        pytest.skip("npm is not installed")
    with one_at_a_time():
        if not _SCRIPT.exists():
            command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            subprocess.run(command, cwd=_FOLDER, check=True, capture_output=True, timeout=300)
    return _SCRIPT.read_text("utf-8")


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (360, True)], ids=["desk, light", "phone, dark"])
def test_no_view_keeps_anybody_out(
    browser: Browser, newsroom_file: Path, axe: str, width: int, *, dark: bool
) -> None:
    browser.size(width, 900, dark=dark)
    browser.open(file_address(newsroom_file))
    browser.run(axe)
    for view in VIEWS:
        browser.go(view)
        browser.until(browser.badges_are_there)
        assert browser.run_until_done(_RUN) == [], view
