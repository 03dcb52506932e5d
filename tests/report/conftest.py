"""A browser for all tests of this folder, and the file that most of them look at."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.report.browser import Browser, browser_window
from tests.report.made import newsroom, report_of


@pytest.fixture(scope="session")
def window() -> Iterator[Browser]:
    with browser_window() as browser:
        yield browser


@pytest.fixture
def browser(window: Browser) -> Browser:
    """The browser at a desk's size, in light."""
    window.size(1280, 900)
    return window


@pytest.fixture(scope="session")
def newsroom_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the newsroom's log."""
    out = tmp_path_factory.mktemp("report") / "newsroom.html"

    async def write() -> None:
        await report_of(await newsroom(), out)

    asyncio.run(write())
    return out
