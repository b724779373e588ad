"""`@freshness`: the age that a field demands, and expired rows where their source is down."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec import structs

from connectors.caching.cached import Cached
from connectors.caching.store import MemoryStore
from connectors.errors import SourceError, SourceRefused, SourceUnavailable
from connectors.memory import MemoryConnector
from connectors.recording import RecordingConnector
from connectors.requests import Load
from connectors.results import Loaded
from tests.cities.harbour_rows import LI, TABLES, ZHANG
from tests.kit import ALL, DESK, City, open_catalogue, read_city
from tests.patience import leap

ONE = f'{{ person(id: "{ZHANG}") {{ name }} }}'
BOTH = f'{{ person(id: "{ZHANG}") {{ name qualifications {{ number }} }} }}'


class Town:
    """The harbour with a cache in front of memory."""

    def __init__(self, seconds: float = 60, *, cycle: str = "daily", age: timedelta | None = None) -> None:
        catalogue, policy = read_city("harbour")
        resources = {
            code: replace(one, cache_seconds=seconds, stale_seconds=1_000, update_cycle=cycle)
            for code, one in catalogue.resources.items()
        }
        self.faults: dict[str, SourceError] = {}
        self.city: City = open_catalogue(replace(catalogue, resources=resources), policy, ALL, TABLES)
        memory: Any = MemoryConnector(TABLES, capabilities=ALL, faults=self.faults)
        source: Any = memory if age is None else Aged(memory, age)
        self.wire = RecordingConnector(source)
        cached = Cached(
            self.wire, MemoryStore(), lambda of, about: lambda keys: tuple(f"{about}{key}" for key in keys)
        )
        self.city.gateway.connector = lambda _name: cached

    async def ask(self, document: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return await self.city.ask(document, variables, DESK)

    @property
    def asked(self) -> list[str]:
        return [call.request.resource.code for call in self.wire.calls]


class Aged:
    """A source that says how old its data is."""

    def __init__(self, inner: MemoryConnector, age: timedelta) -> None:
        self.inner, self.age, self.capabilities = inner, age, inner.capabilities

    async def load(self, load: Load) -> Loaded:
        loaded = await self.inner.load(load)
        stands_at: datetime = loaded.fetched_at - self.age
        return structs.replace(loaded, as_of=stands_at)


def states(answer: Mapping[str, Any]) -> dict[str, str]:
    return {one["pattern"]: one["state"] for one in answer.get("extensions", {}).get("states", ())}


async def test_rows_older_than_demanded_are_read_anew() -> None:
    town = Town()
    await town.ask(ONE)
    await town.ask(ONE)
    assert town.asked == ["registry.household"]
    await town.ask(ONE.replace("{ person", "query @freshness(maxAge: 0) { person"))
    assert len(town.asked) == 2
    await town.ask(ONE.replace("name", "name @freshness(maxAge: 60)"))
    assert len(town.asked) == 2


async def test_a_demand_holds_for_the_field_that_makes_it_and_below() -> None:
    town = Town()
    await town.ask(BOTH)
    await town.ask(BOTH.replace("qualifications", "qualifications @freshness(maxAge: 0)"))
    assert town.asked == ["registry.household", "transport.qualification", "transport.qualification"]


async def test_the_strictest_demand_on_a_fetch_holds() -> None:
    town = Town()
    twice = (
        "query ($age: Int) { person(id: $id) { name @freshness(maxAge: $age) sex @freshness(maxAge: 60) } }"
    )
    twice = twice.replace("$id", f'"{ZHANG}"')
    for age in (60, 0, 60):
        await town.ask(twice, {"age": age})
    assert len(town.asked) == 2


async def test_expired_rows_answer_for_a_source_that_is_down_where_they_may() -> None:
    town = Town(seconds=100)
    await town.ask(ONE)
    leap(101)
    town.faults["registry.household"] = SourceUnavailable()
    refused = await town.ask(ONE)
    assert refused["errors"][0]["extensions"]["code"] == "SOURCE_DOWN"
    answer = await town.ask(ONE.replace("name", "name @freshness(allowStale: true)"))
    assert answer["data"] == {"person": {"name": "张伟"}}
    assert "errors" not in answer
    assert states(answer) == {"person.name": "STALE"}


async def test_that_there_was_no_record_is_stale_too() -> None:
    town = Town(seconds=100)
    document = f"""{{ person(id: "{LI}") @freshness(allowStale: true) {{
        qualifications {{ number }} education {{ enrolments {{ school }} }} _states {{ field state }} }} }}"""
    await town.ask(document)
    leap(101)
    for code in ("transport.qualification", "education.studentIndex"):  # which leads to enrolments
        town.faults[code] = SourceUnavailable()
    answer = await town.ask(document)
    said = [
        ("qualifications", "NO_RECORD"),
        ("qualifications", "STALE"),
        ("education.enrolments", "NO_RECORD"),
        ("education.enrolments", "STALE"),
    ]
    assert [(one["field"], one["state"]) for one in answer["data"]["person"]["_states"]] == said
    noted = [(one["pattern"], one["state"]) for one in answer["extensions"]["states"]]
    assert noted == [(f"person.{field}", state) for field, state in said]


async def test_rows_too_old_for_the_demand_are_stale_where_the_source_is_down() -> None:
    town = Town()
    await town.ask(ONE)
    town.faults["registry.household"] = SourceUnavailable()
    answer = await town.ask(ONE.replace("name", "name @freshness(maxAge: 0, allowStale: true)"))
    assert (answer["data"]["person"]["name"], states(answer)) == ("张伟", {"person.name": "STALE"})


async def test_a_source_that_refuses_is_not_down() -> None:
    town = Town(seconds=100)
    await town.ask(ONE)
    leap(101)
    town.faults["registry.household"] = SourceRefused()
    answer = await town.ask(ONE.replace("name", "name @freshness(allowStale: true)"))
    assert answer["data"] == {"person": {"name": None}}


async def test_expired_rows_are_never_given_while_the_source_answers() -> None:
    town = Town(seconds=100)
    for _ in range(2):
        answer = await town.ask(ONE.replace("name", "name @freshness(allowStale: true)"))
        assert states(answer) == {}
        leap(101)
    assert len(town.asked) == 2


@pytest.mark.parametrize(
    ("cycle", "age", "expected"),
    [
        ("daily", timedelta(days=1, hours=20), {}),
        ("daily", timedelta(days=2, seconds=1), {"person.name": "STALE"}),
        ("realtime", timedelta(hours=2), {"person.name": "STALE"}),
        ("other", timedelta(days=4_000), {}),
    ],
)
async def test_data_past_its_update_cycle_is_stale(cycle: str, age: timedelta, expected: Any) -> None:
    town = Town(cycle=cycle, age=age)
    answer = await town.ask(ONE)
    assert (answer["data"]["person"]["name"], states(answer)) == ("张伟", expected)


@pytest.mark.parametrize("wrong", ["maxAge: -1", "maxAge: 1.5", "maximum: 3", 'allowStale: "yes"'])
async def test_a_demand_that_cannot_be_is_refused(wrong: str) -> None:
    town = Town()
    answer = await town.ask(ONE.replace("name", f"name @freshness({wrong})"))
    assert "data" not in answer
    assert town.asked == []
