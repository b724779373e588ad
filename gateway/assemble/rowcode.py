"""Rows of values -> dictionaries by response key, as lines of generated Python (see `lines.py`).

For `{ fullName sexLabel employer { … } }` over rows (full name, sex, employer's code):

    for row in rows:
        many.append({
            n0: v if (v := row[0]).__class__ is str or v is None else n1(assembly, v, …, states),
            n2: n3[v] if (v := row[1]).__class__ is str and v in n3 else n4(assembly, v, …, states),
            n5: n6(assembly, (v,), (*at, len(many))) if (v := row[2]).__class__ is str and v.strip() else …,
        })

A value of its scalar's own class goes into the answer untouched, or as its text; a code has its label in a
table. Anything else (a mask, a value that is not valid) is a function's work.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.assemble.functions import EntityAt, OfRow, OfRows, OfValue
from gateway.assemble.lines import Lines
from gateway.assemble.values import Plain


@dataclass(frozen=True, slots=True)
class OfNothing:
    """A field that is the same in every row."""

    key: str
    value: Any


@dataclass(frozen=True, slots=True)
class OfItem:
    """A field that is made from one value of the row."""

    key: str
    position: int
    plain: Plain | None
    """Values that need no function; `None`: each does."""
    otherwise: OfValue


@dataclass(frozen=True, slots=True)
class OfLabel:
    """The label of a code of the row."""

    key: str
    position: int
    labels: Mapping[str, str]
    otherwise: OfValue
    """Where there is no code, or none that has a label."""


@dataclass(frozen=True, slots=True)
class OfWhole:
    """A field that is made from the whole row."""

    key: str
    make: OfRow


@dataclass(frozen=True, slots=True)
class OfLink:
    """An entity whose key is one text of the row."""

    key: str
    position: int
    entity: EntityAt
    otherwise: OfRow
    """Where there is no text."""


Cell = OfNothing | OfItem | OfLabel | OfWhole | OfLink


def write_display(lines: Lines, cells: Iterable[Cell], at: str) -> str:
    """A dictionary of the fields of `row`, which stands `at` some positions."""
    return f"{{{', '.join(f'{lines.bind(cell.key)}: {write_cell(lines, cell, at)}' for cell in cells)}}}"


def write_cell(lines: Lines, cell: Cell, at: str) -> str:
    """A field of `row`."""
    match cell:
        case OfNothing(value=value):
            return lines.bind(value)
        case OfItem(position=position, plain=Plain(test, written), otherwise=otherwise):
            made = f"{lines.bind(otherwise)}(assembly, v, {at}, states)"
            is_plain = f"(v := row[{position}]){test}{' or v is None' if written == 'v' else ''}"
            return f"{written} if {is_plain} else {made}"
        case OfItem(position=position, otherwise=otherwise):
            return f"{lines.bind(otherwise)}(assembly, row[{position}], {at}, states)"
        case OfLabel(position=position, labels=labels, otherwise=otherwise):
            table = lines.bind(labels)
            made = f"{lines.bind(otherwise)}(assembly, v, {at}, states)"
            return f"{table}[v] if (v := row[{position}]).__class__ is str and v in {table} else {made}"
        case OfWhole(make=make):
            return f"{lines.bind(make)}(assembly, row, {at}, states)"
        case OfLink(position=position, entity=entity, otherwise=otherwise):
            made = f"{lines.bind(entity)}(assembly, (v,), {at})"
            is_text = f"(v := row[{position}]).__class__ is str and v.strip()"
            return f"{made} if {is_text} else {lines.bind(otherwise)}(assembly, row, {at}, states)"


def write_rows(lines: Lines, cells: Iterable[Cell], rows: str) -> None:
    """Make `many`, the fields of each of some rows."""
    lines.add("many = []")
    with lines.block(f"for row in {rows}"):
        lines.add(f"many.append({write_display(lines, cells, '(*at, len(many))')})")


def make_cell(cell: Cell) -> OfRow:
    """What makes one field of a row without code of its own."""
    match cell:
        case OfNothing(value=value):
            return lambda *_: value
        case OfItem(position=position, otherwise=otherwise) | OfLabel(position=position, otherwise=otherwise):
            return lambda assembly, row, at, states: otherwise(assembly, row[position], at, states)
        case OfWhole(make=make):
            return make
        case OfLink(otherwise=otherwise):
            return otherwise


def make_one(cells: Sequence[Cell]) -> OfRow:
    """Compile what makes these fields of one row."""
    lines = Lines("assembly, row, at, states")
    lines.add(f"return {write_display(lines, cells, 'at')}")
    one: OfRow = lines.function()
    return one


def make_many(cells: Sequence[Cell]) -> OfRows:
    """Compile what makes these fields of each row of a list."""
    lines = Lines("assembly, rows, at, states")
    write_rows(lines, cells, "rows")
    lines.add("return many")
    many: OfRows = lines.function()
    return many
