"""Names of tables and columns, as the catalogue declares them."""

import re
from typing import Any

from sqlalchemy import ColumnElement, column, table
from sqlalchemy.sql.elements import quoted_name

from schema.catalogue.model import Resource


def table_of(resource: Resource) -> Any:
    """The table of a resource, its names quoted."""
    *schema, name = table_path(str(resource.origin))
    return table(
        quoted_name(name, quote=True), schema=quoted_name(".".join(schema), quote=True) if schema else None
    )


_PART = re.compile(r'"((?:[^"]|"")+)"|`((?:[^`]|``)+)`|\[([^\]]+)\]|([^.]+)')


def table_path(origin: str) -> tuple[str, ...]:
    """Schema and name of a table as declared: `t`, `s.t`, or quoted where a name holds a dot."""
    parts = [
        next(part for part in match.groups() if part is not None).replace('""', '"').replace("``", "`")
        for match in _PART.finditer(origin)
    ]
    return tuple(parts) or (origin,)


def named(name: str) -> ColumnElement[Any]:
    """A column, its name quoted."""
    return column(quoted_name(name, quote=True))
