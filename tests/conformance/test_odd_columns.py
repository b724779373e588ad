"""What is shown can be found, sorted and paged by, however it is stored: every operator, against Python."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.protocol import Connector
from connectors.requests import KeyBinding, Load, OrderTerm, Scan
from schema.catalogue.model import KeyColumns, Resource
from schema.predicate import Compare, Not, Predicate, evaluate
from schema.values import Invalid, sorts_as_decoded
from tests.conformance.odd import COLUMNS, INVALID, Odd
from tests.conformance.odd_sources import opened
from tests.patience import soon

pytestmark = pytest.mark.xdist_group("sql")
KINDS = pytest.mark.parametrize("kind", COLUMNS)
Values = list[Any]
"""By the number of the row; `None` where it is empty or invalid."""


def _held(odd: Odd) -> Values:
    return [None if shown is INVALID else shown for _, shown in odd.values]


def _value(held: Values, number: int) -> Any:
    return held[number] if number < len(held) else None


@KINDS
async def test_what_is_shown(kind: str, tmp_path: Path) -> None:
    async with opened(kind, tmp_path) as (connector, of):
        page = await connector.scan(Scan(of, tuple(of.items), 100, soon()))
        shown = {name: [row[place] for row in page.rows] for place, name in enumerate(of.items)}
        for name, odd in COLUMNS[kind].items():
            found = [INVALID if isinstance(one, Invalid) else one for one in shown[name]]
            assert found[: len(odd.values)] == [one for _, one in odd.values], name
            assert not any(found[len(odd.values) :]), name


def _predicates(name: str, odd: Odd) -> Iterator[Predicate]:
    operands = [one for one in dict.fromkeys(_held(odd)) if one is not None]
    for operator in sorted(odd.codec.exact):
        if operator == "isNull":
            yield from (Compare(name, "isNull", True), Compare(name, "isNull", False))
        elif operator == "in":
            yield from (Compare(name, "in", tuple(operands[start:])) for start in range(len(operands)))
        else:
            yield from (Compare(name, operator, one) for one in operands)  # type: ignore[arg-type] # an operator
            if odd.declared == "Decimal" and not odd.is_wider:  # no double has as many digits
                yield Compare(name, operator, Decimal("1.50000000000000000001"))  # type: ignore[arg-type] # the same


@KINDS
async def test_every_operator_finds_what_is_shown(kind: str, tmp_path: Path) -> None:
    async with opened(kind, tmp_path) as (connector, of):
        for name, odd in COLUMNS[kind].items():
            held = _held(odd)
            whole = await _numbers(connector, of)
            for predicate in _predicates(name, odd):
                for one in (predicate, Not(predicate)):
                    expected = [n for n in whole if evaluate(one, lambda _, n=n: _value(held, n)) is True]  # type: ignore[misc] # binds the row
                    assert await _numbers(connector, of, predicate=one) == expected, one


@KINDS
@pytest.mark.parametrize("descending", [False, True])
async def test_pages_of_one_row_go_through_all(kind: str, tmp_path: Path, descending: bool) -> None:
    async with opened(kind, tmp_path) as (connector, of):
        whole = await _numbers(connector, of)
        for name, odd in COLUMNS[kind].items():
            if not sorts_as_decoded(odd.codec):
                continue
            held = _held(odd)
            some = [n for n in whole if _value(held, n) is not None]
            expected = sorted(some, key=lambda n: _value(held, n), reverse=descending)
            if descending:
                expected = [n for _, group in _grouped(expected, held) for n in sorted(group)]
            expected += [n for n in whole if _value(held, n) is None]
            seen: list[int] = []
            cursor = None
            for _ in whole:
                order = (OrderTerm(name, descending),)
                page = await connector.scan(Scan(of, ("id",), 1, soon(), order=order, cursor=cursor))
                seen += [row[0] for row in page.rows]
                cursor = page.cursor
            assert cursor is None, name
            if odd.is_wider:
                assert sorted(seen) == whole, name
                invalid = {n for n, (_, shown) in enumerate(odd.values) if shown is INVALID}
                seen, expected = ([n for n in one if n not in invalid] for one in (seen, expected))
            assert seen == expected, name


@KINDS
async def test_a_value_that_is_shown_is_a_key(kind: str, tmp_path: Path) -> None:
    async with opened(kind, tmp_path) as (connector, of):
        for name, odd in COLUMNS[kind].items():
            held = _held(odd)
            if odd.column is not None:
                continue  # a column is the key, as the first of its items reads it
            keys = list(dict.fromkeys(one for one in held if one is not None))
            binding = KeyBinding((KeyColumns("k", (name,), (odd.codec,)),), (None,))
            load = Load(of, binding, tuple((key,) for key in keys), ("id",), soon())
            entries = (await connector.load(load)).entries
            expected = [tuple((n,) for n in range(len(held)) if held[n] == key) for key in keys]
            assert list(entries) == expected, name


def _grouped(numbers: list[int], held: Values) -> list[tuple[Any, list[int]]]:
    groups: dict[Any, list[int]] = {}
    for number in numbers:
        groups.setdefault(_value(held, number), []).append(number)
    return list(groups.items())


async def _numbers(connector: Connector, of: Resource, predicate: Predicate | None = None) -> list[int]:
    page = await connector.scan(Scan(of, ("id",), 100, soon(), predicate=predicate))
    return [row[0] for row in page.rows]
