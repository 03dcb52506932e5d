"""A real browser for tests: Debian's Chromium with its driver, asked through selenium.

Only loopback and files are reached; what a page requests and complains of is kept for the tests to see.
"""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

_WITHIN_SECONDS = 10.0
_LOOK_AGAIN_SECONDS = 0.02
_SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--disable-dev-shm-usage",
)


class Browser:
    """One window; `open` shows a view and waits until it is drawn."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def size(self, width: int, height: int, *, dark: bool = False) -> None:
        """Look through a window of this size, in light or dark."""
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})

    def open(self, address: str) -> None:
        """Load a page anew; forgets what was logged before."""
        self.driver.get("about:blank")
        self._logged("browser")
        self._logged("performance")
        self.driver.get(address)
        self.until(self.is_ready)

    def go(self, address: str) -> None:
        """Follow an address inside the page, as a click would."""
        self.run(
            "if (location.hash === '#' + arguments[0]) return; "
            "delete document.documentElement.dataset.ready; location.hash = arguments[0];",
            address,
        )
        self.until(self.is_ready)

    def is_ready(self) -> bool:
        return bool(self.run("return document.documentElement.dataset.ready !== undefined"))

    def until_view(self, view: str) -> None:
        """Wait until a view is drawn."""
        self.until(lambda: self.run("return document.documentElement.dataset.ready") == view)

    def run(self, script: str, *arguments: object) -> Any:
        """Run a script in the page."""
        return self.driver.execute_script(script, *arguments)

    def run_until_done(self, script: str) -> Any:
        """Run a script that calls its last argument with what it found."""
        return self.driver.execute_async_script(script)

    def until(self, is_so: Callable[[], object], seconds: float = _WITHIN_SECONDS) -> None:
        """Wait for an effect."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                if is_so():
                    return
            except StaleElementReferenceException:
                pass
            assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {self.text()[:500]}"
            time.sleep(_LOOK_AGAIN_SECONDS)

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements("css selector", selector)

    def one(self, selector: str) -> WebElement:
        return self.driver.find_element("css selector", selector)

    def text(self, selector: str = "main") -> str:
        return self.one(selector).text

    def press(self, *keys: str) -> None:
        """Press keys, one after the other, where the focus is."""
        for key in keys:
            self.driver.switch_to.active_element.send_keys(key)

    def tab_to(self, selector: str, most: int = 60) -> WebElement:
        """Press Tab until the focus is on such an element."""
        for _ in range(most):
            self.press(Keys.TAB)
            focused = self.driver.switch_to.active_element
            if self.run("return arguments[0].matches(arguments[1])", focused, selector):
                return focused
        raise AssertionError(f"Tab does not lead to {selector}")

    def complaints(self) -> list[str]:
        """What the console says since the page was opened."""
        return [str(entry["message"]) for entry in self._logged("browser")]

    def requests(self) -> list[str]:
        """Every address that was asked for since the page was opened."""
        messages = [json.loads(entry["message"])["message"] for entry in self._logged("performance")]
        return [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]

    def _logged(self, kind: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.driver.get_log(kind)  # type: ignore[no-untyped-call]
        return found

    def left_the_page(self, own: str = "") -> list[str]:
        """Requests to anywhere but files, the page's own data, and the server at `own`."""
        inside = {"file", "data", "blob", "about"}
        found = [one for one in self.requests() if urlsplit(one).scheme not in inside]
        return [one for one in found if not own or not one.startswith(own)]

    def badges_are_there(self) -> bool:
        """Has every badge in sight said what it has to say?"""
        return not self.run(
            "return [...document.querySelectorAll('.badge.waiting')].some((one) => {"
            "const box = one.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; })"
        )


@contextmanager
def browser_window() -> Iterator[Browser]:
    """A browser, or a skip with the reason; where one is required its absence is a failure."""
    chromium, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or chromedriver is None:
        _missing("chromium and chromium-driver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = str(chromium)
    for switch in _SWITCHES:
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver))
    try:
        yield Browser(driver)
    finally:
        driver.quit()


def _missing(reason: str) -> None:
    if os.environ.get("READOUT_REQUIRE_BROWSER") == "1":
        pytest.fail(f"READOUT_REQUIRE_BROWSER=1, but {reason}")
    pytest.skip(reason)


def file_address(path: Path, view: str = "/") -> str:
    """The address of a view in a file."""
    return f"{path.as_uri()}#{view}"
