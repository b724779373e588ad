"""Raw rows -> rows of decoded values, by one function made for a resource's items and columns.

The function says in one expression what `Codec.decode` says value by value: a value whose class shows
that there is nothing to decode stands for itself, texts that come again and again (dates, codes) are
decoded once, and everything else goes to the codec. It is generated, because a call for each value, or
only for each row, would cost more than the rest; nothing but positions and names of our own stands in its
text.
"""

from collections.abc import Callable, Sequence
from typing import Any

from connectors.columns import column_of
from connectors.results import Row
from schema.catalogue.model import Resource
from schema.values import Codec, DeclaredCodec

ReadRows = Callable[[Sequence[Sequence[Any]]], list[Row]]
"""From raw rows, in the order of the columns, to rows in the order of the items."""

Unpack = Callable[[Any], Any]
"""From what a source wraps around a value to the value. A value that needs no decoding is not wrapped, so
that nothing is looked at twice."""

MAX_REMEMBERED = 4_096
"""Texts whose decoded value one column remembers."""
MAX_READERS = 10_000
"""Readers that are kept; a city's plans use some thousands."""

_TEXT = """
def read(rows):
    found = []
    for row in rows:
        found.append(({}))
    return found
"""

_readers: dict[tuple[Any, ...], tuple[Resource, ReadRows]] = {}


def reader_of(
    resource: Resource, items: tuple[str, ...], columns: tuple[str, ...], unpack: Unpack | None = None
) -> ReadRows:
    """The reader of items in rows of columns; made once for a resource as it is declared."""
    name = (id(resource), items, columns, unpack)
    known = _readers.get(name)
    if known is not None and known[0] is resource:
        return known[1]
    if len(_readers) >= MAX_READERS:
        _readers.clear()
    found = [column_of(resource, item) for item in items]
    made = make_reader([(columns.index(column), codec) for column, codec in found], unpack)
    _readers[name] = (resource, made)  # the resource is held, so its id stays its own
    return made


def make_reader(values: Sequence[tuple[int, Codec]], unpack: Unpack | None = None) -> ReadRows:
    """Make a reader of values, each at a position of the raw row and under a codec."""
    names: dict[str, Any] = {}
    for number, (_, codec) in enumerate(values):
        names[f"decode{number}"] = decoder_of(codec, unpack)
    parts = [_part(number, position, codec, names) for number, (position, codec) in enumerate(values)]
    exec(_TEXT.format("".join(f"{part}, " for part in parts)), names)  # noqa: S102 - see above
    read: ReadRows = names["read"]
    return read


def decoder_of(codec: Codec, unpack: Unpack | None) -> Callable[[Any], Any]:
    """`codec.decode`, of what `unpack` takes out of a raw value."""
    decode = codec.decode
    return decode if unpack is None else lambda raw: decode(unpack(raw))


def reads_itself(codec: Codec) -> bool:
    """Whether a text that is a value, letter by letter, reads as this value."""
    return isinstance(codec, DeclaredCodec) and codec.reads_itself


def _part(number: int, position: int, codec: Codec, names: dict[str, Any]) -> str:
    """The expression of one value."""
    decode = f"decode{number}"
    value, otherwise = f"(v := row[{position}])", f"{decode}(v)"
    if not isinstance(codec, DeclaredCodec):
        return f"{decode}(row[{position}])"
    if codec.recurs:
        names[f"known{number}"] = Remembered(codec.decode)
        return f"known{number}[v] if {value}.__class__ is str else {otherwise}"
    if codec.plain is int:
        return f"v if {value}.__class__ is int and -2147483648 <= v <= 2147483647 else {otherwise}"
    if codec.plain is None:
        return f"{decode}(row[{position}])"
    names[f"plain{number}"] = codec.plain
    return f"v if {value}.__class__ is plain{number} else {otherwise}"


class Remembered(dict[str, Any]):
    """What the texts of a column decode to, as far as they came before."""

    def __init__(self, decode: Callable[[Any], Any]) -> None:
        super().__init__()
        self._decode = decode

    def __missing__(self, text: str) -> Any:
        value = self._decode(text)
        if len(self) < MAX_REMEMBERED:
            self[text] = value
        return value
