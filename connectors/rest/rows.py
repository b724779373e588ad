"""Records of an answer -> raw rows, by a reader made once for a set of columns."""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from connectors.errors import SourceMisbehaved
from connectors.http.repeats import RawRow, Record
from connectors.rest.paths import MISSING, SEVERAL, find, follow, steps_of
from connectors.rest.xml import TEXT

Reader = Callable[[Sequence[Record], Mapping[str, Any]], list[RawRow]]
"""Records, and what is known of a column that a record lacks -> one row for each record."""

MANY = 8
"""Records from which on it pays to try whether all of them hold a column as objects in each other."""


def make_reader(columns: Sequence[str]) -> Reader:
    """Rows of columns; a column is a path, and an absent one is empty or known. Values are not yet `flat`."""
    if any("." in name or name == "" for name in columns):
        return _by_path(columns)
    take = _taker(columns)

    def read(records: Sequence[Record], known: Mapping[str, Any]) -> list[RawRow]:
        try:
            return list(map(take, records))
        except KeyError:
            return [tuple(record.get(name, known.get(name)) for name in columns) for record in records]

    return read


def holding(columns: Sequence[str], read: Reader) -> Reader:
    """Read records that hold one of some columns; any other object, that of an error, is no record."""

    def read_held(records: Sequence[Record], known: Mapping[str, Any]) -> list[RawRow]:
        for record in records:
            if all(find(record, name, SEVERAL) is MISSING for name in columns):
                raise SourceMisbehaved("a record without any of its columns")
        return read(records, known)

    return read_held


def flat(value: Any) -> Any:
    """A value as a column holds it. Lists of several and objects stay: no item takes them."""
    while isinstance(value, list) and len(value) <= 1:
        value = value[0] if value else None
    return value[TEXT] if isinstance(value, dict) and TEXT in value else value


def _taker(columns: Sequence[str]) -> Callable[[Record], RawRow]:
    if len(columns) == 1:
        (only,) = columns
        return lambda record: (record[only],)
    return itemgetter(*columns) if columns else lambda _record: ()


def _by_path(columns: Sequence[str]) -> Reader:
    each = [(name, steps_of(name)) for name in columns]

    def read(records: Sequence[Record], known: Mapping[str, Any]) -> list[RawRow]:
        if len(records) >= MANY:
            return list(zip(*[_column(records, steps, known.get(name)) for name, steps in each], strict=True))
        rows: list[RawRow] = []
        for record in records:
            found = [(name, follow(record, steps, SEVERAL)) for name, steps in each]
            rows.append(tuple([known.get(name) if value is MISSING else value for name, value in found]))
        return rows

    return read


def _column(records: Sequence[Record], steps: Sequence[str], known: Any) -> Sequence[Any]:
    """What stands in each record at the end of some steps, or what is known of it where nothing does."""
    values: Sequence[Any] = records
    try:
        for step in steps:  # for all records together: no call of ours for each
            values = list(map(itemgetter(step), values))
    except (KeyError, TypeError):  # one lacks it, or there is a list on the way
        found = [follow(record, steps, SEVERAL) for record in records]
        return [known if value is MISSING else value for value in found]
    return values
