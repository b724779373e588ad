"""GraphiQL as people see it: tabs, answers, headers, and not one request to anywhere else."""

import gzip
import json
import os
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
import uvicorn
from graphql import build_schema, get_introspection_query, graphql_sync
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateway.console.routes import ConsoleConfig, DemoKey, console_routes, load_queries
from tests.browser.browser import opened
from tests.plain_http import CLIENT

pytestmark = pytest.mark.xdist_group("browser")

SCHEMA = build_schema("""
    type Query { "人员，按公民身份号码 — a person" person(id: ID!): Person  version: String! }
    "人员 — Person"
    type Person {
        "姓名 — name" name: String
        district: String
        "银行账户 — Bank accounts" accounts(bank: String!): [Account!]
        "监护人 — Guardian" guardian: Person
    }
    "账户 — Account"
    type Account { "开户行 — Bank of the account · L2" bankName: String  "户主 — Holder" holder: Holder }
    union Holder = Person | Firm
    type Firm { "字号名称 — Trade name" tradeName: String }
""")
PERSON = {"name": "张三（渝北）", "district": "渝北区"}


@dataclass
class Served:
    """A small server and what it was sent."""

    url: str
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    """Path, document and headers."""

    def sent(self, path: str, document: str = "") -> list[dict[str, str]]:
        """Headers of the requests to one endpoint, with a document that holds some text."""
        return [headers for where, query, headers in self.requests if where == path and document in query]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    directory: Path = tmp_path_factory.mktemp("documents")
    (directory / "1.graphql").write_text(
        "# 查人员 — Find a person\nquery Find($id: ID!) {\n  person(id: $id) { name district } # 全角，（标点）\n}\n",
        encoding="utf-8",
    )
    (directory / "1.json").write_text('{"id": "500112199001010018"}\n', encoding="utf-8")
    (directory / "2.graphql").write_text("# 版本 — Version\n{ version }\n", encoding="utf-8")
    served = Served("")

    async def answer(request: Request) -> Response:
        body = await request.json()
        served.requests.append((request.url.path, body["query"], dict(request.headers)))
        root = {"person": lambda _info, **_: PERSON, "version": "1"}
        result = graphql_sync(SCHEMA, body["query"], root, variable_values=body.get("variables"))
        return JSONResponse(result.formatted)

    async def schema(request: Request) -> Response:
        served.requests.append((request.url.path, "", dict(request.headers)))
        return JSONResponse(graphql_sync(SCHEMA, get_introspection_query()).formatted)

    config = ConsoleConfig(load_queries(directory), (DemoKey("demo-agent", "窗口 — Counter"),))
    routes = [
        Route("/graphql", answer, methods=["POST"]),
        Route("/open/graphql", answer, methods=["POST"]),
        Route("/graphql/schema.json", schema),
        Route("/open/graphql/schema.json", schema),
        *console_routes(config),
    ]
    server = uvicorn.Server(
        uvicorn.Config(Starlette(routes=routes), host="127.0.0.1", port=0, log_level="error")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    served.url = f"http://127.0.0.1:{port}"
    yield served
    server.should_exit = True
    thread.join()


@dataclass
class Seen:
    """A page and what was said behind it."""

    page: Page
    strangers: list[str]
    complaints: list[str]


@pytest.fixture
def seen(served: Served, browser: Browser) -> Iterator[Seen]:
    served.requests.clear()
    strangers: list[str] = []
    with opened(browser, strangers) as page:
        seen = Seen(page, strangers, [])
        page.on(
            "console",
            lambda message: (
                seen.complaints.append(message.text)
                if message.type == "error" or "Content Security Policy" in message.text
                else None
            ),
        )
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.goto(f"{served.url}/graphiql")
        page.wait_for_selector(".graphiql-query-editor .view-line")
        yield seen
        assert seen.strangers == []
        assert seen.complaints == []


def use_key(page: Page) -> None:
    with page.expect_response("**/graphql/schema.json"):
        page.get_by_role("button", name="窗口 — Counter").click()
    page.wait_for_selector(".graphiql-query-editor .view-line")


def until_remembered(page: Page, text: str) -> None:
    """The tabs are remembered a moment after they have changed."""
    page.wait_for_function("text => sessionStorage.getItem('graphiql:tabState')?.includes(text)", arg=text)


def run(page: Page) -> None:
    page.click(".graphiql-execute-button")


def test_queries_are_tabs_and_nothing_is_asked_without_a_key(seen: Seen, served: Served) -> None:
    expect(seen.page.locator(".graphiql-tab-button")).to_have_text(
        ["查人员 — Find a person", "版本 — Version"]
    )
    expect(seen.page.locator(".jt-hint")).to_be_visible()
    assert served.requests == []


def test_a_query_is_answered_for_the_key_and_purpose(seen: Seen, served: Served) -> None:
    page = seen.page
    use_key(page)
    page.fill("input[name=jutong-purpose]", "FINANCING")
    page.fill("input[name=jutong-operator]", "op-1")
    page.fill("input[name=jutong-case]", "CASE-7")
    run(page)
    if out := os.environ.get("JUTONG_TEST_PICTURE"):
        page.wait_for_timeout(1500)
        page.screenshot(path=out)
    expect(page.locator(".result-window")).to_contain_text("张三（渝北）")
    (sent,) = served.sent(
        "/graphql", "query Find"
    )  # what may be chosen is asked for, too, half a second later
    assert sent["authorization"] == "Bearer demo-agent"
    assert sent["jutong-purpose"] == "FINANCING"
    assert sent["jutong-operator"] == "op-1"
    assert sent["jutong-case"] == "CASE-7"
    assert "cookie" not in sent
    expect(page.locator(".unicode-highlight")).to_have_count(0)
    expect(page.locator(".graphiql-tab-button").first).to_have_text("查人员 — Find a person")


def test_the_open_endpoint_is_told_of_no_caller(seen: Seen, served: Served) -> None:
    page = seen.page
    use_key(page)
    with page.expect_response("**/open/graphql/schema.json"):
        page.get_by_role("button", name="开放 — Open").click()
    page.locator(".graphiql-tab-button").nth(1).click()
    run(page)
    expect(page.locator(".result-window")).to_contain_text('"version"')
    page.wait_for_function(
        "() => JSON.parse(sessionStorage.getItem('graphiql:tabState'))?.activeTabIndex === 1"
    )
    with page.expect_response("**/graphql/schema.json"):
        page.get_by_role("button", name="共享 — Shared").click()
    expect(page.locator(".graphiql-tab-button")).to_have_count(2)
    expect(page.locator(".graphiql-query-editor")).to_contain_text("version")
    assert served.sent("/open/graphql")
    for sent in served.sent("/open/graphql") + served.sent("/open/graphql/schema.json"):
        assert "authorization" not in sent
        assert "jutong-purpose" not in sent


def test_the_key_is_forgotten_on_request(seen: Seen) -> None:
    page = seen.page
    use_key(page)
    assert page.evaluate("Object.keys(localStorage).length") == 0
    page.get_by_role("button", name="清除 — Clear").click()
    expect(page.locator("input[name=jutong-key]")).to_have_value("")
    expect(page.locator(".jt-hint")).to_be_visible()


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("姓名", "person › name"),
        ("xingming", "person › name"),
        ("xm", "person › name"),
        ("yinhang", "person › accounts"),
        ("yhzh", "person › accounts"),
        ("kaihuh", "person › accounts › bankName"),
        ("trade", "person › accounts › holder › Firm.tradeName"),
        ("银行 kaihu", "person › accounts › bankName"),
        ("account bank of", "person › accounts › bankName"),
        ("district", "person › district"),
    ],
)
def test_fields_are_found_by_chinese_english_and_pinyin(seen: Seen, asked: str, first: str) -> None:
    page = seen.page
    use_key(page)
    find(page, asked)
    expect(page.locator(".jt-finder li code").first).to_contain_text(first)


def test_what_does_not_exist_is_not_found(seen: Seen) -> None:
    use_key(seen.page)
    find(seen.page, "zzz")
    expect(seen.page.locator(".jt-finder [role=status]")).to_have_text("0 个 — 0 found")


def test_a_found_field_is_written_into_the_query(seen: Seen, served: Served) -> None:
    page = seen.page
    use_key(page)
    find(page, "zihao")
    page.locator(".jt-finder li button").first.click()
    editor = page.locator(".graphiql-query-editor")
    expect(editor).to_contain_text("accounts(bank: $bank)")
    until_remembered(page, "tradeName")
    tabs = json.loads(page.evaluate("sessionStorage.getItem('graphiql:tabState')"))
    assert tabs["tabs"][0]["query"] == (
        "# 查人员 — Find a person\n"
        "query Find($id: ID!, $bank: String!) {\n"
        "  person(id: $id) { name district\n"
        "    accounts(bank: $bank) {\n"
        "      holder {\n"
        "        ... on Firm {\n"
        "          tradeName\n"
        "        }\n"
        "      }\n"
        "    }\n"
        "  } # 全角，（标点）\n"
        "}\n"
    )


def test_the_open_endpoint_has_fields_of_its_own(seen: Seen) -> None:
    page = seen.page
    expect(page.locator(".jt-hint")).to_be_visible()
    page.get_by_role("button", name="查找字段").click()
    expect(page.locator(".jt-finder")).to_contain_text("请先填写密钥")


def find(page: Page, text: str) -> None:
    page.get_by_role("button", name="查找字段").click()
    page.fill("input[name=jutong-field]", text)
    page.wait_for_selector(".jt-finder [role=status]")


def test_a_demo_key_stands_beside_whose_it_is(seen: Seen) -> None:
    expect(seen.page.locator(".jt-demo button")).to_have_text(["窗口 — Counter demo-agent"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_typed_stands_on_the_ground_of_its_panel(
    seen: Seen, scheme: Literal["light", "dark"]
) -> None:
    page = seen.page
    page.emulate_media(color_scheme=scheme)
    use_key(page)
    find(page, "zzz")
    panel, field = page.locator(".jt-finder"), page.locator("input[name=jutong-field]")
    expect(field).to_have_css("background-color", "rgba(0, 0, 0, 0)")
    expect(field).to_have_css("color", panel.evaluate("panel => getComputedStyle(panel).color"))


def test_a_narrow_screen_has_room_for_query_and_answer(seen: Seen) -> None:
    page = seen.page
    page.set_viewport_size({"width": 420, "height": 800})
    use_key(page)
    page.locator(".graphiql-tab-button").nth(1).click()
    find(page, "zzz")
    run(page)
    answer = page.locator(".graphiql-response")
    expect(answer).to_contain_text('"version"')
    for part in (answer, page.locator(".graphiql-query-editor"), page.locator(".graphiql-plugin")):
        box = part.bounding_box()
        assert box
        assert box["width"] > 300  # CSS pixels, of 420
        assert box["height"] > 150
    assert page.evaluate("document.documentElement.scrollWidth") == 420


def test_every_page_has_its_own_nonce_and_a_closed_policy(served: Served) -> None:
    first, second = (CLIENT.get(f"{served.url}/graphiql{tail}") for tail in ("", "/"))
    nonces = [re.findall(r'nonce="([^"]+)"', page.text)[0] for page in (first, second)]
    assert nonces[0] != nonces[1]
    policy = first.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert f"'nonce-{nonces[0]}'" in policy
    assert "http" not in policy


def test_assets_are_packed_for_those_who_accept_it_and_kept_for_ever(served: Served) -> None:
    page = CLIENT.get(f"{served.url}/graphiql").text
    name = re.findall(r'src="(/graphiql/assets/[^"]+\.js)"', page)[0]
    plain = CLIENT.get(served.url + name, headers={"accept-encoding": "identity"})
    refused = CLIENT.get(served.url + name, headers={"accept-encoding": "gzip;q=0, br"})
    packed = CLIENT.get(served.url + name, headers={"accept-encoding": "br, gzip"})
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in refused.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert plain.content == packed.content == refused.content
    assert int(packed.headers["content-length"]) < len(gzip.compress(plain.content, 1))
    assert plain.headers["content-type"].startswith("text/javascript")
    assert "immutable" in plain.headers["cache-control"]


@pytest.mark.parametrize("name", ["..%2Findex.html", "%2e%2e/index.html", "..%2F..%2Froutes.py", "no.js"])
def test_only_assets_are_served(served: Served, name: str) -> None:
    assert CLIENT.get(f"{served.url}/graphiql/assets/{name}").status_code == 404


def test_the_first_queries_are_a_document_of_their_own(served: Served) -> None:
    config = CLIENT.get(f"{served.url}/graphiql/config.json").json()
    assert [query["title"] for query in config["queries"]] == [
        "查人员 — Find a person",
        "版本 — Version",
    ]
    assert json.loads(config["queries"][0]["variables"]) == {"id": "500112199001010018"}
    assert config["queries"][1]["variables"] == ""
    assert config["demoKeys"] == [{"key": "demo-agent", "title": "窗口 — Counter"}]
