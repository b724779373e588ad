"""How columns are stored, asked of the server once for a table.

The catalogue says what a column means, not how it is stored. PostgreSQL compares nothing across
types, and a key that is text may stand in BIGINT, CHAR(18) or UUID. MySQL and MariaDB do not compare
text with a column whose charset lacks it.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Boolean, Numeric, Uuid, bindparam, text
from sqlalchemy.types import TypeEngine, UserDefinedType

Kinds = Mapping[str, str]
"""Column to the name of its type, or of its charset; without what is not known."""

TYPES = text(
    "SELECT a.attname, coalesce(b.typname, t.typname) FROM pg_catalog.pg_attribute a"
    " JOIN pg_catalog.pg_type t ON t.oid = a.atttypid"
    " LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype AND t.typtype = 'd'"
    " WHERE a.attrelid = to_regclass(:name) AND a.attnum > 0 AND NOT a.attisdropped"
)
"""PostgreSQL: types of the columns of a table or view; domains by what they rest on."""

CHARSETS = text(
    "SELECT column_name, character_set_name FROM information_schema.columns"
    " WHERE table_name = :table_name AND table_schema = coalesce(:table_schema, database())"
    " AND character_set_name IS NOT NULL"
)
"""MySQL and MariaDB: charsets of the columns that hold text."""

ENCODINGS = {
    "ascii": "ascii",
    "big5": "big5",
    "gb18030": "gb18030",
    "gb2312": "gb2312",
    "gbk": "gbk",
    "latin1": "cp1252",
}
"""Charset of MySQL to encoding of Python; every other charset is taken to hold any text."""

TEXTS = frozenset({"text", "varchar", "bpchar", "name", "citext"})
WHOLE = frozenset({"int2", "int4", "int8"})
_INT8 = 2**63


def is_text(kind: str | None) -> bool:
    """Whether a column holds text; a column whose type is not known is taken for text."""
    return kind is None or kind in TEXTS


def listed(kind: str, values: Iterable[str]) -> Any | None:
    """The texts as an array of the column's own type, so that its index is found.

    Only those that the type writes in the same way: `'007'` is no number. `None` for types that
    have no such way: they are compared as text.
    """
    if kind == "bpchar":
        return _array(list(values), _Padded())
    if kind == "bool":
        return _array([value == "True" for value in values if value in {"True", "False"}], Boolean())
    if kind in WHOLE:
        return _array([int(value) for value in values if _is_whole(value)], BigInteger())
    if kind == "uuid":
        return _array([UUID(value) for value in values if _is_uuid(value)], Uuid())
    if kind == "numeric":
        return _array([int(value) for value in values if _is_whole(value)], Numeric())
    return None


def holds(charset: str | None, value: str) -> bool:
    """Whether a column of MySQL can hold a text."""
    if charset in {"utf8", "utf8mb3", "ucs2"}:
        return all(character <= "\uffff" for character in value)
    try:
        value.encode(ENCODINGS.get(charset or "", "utf-8"))
    except UnicodeEncodeError:
        return False
    return True


class _Padded(UserDefinedType[str]):
    """CHAR without a length: a cast to CHAR would keep one character."""

    cache_ok = True

    def get_col_spec(self, **_kw: Any) -> str:
        return "BPCHAR"


def _array(values: list[Any], type_: TypeEngine[Any]) -> Any:
    return bindparam(None, values, type_=ARRAY(type_))


def _is_whole(value: str) -> bool:
    digits = value.removeprefix("-")
    return (
        digits.isascii()
        and digits.isdecimal()
        and len(digits) < 20
        and str(int(value)) == value
        and -_INT8 <= int(value) < _INT8
    )


def _is_uuid(value: str) -> bool:
    try:
        return str(UUID(value)) == value
    except ValueError:
        return False
