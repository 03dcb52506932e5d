"""Make the pictures of README and docs/report.md: the pages of the demo, in a real browser.

    python -m tests.report.screenshots

writes docs/images/*.png.
"""

import tempfile
from pathlib import Path

from tests.cli.commands import readout
from tests.report.browser import Browser, browser_window, file_address

IMAGES = Path(__file__).parents[2] / "docs" / "images"


def main() -> None:
    """Run the demo, alone and with its thirty other articles, and look at it."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, browser_window() as browser:
        seed, many = Path(folder) / "seed.html", Path(folder) / "many.html"
        readout("demo", "--report", str(seed))
        readout("demo", "--many", "--report", str(many))
        article, told = first_link(browser, seed, "/articles"), first_link(browser, many, "/across")
        views = {
            "article": (seed, article, 1440, 900, False),
            "contacts": (many, "/contacts", 1440, 900, False),
            "across": (many, told, 1440, 900, False),
            "network": (many, "/network", 1440, 680, True),
            "phone": (seed, article, 360, 760, True),
        }
        for name, (page, view, width, height, dark) in views.items():
            browser.size(width, height, dark=dark)
            browser.open(file_address(page, view))
            browser.until(browser.badges_are_there)
            browser.driver.save_screenshot(IMAGES / f"{name}.png")


def first_link(browser: Browser, page: Path, view: str) -> str:
    """The address of the first of the things that a view lists."""
    browser.open(file_address(page, view))
    return str(browser.run("return document.querySelector('.list a').getAttribute('href').slice(1)"))


if __name__ == "__main__":
    main()
