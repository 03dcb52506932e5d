"""Make the pictures of README: the pages of the demo, in a real browser.

    python -m tests.report.screenshots

writes docs/images/*.png.
"""

import tempfile
from pathlib import Path

from tests.cli.commands import readout
from tests.report.browser import browser_window, file_address

IMAGES = Path(__file__).parents[2] / "docs" / "images"


def main() -> None:
    """Run the demo and look at it."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, browser_window() as browser:
        page = Path(folder) / "demo.html"
        readout("demo", "--report", str(page))
        browser.open(file_address(page, "/articles"))
        article = str(
            browser.run("return document.querySelector('.articles a').getAttribute('href').slice(1)")
        )
        views = {
            "article": (article, 1440, 900, False),
            "contacts": ("/contacts", 1440, 900, False),
            "network": ("/network", 1440, 760, True),
            "phone": (article, 360, 760, True),
        }
        for name, (view, width, height, dark) in views.items():
            browser.size(width, height, dark=dark)
            browser.open(file_address(page, view))
            browser.until(browser.badges_are_there)
            browser.driver.save_screenshot(IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()
