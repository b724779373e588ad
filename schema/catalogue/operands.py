"""Values that files give for items: conditions on rows, bounds of bands, least and most."""

from typing import Any

from graphql import GraphQLError

from schema.scalars import SCALARS


def operand_of(type_: str, written: Any) -> Any:
    """A value that a file gives for a type, as an argument of a query would; `None` if it is none."""
    scalar = SCALARS.get(type_)
    if scalar is None or isinstance(written, bool) != (type_ == "Boolean"):
        return written if scalar is None and isinstance(written, str) else None
    try:
        return scalar.coerce_input_value(str(written) if type_ == "Decimal" else written)
    except (GraphQLError, ValueError, TypeError):
        return None


def row_operand(type_: str, operator: str, written: Any) -> Any:
    """The operand of a row condition; `None` if it is none."""
    if operator == "isNull":
        return written if isinstance(written, bool) else None
    if operator != "in":
        return operand_of(type_, written)
    values = tuple(operand_of(type_, one) for one in written) if isinstance(written, list) else ()
    return None if not values or None in values else values
