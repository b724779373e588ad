"""Law of filtering: random predicates are true of the rows that the reference says."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.protocol import Connector
from schema.predicate import And, Compare, Not, Or, Predicate
from tests.conformance.harness import Harness
from tests.conformance.suite import binding, load_of, reference, same_as_reference, scan_of, town
from tests.conformance.town import BY_YEAR, CODECS, NAMES, ROWS

TEXTS = ["a", "A", "", "a ", "%", "_", "b%", "Zoë", "zo", "张", "张三", "𠀀", "\uff21", "e", "É", "\\"]


def _operands(item: str) -> st.SearchStrategy[Any]:
    stored = sorted({row[NAMES[item]] for row in ROWS} - {None})
    return st.sampled_from([*stored, *(TEXTS if item in {"name", "plain"} else [])])


@st.composite
def comparisons(draw: st.DrawFn) -> Predicate:
    item = draw(st.sampled_from(["name", "plain", "year", "amount", "day"]))
    operator = draw(st.sampled_from(sorted(CODECS[NAMES[item]].exact)))
    if operator == "isNull":
        return Compare(item, "isNull", draw(st.booleans()))
    if operator == "in":
        some = draw(st.lists(st.none() | _operands(item), max_size=3))
        return Compare(item, "in", tuple(some))
    return Compare(item, operator, draw(_operands(item)))  # type: ignore[arg-type] # an operator


def _joined(inner: st.SearchStrategy[Predicate]) -> st.SearchStrategy[Predicate]:
    parts = st.lists(inner, max_size=3).map(tuple)
    return parts.map(And) | parts.map(Or) | inner.map(Not)


predicates: st.SearchStrategy[Predicate] = st.recursive(comparisons(), _joined, max_leaves=5)


async def test_predicates_hold_as_the_reference_says(harness: Harness) -> None:
    connector = await harness.make(town(), ROWS)
    if not connector.capabilities.operators:
        return
    years = {row["YEAR"] for row in ROWS if row["YEAR"] is not None}
    asked: list[Predicate] = []

    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
    @given(predicate=predicates)
    def gather(predicate: Predicate) -> None:
        asked.append(predicate)

    gather()
    for predicate in asked:
        load = load_of(town(), binding(BY_YEAR), *sorted(years), predicate=predicate)
        await same_as_reference(harness, connector, load)


async def test_every_operator_of_every_item(harness: Harness) -> None:
    connector = await harness.make(town(), ROWS)
    if not connector.capabilities.operators:
        return
    for item in ("name", "plain", "year", "amount", "day"):
        for operator in sorted(CODECS[NAMES[item]].exact - {"in", "isNull"}):
            for operand in sorted({row[NAMES[item]] for row in ROWS} - {None}):
                one = Compare(item, operator, operand)  # type: ignore[arg-type] # an operator
                await _agrees(harness, connector, one)
                await _agrees(harness, connector, Not(one))


async def test_identifiers_are_found_in_any_stored_form(harness: Harness) -> None:
    connector = await harness.make(town(), ROWS)
    if not connector.capabilities.operators:
        return
    for row in ROWS[:6]:
        value = CODECS["证件号码"].decode(row["证件号码"])
        await _agrees(harness, connector, Compare("id", "eq", value))
        await _agrees(harness, connector, Compare("id", "in", (value,)))


async def _agrees(harness: Harness, connector: Connector, predicate: Predicate) -> None:
    scan = scan_of(town(), predicate=predicate)
    expected = await reference(harness, scan.resource).scan(scan)
    assert (await connector.scan(scan)).rows == expected.rows, predicate
