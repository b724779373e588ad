"""Staged text -> columns of the type that the catalogue speaks of, so that DuckDB compares what is meant.

Texts that a codec reads in another dress (` 12`, `2020-01-01 00:00:00`) are first written as the type is. A
column with texts that are no value of it stays text: its rows say INVALID_VALUE where it is shown, and are
empty to whoever compares.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from connectors.files.engine import quoted
from connectors.files.layout import TYPES
from schema.values import Codec, Invalid

_WRITTEN: Mapping[type, str] = {
    int: r"-?(0|[1-9][0-9]{0,17})",
    Decimal: r"-?(0|[1-9][0-9]{0,23})(\.[0-9]{1,12})?",
    float: r"-?[0-9]{1,15}(\.[0-9]{1,15})?(e[+-]?[0-9]{1,2})?",
    bool: r"true|false|True|False|TRUE|FALSE|0|1",
    date: r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    datetime: r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?",
}
"""Texts that type and codec read alike."""
_PLACES = 12
"""Digits behind the point of decimals that are stored as numbers."""
_MOST = 1_000_000
"""Texts in another dress that are looked at one by one; a column with more of them stays text."""


def type_of(engine: duckdb.DuckDBPyConnection, name: str, codec: Codec, class_: type) -> str | None:
    """Make a column of `staged` ready for its type, and give that; `None`: the column stays text."""
    column = quoted(name)
    type_ = "DECIMAL(38, 12)" if class_ is Decimal else TYPES[class_]
    foreign = (
        f"{column} IS NOT NULL AND NOT (regexp_full_match({column}, '{_WRITTEN[class_]}')"
        f" AND TRY_CAST({column} AS {type_}) IS NOT NULL)"
    )
    rows = engine.execute(
        f"SELECT DISTINCT {column} FROM staged WHERE {foreign} LIMIT {_MOST + 1}"
    ).fetchall()
    if len(rows) > _MOST:
        return None
    texts = [row[0] for row in rows]
    written = [_rewritten(codec, text) for text in texts]
    pairs = [(old, new) for old, new in zip(texts, written, strict=True) if old != new]
    if pairs:
        old, new = (list(side) for side in zip(*pairs, strict=True))
        engine.execute(
            "CREATE OR REPLACE TABLE dress AS"
            " SELECT unnest(?::VARCHAR[]) AS jutong_old, unnest(?::VARCHAR[]) AS jutong_new",
            [old, new],
        )
        engine.execute(f"UPDATE staged SET {column} = jutong_new FROM dress WHERE {column} = jutong_old")
    (bad,) = engine.execute(f"SELECT count(*) FROM staged WHERE {foreign}").fetchall()
    if bad[0]:
        return None
    return _decimal(engine, column) if class_ is Decimal else type_


def _rewritten(codec: Codec, text: str) -> str | None:
    """A text as the type writes its value; itself where it has none."""
    value = codec.decode(text)
    if value is None:
        return None
    form: Any = None if isinstance(value, Invalid) else next(iter(codec.encode(value)), None)
    if form is None:
        return text
    if isinstance(form, Decimal):
        return f"{form:f}"
    return form.isoformat(" ") if isinstance(form, datetime) else str(form)


def _decimal(engine: duckdb.DuckDBPyConnection, column: str) -> str:
    """As many digits behind the point as there are."""
    (row,) = engine.execute(f"SELECT max(length(split_part({column}, '.', 2))) FROM staged").fetchall()
    return f"DECIMAL(38, {min(row[0] or 0, _PLACES)})"
