"""What drivers share: raw rows of a source, by column, matched back to the keys that were asked."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from connectors.columns import column_of
from connectors.errors import SourceError, SourceMisbehaved, SourceTruncated
from connectors.reading import reader_of
from connectors.requests import Key, KeyBinding, Load
from connectors.results import Row
from schema.catalogue.model import Resource
from schema.values import Codec, DeclaredCodec

RawRow = Sequence[Any]


def columns_of(load: Load) -> tuple[str, ...]:
    """Every column that has to leave the source for a load."""
    return columns_needed(load.resource, load.key, load.items)


def columns_needed(resource: Resource, key: KeyBinding | None, items: Iterable[str]) -> tuple[str, ...]:
    """The columns of items, of keys, and of the identity: what a plan promises to ask for."""
    asked = [column_of(resource, item)[0] for item in items]
    keys = [column for by in key.alternatives for column in by.columns] if key is not None else []
    return tuple(dict.fromkeys([*asked, *keys, *resource.identity]))


def shape(
    load: Load, columns: tuple[str, ...], raw: Iterable[RawRow]
) -> tuple[tuple[Row, ...] | SourceError, ...]:
    """Give one entry per key, in order, from rows in the order of `columns`.

    A row for a key that nobody asked for is a breach of the contract; a row that names a key by two
    columns counts once.
    """
    read = reader_of(load.resource, load.items, columns)
    matcher = _Matcher(load.key, columns, load.keys)
    at, known = matcher.at, matcher.known
    found: dict[Key, list[Row]] = {key: [] for key in load.keys}
    for row in raw:
        # The usual row names its key by one text, in a form that it was asked for in.
        keys = known.get(row[at]) if at is not None and row[at].__class__ is str else None
        keys = keys or matcher.keys_of(row)
        if not keys:
            raise SourceMisbehaved("a row for a key that nobody asked for")
        values = read(row)
        for key in keys:
            found[key].append(values)
    cut, limit = load.limit_per_key, load.resource.limits.max_rows
    return tuple(
        [
            tuple(rows[:cut]) if len(rows) <= limit else SourceTruncated(f"more than {limit} rows")
            for rows in found.values()
        ]
    )


class _Matcher:
    """Finds the asked keys that a row names, by any alternative and in any stored form."""

    def __init__(self, binding: KeyBinding, columns: tuple[str, ...], keys: tuple[Key, ...]) -> None:
        self._binding = binding
        self._columns = columns
        self._asked = [_by_expected(binding, position, keys) for position in range(len(binding.alternatives))]
        self._ways: list[tuple[list[tuple[int, Codec]], dict[Key, list[Key]]]] = []
        """Where rows name keys, and the keys by what stands there; made when the first row needs it."""
        self.at: int | None = None
        """The column that alone names the key, where there is one."""
        self.known: dict[str, list[Key]] = {}
        """Keys by the texts of that column: the forms in which they were asked for, before any row."""
        if len(self._asked) == 1 and len(binding.alternatives[0].columns) == 1:
            ((column,), (codec,)) = binding.alternatives[0].columns, binding.alternatives[0].codecs
            self.at = columns.index(column)
            is_its_own = _writes_itself(codec)
            for (value,), named in self._asked[0].items():
                for form in (value,) if is_its_own else codec.encode(value):
                    if form.__class__ is str:
                        self.known[form] = named

    def keys_of(self, row: RawRow) -> list[Key]:
        if not self._ways:
            self._ways = [
                (
                    [
                        (self._columns.index(name), codec)
                        for name, codec in zip(by.columns, by.codecs, strict=True)
                    ],
                    asked,
                )
                for by, asked in zip(self._binding.alternatives, self._asked, strict=True)
            ]
        keys: dict[Key, None] = {}
        for readers, asked in self._ways:
            named = tuple(codec.decode(row[position]) for position, codec in readers)
            keys.update(dict.fromkeys(asked.get(named, ())))
        return list(keys)


def _by_expected(binding: KeyBinding, position: int, keys: tuple[Key, ...]) -> dict[Key, list[Key]]:
    """The keys by what an alternative's columns hold for them."""
    if binding.slices[position] is None:
        return {key: [key] for key in keys}
    found: dict[Key, list[Key]] = {}
    for key in keys:
        found.setdefault(binding.expected(position, key), []).append(key)
    return found


def key_forms(binding: KeyBinding, position: int, keys: Iterable[Key]) -> list[tuple[Any, ...]]:
    """All stored forms of the keys for one alternative: tuples with one value per column."""
    by = binding.alternatives[position]
    if len(by.codecs) == 1 and binding.slices[position] is None and _writes_itself(by.codecs[0]):
        return list(dict.fromkeys(keys))
    forms: dict[tuple[Any, ...], None] = {}
    for key in keys:
        expected = binding.expected(position, key)
        combined: list[tuple[Any, ...]] = [()]
        for codec, value in zip(by.codecs, expected, strict=True):
            combined = [(*one, form) for one in combined for form in codec.encode(value)]
        forms.update(dict.fromkeys(combined))
    return list(forms)


def _writes_itself(codec: Codec) -> bool:
    """Whether every key is its own and only form: asking each would cost more than all the rest."""
    return isinstance(codec, DeclaredCodec) and codec.writes_itself


def check_distinct(places: Sequence[Any]) -> None:
    """Refuse neighbours in a scan's order that nothing tells apart: one would be lost between pages."""
    if any(one == other for one, other in pairwise(places)):
        raise SourceMisbehaved("two rows of one identity: a page could not go on between them")


def identity_codecs(resource: Resource) -> list[tuple[str, Codec]]:
    """The columns that complete every order."""
    return [(column, resource.columns[column]) for column in resource.identity]
