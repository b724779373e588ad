"""MySQL and MariaDB as a dialect: how text is read that says a number, a day or a moment, as the codecs read
it, and how columns are stored.

Their own casts read the beginning of a text and drop the rest, so that an offset would be lost.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, literal_column, text

from connectors.sql.columns import Inspection, Kinds
from connectors.sql.plain import Rows
from connectors.sql.readable import wider
from connectors.sql.sorts import Sort, type_of

_TRIMMED = "REGEXP_REPLACE({c}, '^[[:space:]]+|[[:space:]]+$', '')"
_IS_NUMBER = (
    f"CHAR_LENGTH({_TRIMMED}) <= 40 AND {_TRIMMED} REGEXP '^[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9][0-9]?)?$'"
)
_DECIMAL = f"CASE WHEN {_IS_NUMBER} THEN CAST({_TRIMMED} AS DECIMAL(65, 30)) END"
_WHOLE = (
    f"CASE WHEN {_DECIMAL} = TRUNCATE({_DECIMAL}, 0) AND {_DECIMAL} BETWEEN -2147483648 AND 2147483647"
    f" THEN {_DECIMAL} END"
)
_DAY_WRITTEN = "(?!0000)[0-9][0-9][0-9][0-9]-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
_MOMENT_WRITTEN = f"{_DAY_WRITTEN}[Tt ]{_CLOCK}(:[0-5][0-9]([.][0-9]+)?)?([Zz]|[+-]{_CLOCK})?"
_MINUTES = (
    "CASE WHEN {c} REGEXP '[Zz]$' THEN 480 WHEN {c} REGEXP '[+-][0-9][0-9]:[0-9][0-9]$'"
    " THEN 480 - CONCAT(LEFT(RIGHT({c}, 6), 1), '1')"
    " * (LEFT(RIGHT({c}, 5), 2) * 60 + RIGHT({c}, 2)) ELSE 0 END"
)
"""From what is written to Beijing time."""
_LOCAL = "REGEXP_REPLACE(REGEXP_REPLACE({c}, '([Zz]|[+-][0-9][0-9]:[0-9][0-9])$', ''), '[Tt]', ' ')"
_MOMENT = (
    f"CASE WHEN {{c}} REGEXP '^{_MOMENT_WRITTEN}$' AND {{c}} NOT REGEXP '[.][0-9]{{{{7}}}}'"
    f" THEN CAST({_LOCAL} AS DATETIME(6)) + INTERVAL {_MINUTES} MINUTE END"
)
# Adding nothing has the server look into the calendar: within CASE its cast lets 30 February pass.
_DAY = (
    f"CASE WHEN {{c}} REGEXP '^{_DAY_WRITTEN}$' THEN CAST({{c}} AS DATE) + INTERVAL 0 DAY"
    f" WHEN TIME({_MOMENT}) = 0 THEN DATE({_MOMENT}) END"
)
_SAID: Mapping[Sort, str] = {
    int: _WHOLE,
    Decimal: _DECIMAL,
    float: f"CASE WHEN {_IS_NUMBER} THEN {_TRIMMED} + 0e0 END",
    date: _DAY,
    datetime: _MOMENT,
    bool: "NULL",
}


def said(name: str, sort: Sort | None) -> ColumnElement[Any] | None:
    """What a column of text says, as a value of a sort; `None`: nothing but text."""
    if sort not in _SAID or sort is None:
        return None
    quoted = "`" + name.replace("`", "``") + "`"
    return literal_column(_SAID[sort].format(c=quoted), type_of(sort))


_COLUMNS = text(
    "SELECT column_name, character_set_name, CASE WHEN locate('zerofill', column_type) THEN 'zerofill'"
    " WHEN data_type = 'int' AND locate('unsigned', column_type) THEN 'unsigned' ELSE data_type END"
    " FROM information_schema.columns"
    " WHERE table_name = :table_name AND table_schema = coalesce(:table_schema, database())"
)
"""The columns of a table or view. Charset of those that hold text, and type; `unsigned`: such an INT."""

_DRESSED = frozenset({"float", "double", "zerofill", "time", "datetime", "timestamp"})
"""Types whose values a driver has in another form than the server writes them."""


def _values_of(path: tuple[str, ...]) -> Mapping[str, str | None]:
    return {"table_name": path[-1], "table_schema": path[-2] if len(path) > 1 else None}


def _kinds_of(rows: Rows) -> Kinds:
    charsets = {str(name): str(charset) for name, charset, _ in rows if charset is not None}
    types = {str(name): str(type_) for name, _, type_ in rows}
    dressed = frozenset(name for name, type_ in types.items() if type_ in _DRESSED)
    return Kinds(
        types,
        charsets=charsets,
        text=frozenset(charsets),
        wider=wider("mysql", types),
        dressed=dressed,
    )


INSPECTION = Inspection(_COLUMNS, _values_of, _kinds_of)
