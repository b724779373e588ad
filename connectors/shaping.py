"""Raw rows of a source, by column -> one entry for each key that was asked: what all drivers share."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from connectors.errors import SourceError, SourceMisbehaved, SourceTruncated
from connectors.reading import Unpack, decoder_of, reader_of, reads_itself
from connectors.requests import Key, KeyBinding, Load
from connectors.results import Row
from schema.catalogue.model import Resource

RawRow = Sequence[Any]

VALUES_OF_A_TURN = 10_000
"""Values that are read before others have their turn on the loop: some milliseconds of work. A load of
twenty thousand rows would else keep everybody waiting for a tenth of a second."""


Entry = tuple[Row, ...] | SourceError
"""What a source has for one key."""


def shape(load: Load, columns: tuple[str, ...], raw: Sequence[RawRow]) -> tuple[Entry, ...]:
    """Give one entry per key, in order, from rows in the order of `columns`.

    A driver whose loads come often keeps a `Shaping` for all loads of one shape.
    """
    return Shaping(load.resource, load.key, load.items, columns).entries(load.keys, raw, load.limit_per_key)


class Shaping:
    """Raw rows -> one entry for each key: for all loads of a resource by one binding for the same items."""

    def __init__(
        self,
        resource: Resource,
        binding: KeyBinding,
        items: tuple[str, ...],
        columns: tuple[str, ...],
        unpack: Unpack | None = None,
    ) -> None:
        """Prepare; rows come in the order of `columns`, with values as `unpack` takes them."""
        self._binding = binding
        self._columns = columns
        self._unpack = unpack
        self._read = reader_of(resource, items, columns, unpack)
        self._rows_of_a_turn = max(1, VALUES_OF_A_TURN // max(1, len(columns)))
        self._max_rows = resource.limits.max_rows
        first = binding.alternatives[0]
        self._at = columns.index(first.columns[0])
        is_alone = len(binding.alternatives) == 1 and len(first.columns) == 1
        self._takes_texts = is_alone and reads_itself(first.codecs[0])
        """Whether a row whose column holds the very text of a key names this key, and no other."""

    def entries(
        self, keys: tuple[Key, ...], raw: Sequence[RawRow], limit_per_key: int | None = None
    ) -> tuple[Entry, ...]:
        """One entry for each key, in order.

        A row for a key that nobody asked for is a breach of the contract; a row that names a key by two
        columns counts once.
        """
        each, texts = self._lists(keys)
        self._sort_in(raw, keys, each, texts)
        return self._cut(each, limit_per_key)

    async def entries_in_turns(
        self, keys: tuple[Key, ...], raw: Sequence[RawRow], limit_per_key: int | None = None
    ) -> tuple[Entry, ...]:
        """The same, with turns for others where there are many rows."""
        turn = self._rows_of_a_turn
        if len(raw) <= turn:
            return self.entries(keys, raw, limit_per_key)
        each, texts = self._lists(keys)
        matcher: _Matcher | None = None
        for start in range(0, len(raw), turn):
            matcher = self._sort_in(raw[start : start + turn], keys, each, texts, matcher)
            await asyncio.sleep(0)
        return self._cut(each, limit_per_key)

    def _sort_in(
        self,
        raw: Sequence[RawRow],
        keys: tuple[Key, ...],
        each: Sequence[list[Row]],
        texts: Mapping[str, list[Row]],
        matcher: "_Matcher | None" = None,
    ) -> "_Matcher | None":
        """Read rows and put each into the list of its key; gives what finds keys for the next ones."""
        at = self._at
        for one, row in zip(raw, self._read(raw), strict=True):
            named = texts.get(one[at]) if one[at].__class__ is str else None
            if named is not None:
                named.append(row)
                continue
            matcher = matcher or _Matcher(self._binding, self._columns, keys, each, self._unpack)
            for rows in matcher.rows_of(one):
                rows.append(row)
        return matcher

    def _cut(self, each: Iterable[list[Row]], limit_per_key: int | None) -> tuple[Entry, ...]:
        return tuple(
            [
                self._truncated()
                if len(rows) > self._max_rows
                else tuple(rows if limit_per_key is None else rows[:limit_per_key])
                for rows in each
            ]
        )

    def _lists(self, keys: tuple[Key, ...]) -> tuple[list[list[Row]], Mapping[str, list[Row]]]:
        """A list for the rows of each key, and the same by the text that names the key, where one does: keys
        that are named by the same piece have the same rows, and one list."""
        if not self._takes_texts:
            return [[] for _ in keys], {}
        if self._binding.slices[0] is None:
            texts: dict[str, list[Row]] = {text: [] for (text,) in keys}
            return list(texts.values()), texts
        texts = {}
        return [texts.setdefault(self._binding.expected(0, key)[0], []) for key in keys], texts

    def _truncated(self) -> SourceTruncated:
        return SourceTruncated(f"more than {self._max_rows} rows")


class _Matcher:
    """Finds the keys that a row names, by any alternative and in any stored form."""

    def __init__(
        self,
        binding: KeyBinding,
        columns: Sequence[str],
        keys: tuple[Key, ...],
        each: Sequence[list[Row]],
        unpack: Unpack | None,
    ) -> None:
        self._ways = [
            (
                [
                    (columns.index(column), decoder_of(codec, unpack))
                    for column, codec in zip(by.columns, by.codecs, strict=True)
                ],
                _by_expected(binding, at, zip(keys, each, strict=True)),
            )
            for at, by in enumerate(binding.alternatives)
        ]

    def rows_of(self, row: RawRow) -> Sequence[list[Row]]:
        """The rows of each key that a row names; raises `SourceMisbehaved` where it is none."""
        named: dict[int, list[Row]] = {}
        for readers, asked in self._ways:
            held = tuple([decode(row[position]) for position, decode in readers])
            named.update((id(rows), rows) for rows in asked.get(held, ()))
        if not named:
            raise SourceMisbehaved("a row for a key that nobody asked for")
        return list(named.values())


def _by_expected(
    binding: KeyBinding, position: int, found: Iterable[tuple[Key, list[Row]]]
) -> Mapping[Key, Sequence[list[Row]]]:
    """The rows of keys by what an alternative's columns hold for them."""
    by: dict[Key, list[list[Row]]] = {}
    for key, rows in found:
        by.setdefault(binding.expected(position, key), []).append(rows)
    return by
