"""What the log hears of a source that is down: each failure until its breaker opens, then that, once."""

from dataclasses import replace
from typing import Any

from structlog.testing import capture_logs

from connectors.errors import SourceError, SourceUnavailable
from connectors.memory import KIND, MemoryConnector
from connectors.recording import RecordingConnector
from connectors.requests import Load
from connectors.resilience.resilient import Resilience, Resilient
from connectors.results import Loaded
from connectors.stack import open_sources
from tests.cities.harbour_rows import CHILD, LI, TABLES, UNKNOWN, X_CHECK, ZHANG
from tests.kit import ALL, open_city
from tests.patience import leap

DOCUMENT = f'{{ person(id: "{ZHANG}") {{ name }} }}'
PAUSE_SECONDS = 1_000


async def test_a_call_that_failed_is_told_once_for_all_its_keys() -> None:
    class Broken(MemoryConnector):
        async def load(self, load: Load) -> Loaded:
            if (CHILD,) in load.keys:
                raise SourceUnavailable("down")
            return await super().load(load)

    city = open_city()
    broken = Broken(TABLES, capabilities=replace(ALL, max_keys=2))
    city.gateway.connector = lambda _name: Resilient(broken, Resilience(retries=0))
    ids = ", ".join(f'"{one}"' for one in (ZHANG, LI, X_CHECK, CHILD, UNKNOWN))
    with capture_logs() as logged:
        body = await city.ask(f"{{ persons(ids: [{ids}]) {{ person {{ name }} }} }}")
    assert [one["extensions"]["count"] for one in body["errors"]] == [2]
    assert [one["event"] for one in logged] == ["source_failed"]


async def test_an_open_breaker_is_told_once() -> None:
    faults: dict[str, SourceError] = {"registry.household": SourceUnavailable("down")}
    city = open_city()
    wires: dict[str, RecordingConnector] = {}

    def wire(name: str, _driver: Any) -> RecordingConnector:
        wires[name] = RecordingConnector(MemoryConnector(TABLES, capabilities=ALL, faults=faults))
        return wires[name]

    city.gateway.connector = open_sources(
        city.catalogue,
        {"memory": KIND},
        hash_keys=lambda of, about: lambda keys: tuple(f"{of}{about}{key}" for key in keys),
        resilience=Resilience(breaker_failures=3, breaker_pause_seconds=PAUSE_SECONDS),
        wrap=wire,
    ).get
    source = city.catalogue.resources["registry.household"].source
    with capture_logs() as logged:
        answers = [await city.ask(DOCUMENT) for _ in range(8)]
    assert {one["errors"][0]["extensions"]["code"] for one in answers} == {"SOURCE_DOWN"}
    assert len(wires[source].calls) == 3
    assert [one["event"] for one in logged] == [
        "source_failed",
        "source_failed",
        "breaker_opened",
        "source_failed",
    ]
    assert logged[2] == {
        "event": "breaker_opened",
        "log_level": "warning",
        "source": source,
        "failures": 3,
    }

    leap(PAUSE_SECONDS)
    with capture_logs() as logged:
        for _ in range(3):
            await city.ask(DOCUMENT)
    assert [one["event"] for one in logged] == ["source_failed"]  # one may try, and it is open still

    faults.clear()
    leap(PAUSE_SECONDS)
    with capture_logs() as logged:
        assert "errors" not in await city.ask(DOCUMENT)
        assert "errors" not in await city.ask(DOCUMENT)
    assert logged == [{"event": "breaker_closed", "log_level": "info", "source": source}]
