"""One browser for all tests of this folder."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.browser import chromium, launched
from tests.services import miss


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium; a test opens a context of its own in it. It ends with this folder: the loop that it brings would
    be in the way of tests that have theirs."""
    if chromium() is None:
        miss("chromium is absent")
    with launched() as browser:
        yield browser
