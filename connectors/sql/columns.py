"""How columns are stored, asked of the server once for a table.

The catalogue says what a column means, not how it is stored. PostgreSQL compares nothing across
types, and a key that is text may stand in BIGINT, CHAR(18) or UUID. MySQL and MariaDB do not compare
text with a column whose charset lacks it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import String, bindparam, text

from connectors.sql.sorts import Sort

MYSQL = frozenset({"mysql", "mariadb"})
DUCKDB = "duckdb"
SQLITE = "sqlite"


@dataclass(frozen=True, slots=True, eq=False)
class Kinds:
    """What the server said of one table at one moment; another answer is another value."""

    by_column: Mapping[str, str] = field(default_factory=dict)
    """Column to the name of its type; without what is not known."""
    never_empty: frozenset[str] = frozenset()
    """Columns that are known to hold no NULL."""
    by_code_point: frozenset[str] = frozenset()
    """Columns of text that are known to sort by code point as they are."""
    text: frozenset[str] = frozenset()
    """Columns of text, or with texts among their values, whatever the catalogue says they hold."""
    dressed: frozenset[str] = frozenset()
    """Columns whose values have another text in Python than at the server."""
    moments: Mapping[str, Sort] = field(default_factory=dict)
    """PostgreSQL: columns of days and moments, and their sort."""
    selects_places: bool = False
    """PostgreSQL: whether what a page goes on by is selected, where it is not what is read."""
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


TYPES = text(
    "SELECT a.attname, CASE to_jsonb(c) ->> 'collisdeterministic' WHEN 'false' THEN 'folded'"
    " ELSE coalesce(b.typname, t.typname) END, a.attnotnull,"
    " c.collname IN ('C', 'POSIX', 'ucs_basic', 'pg_c_utf8') OR c.collname = 'default' AND"
    " CASE coalesce(to_jsonb(d) ->> 'datlocprovider', 'c') WHEN 'b' THEN true"
    " WHEN 'c' THEN d.datcollate IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8') ELSE false END"
    " FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid"
    " JOIN pg_catalog.pg_database d ON d.datname = current_database()"
    " LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype AND t.typtype = 'd'"
    " LEFT JOIN pg_catalog.pg_collation c ON c.oid = a.attcollation"
    " WHERE a.attrelid = to_regclass(:name) AND a.attnum > 0 AND NOT a.attisdropped"
).bindparams(bindparam("name", type_=String()))
"""PostgreSQL: the columns of a table or view. Type (of a domain what it rests on; `folded` is text of a
collation to which different texts may be equal), whether NULL is refused, and whether text sorts by code
point: by its own collation, or by the database's (before 15 always libc's)."""

CHARSETS = text(
    "SELECT column_name, character_set_name, if(locate('zerofill', column_type), 'zerofill', data_type)"
    " FROM information_schema.columns"
    " WHERE table_name = :table_name AND table_schema = coalesce(:table_schema, database())"
)
"""MySQL and MariaDB: the columns of a table or view. Charset of those that hold text, and type."""

COLUMNS = text(
    "SELECT column_name, lower(regexp_replace(data_type, '\\(.*', '')), NOT is_nullable FROM duckdb_columns()"
    " WHERE database_name = :database AND table_name = :name"
)
"""DuckDB: the columns of a table. Type, and whether NULL is refused; text sorts by code point."""

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
FOLDED = frozenset({"citext", "folded"})
"""PostgreSQL: text that is equal to other text."""


WRITTEN = frozenset({"float", "double", "zerofill", "time", "datetime", "timestamp"})
"""Types of MySQL and MariaDB whose values a driver has in another form than the server writes them."""


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
