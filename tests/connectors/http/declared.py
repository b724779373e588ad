"""The resource that services in these tests hold, whatever they speak."""

from typing import Any

from schema.catalogue.compile_codec import make_codec
from schema.catalogue.item import Item
from schema.catalogue.model import Coverage, KeyColumns, Limits, Opening, Resource, Sharing

COLUMNS = {"no": "no", "name": "name", "size": "size"}
"""Item to column."""
NO = KeyColumns("code", ("no",), (make_codec("String"),))


def declare(origin: dict[str, Any], *by: KeyColumns, limits: Limits) -> Resource:
    """A resource with a number, a name and a size."""
    items = {
        name: Item(name, name, column, kind, 1, make_codec(kind))
        for (name, column), kind in zip(COLUMNS.items(), ("String", "String", "Int"), strict=True)
    }
    return Resource(
        department="d", name="r", title="R", type_name="DR", source="s", origin=origin, identity=("no",),
        items=items, attachments=(), arguments={}, sharing=Sharing("unconditional"), opening=Opening("closed"),
        coverage=Coverage(), update_cycle="daily", limits=limits,
        is_connected=True, is_personal=False, allows_partial=False, guards=(), cache_seconds=0,
        columns={column: make_codec("String") for one in by for column in one.columns}
        | {"no": make_codec("String")}, version="1",
    )  # fmt: skip
