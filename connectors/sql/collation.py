"""Strings compare by code point in every dialect, as `schema.predicate` says.

Collations of the database would find other rows: MariaDB's ignore case, PostgreSQL's sort by language.
"""

from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, collate, func, literal_column, type_coerce
from sqlalchemy.dialects import mysql

from connectors.sql.columns import DUCKDB, MYSQL, is_text
from connectors.sql.postgres import text_of


def as_text(left: ColumnElement[Any], dialect: str, kind: str | None = None) -> ColumnElement[Any]:
    """A column as the text that is shown of it, whatever it is stored as."""
    if dialect == "sqlite":  # which writes fifteen digits of a fraction
        is_fraction = func.typeof(left) == literal_column("'real'")
        return case((is_fraction, func.jutong_text(left)), else_=cast(left, String))
    if dialect in MYSQL:
        return cast(exact(left, kind), mysql.CHAR(charset="utf8mb4"))
    if dialect == "postgresql":
        return text_of(left, kind)
    return type_coerce(left, String) if is_text(kind) else cast(left, String)


def exact(left: ColumnElement[Any], kind: str | None) -> ColumnElement[Any]:
    """A column of MySQL as it compares: of a `FLOAT` the server would write six digits."""
    return left.op("+")(literal_column("0e0")) if kind == "float" else left


def as_bytes(left: ColumnElement[Any], dialect: str, kind: str | None = None) -> ColumnElement[Any]:
    """A column as text that compares and sorts by code point, whatever it is stored as."""
    if dialect == "sqlite":
        return collate(as_text(left, dialect), "BINARY")
    if dialect == "postgresql":
        return collate(type_coerce(as_text(left, dialect, kind), String), "C")
    if dialect == DUCKDB:
        return left if is_text(kind) else cast(left, String)
    if dialect in MYSQL:
        # Bytes of UTF-8 sort by code point; collations there ignore spaces at the end.
        return type_coerce(cast(as_text(left, dialect, kind), mysql.BINARY()), String)
    return left
