"""Strings compare by code point in every dialect, as `schema.predicate` says.

Collations of the database would find other rows: MariaDB's ignore case, PostgreSQL's sort by language.
"""

from typing import Any

from sqlalchemy import ColumnElement, String, cast, collate, type_coerce
from sqlalchemy.dialects import mysql

from connectors.sql.columns import DUCKDB, MYSQL, is_text
from connectors.sql.postgres import text_of


def as_text(left: ColumnElement[Any], dialect: str, kind: str | None = None) -> ColumnElement[Any]:
    """A column as the text that is shown of it."""
    if dialect == "postgresql":
        return text_of(left, kind)
    return left if is_text(kind) else cast(left, String)


def as_bytes(left: ColumnElement[Any], dialect: str, kind: str | None = None) -> ColumnElement[Any]:
    """A column as text that compares and sorts by code point, whatever it is stored as."""
    if dialect == "sqlite":
        return collate(cast(left, String), "BINARY")
    if dialect == "postgresql":
        return collate(type_coerce(as_text(left, dialect, kind), String), "C")
    if dialect == DUCKDB:
        return left if is_text(kind) else cast(left, String)
    if dialect in MYSQL:
        # Bytes of UTF-8 sort by code point; collations there ignore spaces at the end.
        plain = cast(left, mysql.CHAR(charset="utf8mb4"))
        return type_coerce(cast(plain, mysql.BINARY()), String)
    return left
