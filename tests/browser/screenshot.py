"""A picture of the explorer: `python -m tests.browser.screenshot URL OUT.png [KEY]`.

KEY is the name of a demo key to click before the first query is run.
"""

import sys

from tests.browser.browser import launched, opened


def shoot(url: str, out: str, key: str | None = None) -> None:
    """Open the explorer, run the first tab and write what is seen."""
    strangers: list[str] = []
    with launched() as browser, opened(browser, strangers) as page:
        page.goto(url)
        page.wait_for_selector(".graphiql-query-editor .view-line")
        if key:
            page.click(f'.jt-demo button:has(code:text-is("{key}"))')
            page.wait_for_selector(".graphiql-query-editor .view-line")
        page.wait_for_timeout(1500)
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.click(".graphiql-execute-button")
        page.wait_for_selector(".result-window .view-line")
        page.wait_for_timeout(1500)
        page.screenshot(path=out)


if __name__ == "__main__":
    shoot(*sys.argv[1:])
