"""Chromium that reaches nothing but this machine: one for all tests of a process, with a context for each."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from tests.patience import PATIENCE_SECONDS

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE_MILLISECONDS = PATIENCE_SECONDS * 1_000

expect.set_options(timeout=PATIENCE_MILLISECONDS)


def chromium() -> str | None:
    """Where the browser is, if anywhere."""
    return shutil.which("chromium")


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=ARGUMENTS, timeout=PATIENCE_MILLISECONDS
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser: Browser, strangers: list[str]) -> Iterator[Page]:
    """A page; requests that would leave the machine are stopped and added to `strangers`."""

    def guard(route: Route) -> None:
        if urlsplit(route.request.url).hostname == "127.0.0.1":
            route.continue_()
        else:
            strangers.append(route.request.url)
            route.abort()

    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    try:
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        context.route("**/*", guard)
        yield context.new_page()
    finally:
        context.close()
