"""A declared validity -> what is compared with a day."""

from collections.abc import Mapping

from schema.catalogue import resource_declarations as declare
from schema.catalogue.compile_codec import make_codec
from schema.catalogue.item import Item
from schema.catalogue.validity import Validity
from schema.names import column_item
from schema.values import Codec


def compile_validity(
    value: declare.ValidityDeclaration | None, items: Mapping[str, Item], columns: dict[str, Codec]
) -> Validity | None:
    """Compile a resource's validity; columns that nobody declared hold days."""
    if value is None:
        return None

    def look(column: str | None) -> str | None:
        """The item that stands on a column, since it takes a right; else the column alone."""
        if column is None:
            return None
        found = [item.name for item in items.values() if item.column == column and item.type == "Date"]
        if not found:
            columns.setdefault(column, make_codec("Date"))
        return found[0] if found else column_item(column)

    return Validity(
        look(value.start),
        look(value.until or value.to),
        ends_before=value.until is not None,
        is_versioned=value.versions,
        at_source=value.at_source,
    )
