"""Staged text -> columns of the type that the catalogue speaks of, so that DuckDB compares what is meant.

Texts that a codec reads in another dress (` 12`, `2020-01-01 00:00:00`) are first written as the type is. A
text that the codec calls invalid is kept beside the values (`UNION(value …, invalid VARCHAR)`): its row says
INVALID_VALUE where it is shown, and is empty to whoever compares.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from connectors.files.engine import quoted
from connectors.files.layout import TYPES
from schema.values import Codec, DeclaredCodec, Invalid

_DAY = r"(000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-[0-9]{2}-[0-9]{2}"
_WRITTEN: Mapping[type, str] = {
    int: r"-?(0|[1-9][0-9]{0,9})",
    Decimal: r"-?(0|[1-9][0-9]{0,37})(\.[0-9]{1,38})?",
    float: r"-?[0-9]{1,17}(\.[0-9]{1,17})?(e[+-]?[0-9]{1,2})?",
    bool: r"true|false|True|False|TRUE|FALSE|0|1",
    date: _DAY,
    datetime: _DAY + r" ([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?",
}
"""Texts that type and codec read alike, if the type reads them at all."""
_DIGITS = 38
"""Of a decimal number at most."""
_BATCH = 100_000
"""Texts in another dress that are looked at together."""


@dataclass(frozen=True, slots=True)
class Column:
    """How a column of `staged` is stored: its type, and in SQL what is stored and by what that sorts."""

    type: str
    stored: str
    sorted: str


def text_column(name: str) -> Column:
    """A column of text, as it is."""
    return Column("VARCHAR", quoted(name), quoted(name))


def typed_column(engine: duckdb.DuckDBPyConnection, name: str, codec: Codec, class_: type) -> Column:
    """Make a column of `staged` ready for the type of its values, and say how it is stored."""
    column = quoted(name)
    is_written = f"regexp_full_match({column}, '{_WRITTEN[class_]}')"
    is_alike = f"{is_written} AND {_cast(column, TYPES[class_])} IS NOT NULL"
    _rewrite(engine, column, is_alike if _reads_alike(codec, class_) else "false", codec)
    type_ = _decimal(engine, column, is_written) if class_ is Decimal else TYPES[class_]
    value = f"CASE WHEN {is_written} THEN {_cast(column, type_)} END"
    is_invalid = f"{column} IS NOT NULL AND {value} IS NULL"
    if not engine.execute(f"SELECT 1 FROM staged WHERE {is_invalid} LIMIT 1").fetchall():
        return Column(type_, value, value)
    union = f'UNION("value" {type_}, invalid VARCHAR)'
    stored = (
        f"CASE WHEN {value} IS NOT NULL THEN CAST({value} AS {union})"
        f" WHEN {column} IS NOT NULL THEN CAST({column} AS {union}) END"
    )
    return Column(union, stored, value)


def _reads_alike(codec: Codec, class_: type) -> bool:
    """Whether a codec reads what is written as the type is; one with marks for empty, or a scale, may not."""
    return class_ is bool or (isinstance(codec, DeclaredCodec) and codec.quick is not None)


def _cast(column: str, type_: str) -> str:
    return f"TRY_CAST({column} AS {type_})"


def _rewrite(engine: duckdb.DuckDBPyConnection, column: str, is_value: str, codec: Codec) -> None:
    """Write texts in another dress as the type writes their values, and empty ones as nothing."""
    (count,) = engine.execute(
        "CREATE OR REPLACE TABLE dress AS"
        f" SELECT DISTINCT {column} AS jutong_old FROM staged WHERE {column} IS NOT NULL AND NOT ({is_value})"
    ).fetchall()[0]
    engine.execute("CREATE OR REPLACE TABLE dressed (jutong_old VARCHAR, jutong_new VARCHAR)")
    for start in range(0, count, _BATCH):
        rows = engine.execute(
            "SELECT jutong_old FROM dress WHERE rowid BETWEEN ? AND ?", [start, start + _BATCH - 1]
        ).fetchall()
        pairs = [(text, new) for (text,) in rows if (new := _rewritten(codec, text)) != text]
        if pairs:
            engine.execute(
                "INSERT INTO dressed SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
                [list(side) for side in zip(*pairs, strict=True)],
            )
    if count:
        engine.execute(f"UPDATE staged SET {column} = jutong_new FROM dressed WHERE {column} = jutong_old")


def _rewritten(codec: Codec, text: str) -> str | None:
    """A text as the type writes its value; one that has none stays such that the type reads none, either."""
    value = codec.decode(text)
    if value is None:
        return None
    form: Any = None if isinstance(value, Invalid) else next(iter(codec.encode(value)), None)
    if form is None:
        return f"{text} is invalid" if text[-1:].isdecimal() else text
    if isinstance(form, Decimal):
        return f"{form:f}"
    return form.isoformat(" ") if isinstance(form, datetime) else str(form)


def _decimal(engine: duckdb.DuckDBPyConnection, column: str, is_written: str) -> str:
    """As many digits behind the point as there are; a number for which there is no room is invalid."""
    whole, places = (
        f"length(ltrim(split_part({column}, '.', 1), '-'))",
        f"length(split_part({column}, '.', 2))",
    )
    ((most, places_of),) = engine.execute(
        f"SELECT max({whole}), max({places}) FROM staged WHERE {is_written}"
    ).fetchall()
    scale = min(places_of or 0, _DIGITS - (most or 0))
    if scale < (places_of or 0):
        engine.execute(
            f"UPDATE staged SET {column} = {column} || ' has too many digits'"
            f" WHERE {is_written} AND {places} > {scale}"
        )
    return f"DECIMAL({_DIGITS}, {scale})"
