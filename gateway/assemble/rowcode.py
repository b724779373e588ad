"""The innermost loop as generated Python: rows of values -> dictionaries by response key.

For `{ fullName sexLabel employer { … } }` over rows (full name, sex, employer's code):

    def make(assembler, rows, at, states):
        made = []
        for row in rows:
            made.append({
                k0: v if (v := row[0]).__class__ is str or v is None else f0(assembler, v, …),
                k1: f1(assembler, row[1], …),
                k2: f2(assembler, row, …),
            })
        return made

A value of its scalar's own class goes into the answer untouched; anything else (a code's label, a mask,
a value that is not valid) is a function's work. The rule that keeps this safe: the source holds integers,
the names above and the tests of `values.PLAIN`, all of them ours. What comes from a document or a catalogue
(response keys, functions) comes in through the namespace, never as text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import Any

from gateway.assemble.functions import Fields, Fill, OfRow, OfRows, OfValue
from gateway.assemble.values import NAMES


@dataclass(frozen=True, slots=True)
class OfItem:
    """A field that is made from one value of the row."""

    key: str
    position: int
    plain: str | None
    """Holds of a value `v` that leaves as it is; `None`: none does."""
    otherwise: OfValue


@dataclass(frozen=True, slots=True)
class OfWhole:
    """A field that is made from the whole row."""

    key: str
    make: OfRow


Cell = OfItem | OfWhole

_ONE = """
def make(assembler, row, at, states):
    return {{{fields}}}
"""
_MANY = """
def make(assembler, rows, at, states):
    made = []
    for row in rows:
        made.append({{{fields}}})
    return made
"""
_FILL = """
def make(fields, assembler, row, at, states):
    {statements}
"""
_EACH = "(*at, len(made))"
"""Where the row stands that is being made."""


def make_one(cells: Sequence[Cell]) -> OfRow:
    """Compile what makes these fields of one row."""
    fields = ", ".join(f"k{n}: {_expression(n, cell, 'at')}" for n, cell in enumerate(cells))
    one: OfRow = _made(_ONE.format(fields=fields), cells)
    return one


def make_many(cells: Sequence[Cell]) -> OfRows:
    """Compile what makes these fields of each row of a list."""
    fields = ", ".join(f"k{n}: {_expression(n, cell, _EACH)}" for n, cell in enumerate(cells))
    many: OfRows = _made(_MANY.format(fields=fields), cells)
    return many


def make_fill(cells: Sequence[Cell]) -> Fill:
    """Compile what puts these fields of one row into an entity's."""
    if len(cells) == 1:
        return _fill_one(cells[0])
    statements = [f"fields[k{n}] = {_expression(n, cell, 'at')}" for n, cell in enumerate(cells)]
    fill: Fill = _made(_FILL.format(statements="\n    ".join(statements)), cells)
    return fill


def _fill_one(cell: Cell) -> Fill:
    """For one field alone, code of its own costs more to compile than it ever saves."""
    if isinstance(cell, OfWhole):
        key, make = cell.key, cell.make

        def fill(fields: Fields, assembler: Any, row: Any, at: Any, states: Any) -> None:
            fields[key] = make(assembler, row, at, states)

        return fill
    key, position, otherwise = cell.key, cell.position, cell.otherwise

    def fill_value(fields: Fields, assembler: Any, row: Any, at: Any, states: Any) -> None:
        fields[key] = otherwise(assembler, row[position], at, states)

    return fill_value


def _expression(number: int, cell: Cell, at: str) -> str:
    if isinstance(cell, OfWhole):
        return f"f{number}(assembler, row, {at}, states)"
    if cell.plain is None:
        return f"f{number}(assembler, row[{cell.position}], {at}, states)"
    value = f"(v := row[{cell.position}])"
    return f"v if {value}{cell.plain} or v is None else f{number}(assembler, v, {at}, states)"


def _made(source: str, cells: Iterable[Cell]) -> Any:
    namespace: dict[str, Any] = {"__builtins__": {"len": len}, **NAMES}
    for number, cell in enumerate(cells):
        namespace[f"k{number}"] = cell.key
        namespace[f"f{number}"] = cell.make if isinstance(cell, OfWhole) else cell.otherwise
    exec(_code(source), namespace)  # noqa: S102 # see above: nothing of a document is in the source
    return namespace.pop("make")  # its globals are the namespace: it would lead to itself


@lru_cache(maxsize=2_000)
def _code(source: str) -> CodeType:
    """Shapes of the same build share their code; only their names differ."""
    return compile(source, "<rows of a plan>", "exec")
