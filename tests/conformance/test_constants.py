"""Law of filtering, as the gateway asks: what is true or false of every row is no source's to decide."""

from typing import Any

from connectors.protocol import Connector
from connectors.recording import RecordingConnector
from gateway.fetch.call import Call
from gateway.fetch.environment import Environment
from gateway.fetch.prepared import prepare
from gateway.fetch.result import Result, Rows
from gateway.fetch.scanning import scan_page
from gateway.plan.model import Fetch, FetchSpec, PageInput
from gateway.plan.pushdown import negotiate
from schema.policy.caller import ANONYMOUS
from schema.predicate import And, Compare, Not, Or, Predicate
from tests.conformance.harness import Harness
from tests.conformance.suite import binding, town
from tests.conformance.town import BY_YEAR, ROWS
from tests.patience import soon

SOME = Compare("year", "eq", 2002)
CONSTANTS: dict[str, tuple[Predicate, bool]] = {
    "or": (Or(()), False),
    "not and": (Not(And(())), False),
    "or beside a comparison": (And((SOME, Or(()))), False),
    "or in or": (Or((Or(()), And((SOME, Or(()))))), False),
    "and": (And(()), True),
    "not or": (Not(Or(())), True),
    "and beside a comparison": (Or((SOME, And(()))), True),
    "not, of or beside a comparison": (Not(And((SOME, Or(())))), True),
}
YEARS = sorted({(row["YEAR"],) for row in ROWS if row["YEAR"] is not None})
PAGE = PageInput(after=None, with_total=False)


def fetch_of(connector: Connector, predicate: Predicate | None, page: PageInput | None = None) -> Fetch:
    """A fetch as it is planned for a connector."""
    key = binding(BY_YEAR) if page is None else binding()
    spec = FetchSpec(0, town(), key, predicate=predicate, page=page, first=100)
    pushed, remaining = negotiate(predicate, spec.resource, connector.capabilities)
    assert remaining is None
    return Fetch(spec, items=("row",), reads=(), hop=1, pushed=pushed, pushes_order=True)


def environment_of(connector: Connector) -> Environment:
    return Environment(connector=lambda _: connector, caller=ANONYMOUS, deadline=soon())


async def loaded(connector: Connector, predicate: Predicate | None) -> Any:
    """The rows of all years, in as many calls as the connector's bound on keys needs."""
    prepared, size = prepare(fetch_of(connector, predicate)), connector.capabilities.max_keys
    entries: dict[Any, Any] = {}
    for start in range(0, len(YEARS), size):
        call = Call(prepared, tuple(YEARS[start : start + size]), {}, (), environment_of(connector))
        entries |= (call.at_once() or await call).entries
    return {key: sorted(entry.rows) for key, entry in entries.items()}


async def scanned(connector: Connector, predicate: Predicate | None) -> Result:
    """The first page of all rows."""
    prepared = prepare(fetch_of(connector, predicate, PAGE))
    return await scan_page(prepared, PAGE, (), environment_of(connector))


async def test_a_condition_without_a_say_is_never_asked(harness: Harness) -> None:
    connector = RecordingConnector(await harness.make(town(), ROWS))
    every = await loaded(connector, None)
    for name, (predicate, is_true) in CONSTANTS.items():
        connector.calls.clear()
        assert await loaded(connector, predicate) == (every if is_true else {key: [] for key in YEARS}), name
        assert bool(connector.calls) == is_true, name
        assert all(load.predicate is None for load in connector.loads), name


async def test_a_page_under_a_condition_without_a_say_is_all_rows_or_none(harness: Harness) -> None:
    connector = RecordingConnector(await harness.make(town(), ROWS))
    if not connector.capabilities.scans:
        return
    every = (await scanned(connector, None)).entries
    for name, (predicate, is_true) in CONSTANTS.items():
        connector.calls.clear()
        found = await scanned(connector, predicate)
        assert found.entries == (every if is_true else {(): Rows(())}), name
        assert found.page is not None
        assert found.page.following is None, name
        assert len(connector.calls) == int(is_true), name
