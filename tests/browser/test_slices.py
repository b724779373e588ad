"""The explorer loads the part of a schema that suits its size, and the part that somebody chooses."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from gateway.identity.identify import key_hash
from tests.browser.browser import opened
from tests.faults.served import Served, serve
from tests.kit import CITIES

pytestmark = pytest.mark.xdist_group("browser")

RESOURCES = 400
"""Of the department that makes the city large; the explorer loads up to 300 whole."""
DEPARTMENT = "department: bulk\ntitle: 大局 — Bulk\nsources:\n  bulkDb: { kind: memory }\n"
KEEPER = f"""\
application: keeper
title: 保管员 — Keeper
audience: share
department: bulk
purposes: [KEEPING]
keys: ["sha256:{key_hash("keeper")}"]
grants:
  - {{ id: G-9, purposes: [KEEPING], items: ["bulk.*.*"], level: 2 }}
"""
SETTINGS = {"JUTONG_DEMO_KEYS": "true"}


def resource(number: int) -> str:
    items = "".join(f"  item{n}: {{ title: 项{n} — Item {n}, column: C{n}, level: 2 }}\n" for n in range(14))
    return (
        f"resource: file{number}\ntitle: 档案{number} — File {number}\nsource: bulkDb\nfrom: F{number}\n"
        f"identity: [ID]\nattach:\n  - {{ on: Enterprise, field: file{number}, by: {{ uscc: USCC }} }}\n"
        f"sharing: {{ type: conditional, condition: 行政审批 — Approval }}\nitems:\n{items}"
    )


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("small"), CITIES / "harbour", **SETTINGS) as served:
        yield served


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder: Path = tmp_path_factory.mktemp("large")
    catalogue = folder / "catalogue"
    shutil.copytree(CITIES / "harbour", catalogue)
    home = catalogue / "departments" / "bulk"
    home.mkdir()
    (home / "department.yaml").write_text(DEPARTMENT, encoding="utf-8")
    for number in range(RESOURCES):
        (home / f"file{number}.yaml").write_text(resource(number), encoding="utf-8")
    (catalogue / "access" / "keeper.yaml").write_text(KEEPER, encoding="utf-8")
    with serve(folder, catalogue, **SETTINGS) as served:
        yield served


@dataclass
class Seen:
    """A page, and the slices that it has loaded, by their query strings."""

    page: Page
    loaded: list[str] = field(default_factory=list)

    def note(self, request: Request) -> None:
        address, _, query = request.url.partition("?")
        if address.endswith("/schema.json") and request.method == "GET":
            self.loaded.append(query)

    def open(self, served: Served, key: str | None = None) -> None:
        self.page.goto(f"{served.url}/graphiql")
        self.page.wait_for_selector(".graphiql-query-editor .view-line")
        if key is not None:
            self.page.click(f'.jt-demo button:has(code:text-is("{key}"))')

    def fields(self) -> int:
        """How many the finder knows of the schema that is loaded."""
        panel = self.page.locator(".jt-finder")
        if not panel.is_visible():
            self.page.get_by_role("button", name="查找字段").click()
        expect(panel).to_contain_text("个字段")
        return int(panel.inner_text().split("共 ")[1].split(" ")[0])


@pytest.fixture
def seen(browser: Browser) -> Iterator[Seen]:
    strangers: list[str] = []
    with opened(browser, strangers) as page:
        seen = Seen(page)
        page.on("request", seen.note)
        yield seen
        assert strangers == []


def choose(page: Page, slice_: str) -> None:
    with page.expect_response(f"**/schema.json?{slice_}"):
        page.select_option("select[name=jutong-slice]", slice_)


def test_a_small_catalogue_is_loaded_whole(seen: Seen, small: Served) -> None:
    seen.open(small, "desk")
    choice = seen.page.locator("select[name=jutong-slice]")
    expect(choice.locator("option").first).to_have_text("全部 — Whole (17)")
    expect(choice.locator("optgroup[label='部门 — Departments'] option").first).to_have_text(
        "教委 — Education (3)"
    )
    expect(choice.locator("optgroup[label='主题 — Themes'] option")).to_have_text(
        ["信用 — Credit (3)", "教育 — Schooling (1)"]
    )
    assert seen.fields() > 100
    assert set(seen.loaded) == {""}


def test_a_choice_is_loaded_and_kept_over_a_reload(seen: Seen, small: Served) -> None:
    seen.open(small, "desk")
    whole = seen.fields()
    choose(seen.page, "theme=credit")
    part = seen.fields()
    assert part < whole
    seen.loaded.clear()
    with seen.page.expect_response("**/schema.json?theme=credit"):
        seen.page.reload()
    expect(seen.page.locator("select[name=jutong-slice]")).to_have_value("theme=credit")
    assert seen.fields() == part
    assert set(seen.loaded) == {"theme=credit"}
    choose(seen.page, "rights=read")
    assert seen.fields() < whole


def test_the_open_endpoint_offers_what_is_open(seen: Seen, small: Served) -> None:
    seen.open(small)
    with seen.page.expect_response("**/open/graphql/schema.json"):
        seen.page.get_by_role("button", name="开放 — Open").click()
    choice = seen.page.locator("select[name=jutong-slice]")
    expect(choice.locator("optgroup[label='部门 — Departments'] option")).to_have_count(1)
    expect(choice.locator("optgroup[label='主题 — Themes'] option")).to_have_text(["信用 — Credit (3)"])


def test_of_a_large_catalogue_what_the_caller_may_read_is_loaded(seen: Seen, large: Served) -> None:
    seen.open(large, "desk")
    choice = seen.page.locator("select[name=jutong-slice]")
    expect(choice).to_have_value("rights=read")
    assert seen.fields() < 1_000
    assert set(seen.loaded) == {"rights=read"}


def test_who_may_read_too_much_chooses_first(seen: Seen, large: Served) -> None:
    seen.open(large, "keeper")
    choice = seen.page.locator("select[name=jutong-slice]")
    expect(choice).to_have_value("none")
    expect(seen.page.locator(".jt-hint")).to_contain_text("目录很大")
    assert seen.loaded == []
    choose(seen.page, "department=market")
    expect(seen.page.locator(".jt-hint")).to_have_count(0)
    assert seen.fields() < 1_000
