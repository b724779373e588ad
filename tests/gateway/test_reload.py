"""A catalogue's files change while it is served."""

import asyncio
import gc
import shutil
import threading
import weakref
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from structlog.testing import capture_logs

from gateway import reload
from gateway.app import App
from gateway.assemble import compile as compile_
from gateway.assemble.compiler import Compiler
from gateway.opening import open_current
from gateway.reload import Current
from gateway.request import Ask
from gateway.settings import Settings
from gateway.store.last_good import LAST_GOOD
from gateway.telemetry.metrics import REGISTRY_OF_ALL
from schema.policy.caller import Caller
from schema.policy.read import read_policy
from tests.cities import harbour_rows as rows
from tests.kit import CITIES, DESK, STRANGER
from tests.patience import AGES_SECONDS, PATIENCE_SECONDS, leap, soon, until

QUALIFICATION = "departments/transport/qualification.yaml"
HOUSEHOLD = "departments/registry/household.yaml"
REGISTERED = "registry.household"
DOCUMENT = f'{{ person(id: "{rows.ZHANG}") {{ name qualifications {{ number }} }} }}'


class Served:
    def __init__(self, directory: Path, current: Current) -> None:
        self.directory = directory
        self.current = current

    async def ask(self, document: str = DOCUMENT, caller: Caller = DESK, **options: Any) -> dict[str, Any]:
        deadline = soon()
        answer = await self.current.gateway.answer(Ask(document, caller, "r-1", deadline, **options))
        body: dict[str, Any] = orjson.loads(answer.body)
        return body

    def change(self, path: str, old: str, new: str) -> None:
        file = self.directory / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        changed = file.with_suffix(".new")
        changed.write_text(text.replace(old, new, 1), encoding="utf-8")
        changed.replace(file)  # at once: half of it would be a version of its own

    async def reloaded(self) -> None:
        """Wait for another gateway than the one that answers now."""
        before = self.current.gateway
        await until(lambda: self.current.gateway is not before)


async def let_go(is_gone: Callable[[], bool]) -> None:
    """Wait until no request can be on what was replaced, and until it is gone."""
    for _ in range(50 * PATIENCE_SECONDS):
        leap(AGES_SECONDS)
        await asyncio.sleep(0.02)
        if is_gone():
            return
    raise AssertionError("it is kept")


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    directory = tmp_path / "harbour"
    shutil.copytree(CITIES / "harbour", directory)
    settings = Settings(
        catalogue=directory, state=tmp_path / "state", reload_seconds=0.02, timeout_seconds=AGES_SECONDS
    )
    async with open_current(settings) as current:
        yield Served(directory, current)


async def test_a_new_item_is_a_new_field_and_old_queries_go_on(served: Served) -> None:
    new = DOCUMENT.replace("number", "number issuedOn")
    assert "errors" in await served.ask(new)
    assert "errors" not in await served.ask()
    served.change(
        QUALIFICATION, "items:", "items:\n  issuedOn: { title: 发证日期 — Issued on, column: FZ, type: Date }"
    )
    await served.reloaded()
    assert (await served.ask(new))["data"]["person"]["qualifications"] == []
    assert "errors" not in await served.ask()


async def test_a_reload_that_failed_is_tried_again(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise a key that was taken out while a disk was away for a moment would be good until the next edit."""
    failures: list[BaseException] = [PermissionError(), MemoryError()]
    read = read_policy

    def read_or_fail(*given: Any) -> Any:
        if failures:
            raise failures.pop()
        return read(*given)

    monkeypatch.setattr(reload, "read_policy", read_or_fail)
    served.change("access/applications.yaml", "application: desk", "application: elsewhere")
    await served.reloaded()
    assert failures == []
    assert "desk" not in served.current.gateway.snapshot.policy.applications


async def test_a_file_that_cannot_be_read_is_told_and_keeps_no_other_from_its_change(served: Served) -> None:
    with capture_logs() as logged:
        loop = served.directory / "departments/transport/loop.yaml"
        loop.symlink_to(loop.name)
        served.change(HOUSEHOLD, "items:", "items:\n  alias: { title: 别名 — Alias, column: BM }")
        await until(lambda: "alias" in served.current.gateway.snapshot.catalogue.resources[REGISTERED].items)
    told = [(one["file"], one["code"]) for one in logged if one["event"] == "catalogue_problem"]
    assert ("departments/transport/loop.yaml", "UNREADABLE") in told
    assert "errors" not in await served.ask()  # the department goes on as it was


@pytest.mark.parametrize(
    ("path", "old", "new"), [(HOUSEHOLD, "items:", "item:"), ("city.yaml", "city:", "town:")]
)
async def test_who_starts_while_a_mistake_waits_goes_on_as_those_that_were_there(
    served: Served, path: str, old: str, new: str
) -> None:
    """A worker that takes another's place would otherwise answer otherwise."""
    state = served.directory.parent / "state"
    settings = Settings(catalogue=served.directory, state=state, reload_seconds=0.02)
    served.change(path, old, new)
    await until((state / LAST_GOOD).exists)
    assert (state / LAST_GOOD).stat().st_mode & 0o777 == 0o600
    async with open_current(settings) as current:
        late = Served(served.directory, current)
        assert "errors" not in await late.ask()
        assert (await late.ask())["data"] == (await served.ask())["data"]
        served.change(QUALIFICATION, "items:", "items:\n  alias: { title: 别名 — Alias, column: BM }")
        await late.reloaded()
        assert (await late.ask())["data"] == (await served.ask())["data"]
        served.change(path, new, old)
        await until(lambda: not (state / LAST_GOOD).exists())
    shutil.copytree(served.directory, other := served.directory.with_name("other"))
    change_one = Served(other, served.current)
    change_one.change(path, old, new)
    elsewhere = Settings(catalogue=other, state=state, reload_seconds=0)
    async with open_current(elsewhere) as current:
        assert "errors" in await Served(other, current).ask()  # it never was good there


async def test_documents_in_use_are_read_before_the_change(served: Served) -> None:
    await served.ask()
    served.change(QUALIFICATION, "level: 2, formerly", "level: 1, formerly")
    await served.reloaded()
    documents = served.current.gateway.snapshot.closed.documents
    parsed = documents.parsed
    assert parsed >= 1
    await served.ask()
    assert documents.parsed == parsed


async def test_plans_in_use_are_made_before_the_change(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the keys they were used by: operation, rights, shape. Nobody who asks after it waits for a plan, nor
    for what is compiled for it."""
    compiling: list[int] = []

    class Noted(Compiler):
        def __init__(self, *given: Any) -> None:
            compiling.append(threading.get_ident())
            super().__init__(*given)

    monkeypatch.setattr(compile_, "Compiler", Noted)
    person = "query A($i: CitizenId!, $w: TransportQualificationWhere, $on: Boolean!) {{ person(id: $i) {{ {} }} }}"
    document = person.format("name @include(if: $on) qualifications(where: $w) { number points }")
    document += " query B($i: CitizenId!) { person(id: $i) { sex } }"
    shapes: list[tuple[str, dict[str, Any]]] = [
        ("A", {"on": True}),
        ("A", {"on": False}),
        ("A", {"on": True, "w": {"points": {"ge": 3}}}),
        ("A", {"on": True, "w": {"or": [{"number": {"eq": "Q-1"}}, {"points": {"ge": 1}}]}}),
        ("B", {}),
    ]

    async def ask_all(callers: tuple[Caller, ...]) -> list[Any]:
        bodies = [
            await served.ask(document, caller, operation=name, variables={"i": rows.ZHANG, **variables})
            for caller in callers
            for name, variables in shapes
        ]
        return [(body["data"], body.get("errors")) for body in bodies]

    callers = (DESK, replace(DESK, case=None), STRANGER)
    before = await ask_all(callers)
    await served.ask()  # with a text that is lifted out
    assert threading.get_ident() in compiling
    compiling.clear()
    served.change(HOUSEHOLD, "items:", "items:\n  alias: { title: 别名 — Alias, column: BM }")
    await served.reloaded()
    documents = served.current.gateway.snapshot.closed.documents
    plans = {text: documents.read(text)[0].plans for text in (document, DOCUMENT)}
    made = {text: one.made for text, one in plans.items()}
    assert made == {document: len(callers) * len(shapes), DOCUMENT: 1}
    assert await ask_all((replace(DESK, case="another"), *callers[1:])) == before
    await served.ask()
    assert {text: one.made for text, one in plans.items()} == made
    assert compiling
    assert threading.get_ident() not in compiling
    await served.ask(document, operation="A", variables={"i": rows.ZHANG, "on": True, "w": {}})
    assert plans[document].made == made[document] + 1


async def test_a_plan_of_what_is_no_more_is_not_made(served: Served) -> None:
    """What asks for it is refused as ever, and the change is not held up."""
    document = "query($i: CitizenId!, $w: TransportQualificationWhere) { person(id: $i) { qualifications(where: $w) { number } } }"  # fmt: skip
    gone = {"i": rows.ZHANG, "w": {"points": {"ge": 3}}}
    assert "errors" not in await served.ask(document, variables=gone)
    assert "errors" not in await served.ask(document, variables={"i": rows.ZHANG})
    served.change(QUALIFICATION, "points:", "marks:")
    await served.reloaded()
    assert served.current.gateway.snapshot.closed.documents.read(document)[0].plans.made == 1
    assert "errors" not in await served.ask(document, variables={"i": rows.ZHANG})
    (error,) = (await served.ask(document, variables=gone))["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"


async def test_plans_made_before_a_change_are_of_the_new_policy(served: Served) -> None:
    assert "errors" not in await served.ask()
    served.change("access/applications.yaml", "level: 2", "level: 2\n    revoked: true")
    await served.reloaded()
    plans = served.current.gateway.snapshot.closed.documents.read(DOCUMENT)[0].plans
    assert plans.made == 1
    assert {error["extensions"]["code"] for error in (await served.ask())["errors"]} == {"DENIED"}
    assert plans.made == 1


async def test_a_broken_department_keeps_its_last_good_version(served: Served) -> None:
    served.change(QUALIFICATION, "items:", "itms:")
    served.change(HOUSEHOLD, "items:", "items:\n  alias: { title: 别名 — Alias, column: BM }")
    await served.reloaded()
    body = await served.ask(f'{{ person(id: "{rows.ZHANG}") {{ alias qualifications {{ number }} }} }}')
    assert "errors" not in body
    served.change(QUALIFICATION, "itms:", "items:\n  grade: { title: 等级 — Grade, column: DJ }")
    await served.reloaded()
    body = await served.ask(f'{{ person(id: "{rows.ZHANG}") {{ alias qualifications {{ grade }} }} }}')
    assert "errors" not in body


async def test_what_is_promoted_can_be_removed_and_come_back(served: Served) -> None:
    file = served.directory / QUALIFICATION
    text = file.read_text(encoding="utf-8")
    file.unlink()
    await served.reloaded()
    (error,) = (await served.ask())["errors"]
    assert "qualifications" in error["message"]
    assert "errors" not in await served.ask(DOCUMENT.replace("qualifications { number }", "sex"))
    file.write_text(text, encoding="utf-8")
    await served.reloaded()
    assert "errors" not in await served.ask()


async def test_only_sources_whose_declarations_changed_are_opened_again(served: Served) -> None:
    connector = served.current.gateway.connector
    before = {name: connector(name) for name in ("registryDb", "transportDb")}
    served.change(QUALIFICATION, "level: 2, formerly", "level: 1, formerly")
    await served.reloaded()
    connector = served.current.gateway.connector
    assert connector("registryDb") is before["registryDb"]
    assert connector("transportDb") is not before["transportDb"]


async def test_a_revoked_grant_is_gone_with_the_next_reload(served: Served) -> None:
    assert "errors" not in await served.ask()
    served.change("access/applications.yaml", "level: 2", "level: 2\n    revoked: true")
    await served.reloaded()
    codes = {error["extensions"]["code"] for error in (await served.ask())["errors"]}
    assert codes == {"DENIED"}


async def test_no_request_fails_while_files_change(served: Served) -> None:
    stop, answered = asyncio.Event(), []

    async def load() -> None:
        while not stop.is_set():
            answered.append(await served.ask())
            await asyncio.sleep(0)

    asking = [asyncio.create_task(load()) for _ in range(4)]
    for old, new in ((2, 1), (1, 2), (2, 1)):
        served.change(QUALIFICATION, f"level: {old}, formerly", f"level: {new}, formerly")
        await served.reloaded()
        answered_before = len(answered)
        while len(answered) < answered_before + 8:
            await asyncio.sleep(0.001)
    stop.set()
    await asyncio.gather(*asking)
    assert len(answered) > 20
    assert not [body for body in answered if "errors" in body]


async def test_types_that_did_not_change_serve_the_next_schema(served: Served) -> None:
    before = served.current.gateway.snapshot.closed.schema.type_map
    served.change(HOUSEHOLD, "items:", "items:\n  alias: { title: 别名 — Alias, column: BM }")
    await served.reloaded()
    after = served.current.gateway.snapshot.closed.schema.type_map
    for name in ("MarketTax", "MarketTaxSearch", "MarketArchiveWhere", "RegistryMarriageOrder"):
        assert (name, after[name] is before[name]) == (name, True)
    assert after["Person"] is not before["Person"]


async def test_a_schema_that_was_replaced_goes_without_the_collector(served: Served) -> None:
    await served.ask()
    gone = weakref.ref(served.current.gateway.snapshot.closed.schema.type_map["PersonMarket"])
    assert gone() is not None
    gc.disable()
    try:
        served.change(HOUSEHOLD, "items:", "items:\n  alias: { title: 别名 — Alias, column: BM }")
        await served.reloaded()
        await served.ask()
        await let_go(lambda: gone() is None)
    finally:
        gc.enable()


@pytest.mark.parametrize(
    "change", [(HOUSEHOLD, "title: ", "title: 新 "), ("access/applications.yaml", "level: 2", "level: 1")]
)
async def test_plans_that_were_replaced_go_without_the_collector(
    served: Served, change: tuple[str, str, str]
) -> None:
    """A reload freezes what is there, so what only the collector would find stays for ever."""
    await served.ask()
    plans = served.current.gateway.snapshot.closed.documents.read(DOCUMENT)[0].plans
    (kept,) = plans.kept()
    (root,) = kept.planned.plan.memo["assembly", True].values()
    gone = [weakref.ref(plans), weakref.ref(root)]
    del plans, kept, root
    gc.disable()
    try:
        served.change(*change)
        await served.reloaded()
        await let_go(lambda: all(one() is None for one in gone))
    finally:
        gc.enable()


async def test_a_policy_that_changed_leaves_the_schema(served: Served) -> None:
    before = served.current.gateway.snapshot.closed
    served.change("access/applications.yaml", "level: 2", "level: 1")
    await served.reloaded()
    after = served.current.gateway.snapshot.closed
    assert after.schema is before.schema
    assert after.documents is not before.documents


async def test_a_gateway_of_which_every_department_is_broken_is_ready_with_the_first_that_is_mended(
    tmp_path: Path,
) -> None:
    directory = tmp_path / "harbour"
    shutil.copytree(CITIES / "harbour", directory)
    files = {
        path: path.read_text(encoding="utf-8") for path in directory.glob("departments/*/department.yaml")
    }
    for path, text in files.items():
        path.write_text(text.replace("department:", "departement:"), encoding="utf-8")
    settings = Settings(catalogue=directory, state=tmp_path / "state", reload_seconds=0.02)
    async with open_app(settings) as client:
        assert (await client.get("/livez")).status_code == 200
        assert (await client.get("/readyz")).status_code == 503
        assert problems() >= len(files)
        for path, text in files.items():
            path.write_text(text, encoding="utf-8")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (await client.get("/readyz")).status_code != 200:
                await asyncio.sleep(0.02)
        await until(lambda: problems() == 0)


def problems() -> float:
    count = REGISTRY_OF_ALL.get_sample_value("jutong_catalogue_problems")
    assert count is not None
    return count


@asynccontextmanager
async def open_app(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The whole application, as a server opens it."""
    app = App(settings)
    async with app._starlette.router.lifespan_context(app._starlette):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            yield client
