"""Raw rows -> rows of decoded values, by one function made for a resource's items and columns.

The function says in one expression what `Codec.decode` says value by value: a value whose class shows
that there is nothing to decode stands for itself, texts that come again and again (dates, codes) are
decoded once, what most of a column is has a function of its own (`schema/quick.py`), and everything else
goes to the codec. It is generated, because a call for each value, or
only for each row, would cost more than the rest; nothing but positions and names of our own stands in its
text.
"""

from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakValueDictionary

from connectors.columns import column_of
from connectors.results import Row
from schema.catalogue.model import Resource
from schema.quick import UNSURE
from schema.values import Codec, DeclaredCodec

ReadRows = Callable[[Sequence[Sequence[Any]]], list[Row]]
"""From raw rows, in the order of the columns, to rows in the order of the items."""

Unpack = Callable[[Any], Any]
"""From what a source wraps around a value to the value. A value that needs no decoding is not wrapped, so
that nothing is looked at twice."""

MAX_CHARACTERS = 64
"""Of a text that is remembered: dates and codes are shorter, and longer ones would fill the memory."""
MAX_READERS = 10_000
"""Readers that are kept; a city's plans use some thousands."""

_TEXT = """
def read(rows{}):
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
    held = [f", text{number}=None, value{number}=None" for number, (_, c) in enumerate(values) if _repeats(c)]
    exec(_TEXT.format("".join(held), "".join(f"{part}, " for part in parts)), names)  # noqa: S102 - see above
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
    value, raw = f"(v := row[{position}])", f"row[{position}]"
    if not isinstance(codec, DeclaredCodec):
        return f"decode{number}({raw})"
    if codec.quick is not None:
        names[f"quick{number}"], names["UNSURE"] = codec.quick, UNSURE
    if codec.recurring:
        names[f"known{number}"] = memory_of(codec)
        return f"known{number}[v] if {value}.__class__ is str else {_read(number, codec, 'v')}"
    if codec.plain is int:
        is_plain = f"{value}.__class__ is int and -2147483648 <= v <= 2147483647"
        return f"v if {is_plain} else {_read(number, codec, 'v')}"
    if _repeats(codec):
        is_same = f"{value}.__class__ is str and v == text{number}"
        read = _read(number, codec, f"(text{number} := v)")
        return f"value{number} if {is_same} else (value{number} := {read})"
    if codec.plain is None:
        return _read(number, codec, value if codec.quick is not None else raw)
    names[f"plain{number}"] = codec.plain
    return f"v if {value}.__class__ is plain{number} else {_read(number, codec, 'v')}"


def _repeats(codec: Codec) -> bool:
    """Whether a value is often that of the row before: an identifier, as rows of one owner stand together."""
    return isinstance(codec, DeclaredCodec) and codec.plain is None and codec.reads_itself


def _read(number: int, codec: DeclaredCodec, value: str) -> str:
    """What a value that does not stand for itself is read as."""
    if codec.quick is None:
        return f"decode{number}({value})"
    return f"q if (q := quick{number}({value})) is not UNSURE else decode{number}(v)"


class Remembered(dict[str, Any]):
    """What texts decode to, as far as they came before; begins anew when it is full."""

    def __init__(self, decode: Callable[[Any], Any], bound: int) -> None:
        super().__init__()
        self._decode = decode
        self._bound = bound

    def __missing__(self, text: str) -> Any:
        value = self._decode(text)
        if len(text) <= MAX_CHARACTERS:
            if len(self) >= self._bound:
                self.clear()
            self[text] = value
        return value


_memories: WeakValueDictionary[DeclaredCodec, Remembered] = WeakValueDictionary()
"""By codec, as long as a reader has it."""


def memory_of(codec: DeclaredCodec) -> Remembered:
    """What all columns of one codec remember together: columns of days are many, and their days the same."""
    memory = _memories.get(codec)
    if memory is None:
        memory = _memories[codec] = Remembered(codec.decode, codec.recurring)
    return memory
