"""Pages of tables whose rows are known to stand in an order: the first rows that are found are the page.

Only DuckDB has such tables, and gives rows as they stand to whoever asks for no other order. It would sort
every row of a filter, however few of them a page takes.
"""

from collections.abc import Iterator, Sequence

from connectors.sql.conditions import AllOf, Among, Condition, Readable
from connectors.sql.duckdb import is_itself
from connectors.sql.shapes import Table
from connectors.sql.sorts import Sort

Term = tuple[str, bool, Sort]
"""Column, whether it goes down, and as what it sorts."""


def is_in_order(table: Table, where: Condition, terms: Sequence[Term]) -> bool:
    """Whether the rows that a condition lets through stand in the order of these terms.

    A column that the condition holds to one value orders nothing: rows that stand by district and number are,
    of one district, in the order of their numbers.
    """
    held = set(_held(table, where))
    stands_by = [name for name in table.kinds.stands_by if name not in held]
    asked = list({term[0]: term for term in reversed(terms) if term[0] not in held}.values())[::-1]
    return len(asked) <= len(stands_by) and all(
        name == place and not is_descending and _sorts_as_it_stands(table, name, sort)
        for place, (name, is_descending, sort) in zip(stands_by, asked, strict=False)
    )


def _held(table: Table, condition: Condition) -> Iterator[str]:
    """The columns that a condition holds to one value."""
    match condition:
        case Among(columns=(column,), sorts=(sort,), size=1):
            if is_itself(table.kinds.by_column.get(column), sort):
                yield column
        case AllOf(parts):
            for part in parts:
                yield from _held(table, part)
        case Readable(part):
            yield from _held(table, part)


def _sorts_as_it_stands(table: Table, name: str, sort: Sort) -> bool:
    return name in table.kinds.never_empty and is_itself(table.kinds.by_column.get(name), sort)
