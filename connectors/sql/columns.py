"""How columns are stored, asked of the server once for a table.

The catalogue says what a column means, not how it is stored. PostgreSQL compares nothing across
types, and a key that is text may stand in BIGINT, CHAR(18) or UUID. MySQL and MariaDB do not compare
text with a column whose charset lacks it.
"""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field

from sqlalchemy import TextClause

from connectors.sql.plain import Rows
from connectors.sql.sorts import Sort

MYSQL = frozenset({"mysql", "mariadb"})
DUCKDB = "duckdb"
SQLITE = "sqlite"


@dataclass(frozen=True, slots=True, eq=False)
class Kinds:
    """What the server said of one table at one moment; another answer is another value."""

    by_column: Mapping[str, str] = field(default_factory=dict)
    """Column to the name of its type; without what is not known."""
    _: KW_ONLY
    never_empty: frozenset[str] = frozenset()
    """Columns that are known to hold no NULL."""
    by_code_point: frozenset[str] = frozenset()
    """Columns of text that are known to sort by code point as they are."""
    text: frozenset[str] = frozenset()
    """Columns of text, or with texts among their values, whatever the catalogue says they hold."""
    wider: Mapping[str, frozenset[Sort]] = field(default_factory=dict)
    """By column, the sorts of which it may hold no value and yet not be empty (see `readable.py`)."""
    dressed: frozenset[str] = frozenset()
    """Columns whose values have another text in Python than at the server."""
    moments: Mapping[str, Sort] = field(default_factory=dict)
    """PostgreSQL: columns of days and moments, and their sort."""
    selects_places: bool = False
    """PostgreSQL: whether a column that an order takes for a value is selected a second time, in the form a
    page's cursor goes on by, where the form that is read sorts otherwise. Text is, in every dialect."""
    stands_by: tuple[str, ...] = ()
    """DuckDB: columns in whose order the rows are known to stand, each ascending."""
    charsets: Mapping[str, str] = field(default_factory=dict)
    """MySQL and MariaDB: column of text to its charset."""

    def is_same(self, other: "Kinds") -> bool:
        """Whether the server said the same both times."""
        return (self.by_column, self.charsets, self.never_empty, self.by_code_point) == (
            other.by_column,
            other.charsets,
            other.never_empty,
            other.by_code_point,
        )


@dataclass(frozen=True, slots=True)
class Inspection:
    """How one dialect is asked for the columns of a table or view, and what the answer says of them."""

    query: TextClause
    values_of: Callable[[tuple[str, ...]], Mapping[str, str | None]]
    """By slot: what goes into the query for a table's path (see `table_path`)."""
    kinds_of: Callable[[Rows], Kinds]


_ENCODINGS = {
    "ascii": "ascii",
    "big5": "big5",
    "gb18030": "gb18030",
    "gb2312": "gb2312",
    "gbk": "gbk",
    "latin1": "cp1252",
}
"""Charset of MySQL to encoding of Python; every other charset is taken to hold any text."""

_TEXTS = frozenset({"text", "varchar", "bpchar", "name"})


def is_text(kind: str | None) -> bool:
    """Whether a column holds text; a column whose type is not known is taken for text."""
    return kind is None or kind in _TEXTS


def holds(charset: str | None, value: str) -> bool:
    """Whether a column of MySQL can hold a text; no database holds half a surrogate."""
    if charset in {"utf8", "utf8mb3", "ucs2"}:
        return all(character <= "\uffff" for character in value)
    try:
        value.encode(_ENCODINGS.get(charset or "", "utf-8"))
    except UnicodeEncodeError:
        return False
    return True
