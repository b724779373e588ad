"""PostgreSQL: a column among any number of values, in one array of the column's own type.

PostgreSQL compares nothing across types and finds an index by the type it is of; so texts are written
in the type of the column, and those that the type writes in another way are left out: `'007'` is no
number.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from typing import cast as typed
from uuid import UUID

from msgspec import structs
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Numeric,
    String,
    Uuid,
    and_,
    bindparam,
    func,
    select,
    tuple_,
)
from sqlalchemy.types import TypeEngine, UserDefinedType

from connectors.sql.columns import holds, is_text
from connectors.sql.conditions import NEVER, UNKNOWN, Among, Condition, Held, Unequal
from connectors.sql.lists import Asking, Values
from connectors.sql.names import named
from connectors.sql.postgres import compared, text_of
from connectors.sql.sorts import Sort, as_sort, sort_of, type_of
from schema.values import Codec

_INT8 = 2**63
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?|NaN")
_MAX_DIGITS = 1_000
"""That a NUMERIC may be declared with."""
_TRUTHS = {"true": True, "false": False}


class _Padded(UserDefinedType[str]):
    """CHAR without a length: a cast to CHAR would keep one character."""

    cache_ok = True

    def get_col_spec(self, **_kw: Any) -> str:
        return "BPCHAR"


@dataclass(frozen=True, slots=True)
class _Way:
    """One comparison of a column with an array."""

    type_: TypeEngine[Any]
    read: Callable[[str], Any] | None = None
    """The text as a value of the type; `None` if the type does not write it so."""
    as_text: bool = False
    """Whether the column is compared by its text."""


def _whole(text: str) -> int | None:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 20):
        return None
    number = int(text)
    return number if str(number) == text and -_INT8 <= number < _INT8 else None


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if len(text) <= _MAX_DIGITS and _NUMBER.fullmatch(text) else None


def _uuid(text: str) -> UUID | None:
    try:
        value = UUID(text)
    except ValueError:
        return None
    return value if str(value) == text else None


_TEXT, _OTHER = _Way(String()), _Way(String(), as_text=True)
_PADDED, _WHOLE = _Way(_Padded()), _Way(BigInteger(), _whole)
_WAYS: Mapping[str, tuple[_Way, ...]] = {
    "bpchar": (_PADDED,),
    "bool": (_Way(Boolean(), _TRUTHS.get),),
    "int2": (_WHOLE,),
    "int4": (_WHOLE,),
    "int8": (_WHOLE,),
    "uuid": (_Way(Uuid(), _uuid),),
    "numeric": (_Way(Numeric(), _decimal), _OTHER),  # 5 is 5.00 to the database, and not as text
    "folded": (_TEXT, _OTHER),  # an index finds what contains it
}
"""How texts are compared with columns of these types; with every other type by the column's text."""


class Arrays:
    """The lists of one table, by the types of its columns."""

    def __init__(self, kinds: Mapping[str, str]) -> None:
        self._kinds = kinds
        self._known: dict[_Asked, tuple[Among, list[_Side]]] = {}

    def ask(self, asking: Asking, forms: Sequence[tuple[Any, ...]], values: Values) -> Condition:
        """One array for each way of comparing a column; all are of one length.

        A value that is `alone` is compared as itself. Behind `= ANY` an index that begins with the column
        gives no order, and a page of a large table would be looked for from its first row; and each look-up
        would be planned anew, since a plan for all times expects ten keys (30 µs of 100).
        """
        if not forms:
            return NEVER
        if asking.alone and len(forms) == 1:
            return self._ask_one(asking, forms[0], values)
        sides = list(zip(*forms, strict=True))
        sorts = tuple(map(sort_of, sides))
        if type(None) in sorts:
            return UNKNOWN
        among, asked = self._asked((asking.slot, asking.columns, sorts, 0))
        written: dict[str, list[Any]] = {}
        for name, position, way in asked:
            side = as_sort(sorts[position], sides[position])
            written[name] = _write(way, side, asking.codecs[position]) if sorts[position] is str else side
        arrays = _without_gone(written)
        if not next(iter(arrays.values())):
            return NEVER
        values.update(arrays)
        return among

    def _ask_one(self, asking: Asking, form: tuple[Any, ...], values: Values) -> Condition:
        sorts = tuple([sort_of((value,)) for value in form])
        if type(None) in sorts:
            return UNKNOWN
        among, asked = self._asked((asking.slot, asking.columns, sorts, 1))
        for name, position, way in asked:
            value = form[position]
            if sorts[position] is str:
                (value,) = _write(way, [value], asking.codecs[position])
                if value is _GONE:
                    return NEVER
            values[name] = value
        return among

    def hold(self, held: Held, form: Any, values: Values) -> Condition:
        """What no column holds is in none; NUL comes before every character, so text is cut off there."""
        if type(form) is str and not _is_storable(form):
            if held.operator in {"startsWith", "contains"}:
                return Unequal(held.column)
            head, nul, _ = form.partition("\0")
            if nul:
                operator = "le" if held.operator in {"lt", "le"} else "gt"
                held, form = structs.replace(held, operator=operator), head
        values[held.slot] = form
        return held

    def condition(self, among: Among) -> ColumnElement[Any]:
        """`= ANY(array)`; several columns are compared with arrays side by side."""
        sides = []
        for slot, position, way in self._asked((among.slot, among.columns, among.sorts, among.size))[1]:
            name, sort = among.columns[position], among.sorts[position]
            left, kind = named(name), self._kinds.get(name)
            if way.as_text:
                left = text_of(left, kind)
            elif sort is not str:
                left = compared(left, kind, sort)
            sides.append((left, slot, way.type_))
        if among.size == 1:
            same = (left == bindparam(slot, type_=type_) for left, slot, type_ in sides)
            return typed(ColumnElement[Any], and_(*same))
        sides = [(left, slot, ARRAY(type_)) for left, slot, type_ in sides]
        if len(among.columns) == 1:
            equal = (left == func.any(bindparam(slot, type_=type_)) for left, slot, type_ in sides)
            return typed(ColumnElement[Any], and_(*equal))
        given = func.unnest(*(bindparam(slot, type_=type_) for _, slot, type_ in sides))
        rows = given.table_valued(*(slot for _, slot, _ in sides), name=among.slot).render_derived()
        return tuple_(*(left for left, _, _ in sides)).in_(select(*rows.c))

    def _asked(self, asked: "_Asked") -> "tuple[Among, list[_Side]]":
        """A condition and its arrays; there are as many of them as shapes of statements use."""
        found = self._known.get(asked)
        if found is None:
            slot, columns, sorts, _ = asked
            sides = [
                (f"{slot}_{position}_{number}", position, way)
                for position, (name, sort) in enumerate(zip(columns, sorts, strict=True))
                for number, way in enumerate(_ways_of(self._kinds.get(name), sort))
            ]
            found = self._known[asked] = Among(*asked), sides
        return found


_Asked = tuple[str, tuple[str, ...], tuple[Sort, ...], int]
"""What a condition is made of."""
_Side = tuple[str, int, _Way]
"""Slot of an array, position of the column, and way."""


def _ways_of(kind: str | None, sort: Sort) -> tuple[_Way, ...]:
    if sort is not str:
        return (_Way(type_of(sort)),)
    return _WAYS.get(kind or "text") or ((_TEXT,) if is_text(kind) else (_OTHER,))


class _Gone:
    """Stands for a text that a column cannot hold."""


_GONE: Any = _Gone()


def _write(way: _Way, texts: list[Any], codec: Codec | None) -> list[Any]:
    if way.read is not None:
        return [None if text is None else _read(way.read, text) for text in texts]
    if not _is_storable("".join(filter(None, texts))):
        texts = [text if text is None or _is_storable(text) else _GONE for text in texts]
    if way is _PADDED:
        texts = [_unpadded(text, codec) if type(text) is str else text for text in texts]
    return texts


def _read(read: Callable[[str], Any], text: str) -> Any:
    value = read(text)
    return _GONE if value is None else value


def _unpadded(text: str, codec: Codec | None) -> Any:
    """A form as CHAR(n) gives it back: without spaces at the end, where these mean nothing."""
    plain = text.rstrip(" ")
    is_same = plain == text or (codec is not None and codec.decode(plain) == codec.decode(text))
    return plain if is_same else _GONE


def _is_storable(text: str) -> bool:
    """PostgreSQL holds neither NUL nor half a surrogate."""
    return "\0" not in text and (text.isascii() or holds(None, text))


def _without_gone(written: dict[str, list[Any]]) -> dict[str, list[Any]]:
    if not any(_GONE in side for side in written.values()):
        return written
    rows = [row for row in zip(*written.values(), strict=True) if not any(value is _GONE for value in row)]
    return {name: [row[place] for row in rows] for place, name in enumerate(written)}
