"""The value of one item in one row: decoded, derived, labelled or masked."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from math import inf
from typing import Any, Final, NamedTuple

from graphql import GraphQLError

from gateway.plan.model import Operands
from gateway.plan.shape import Leaf
from schema.catalogue.item import Derivation
from schema.catalogue.model import Catalogue
from schema.identifiers import BEIJING
from schema.policy.masks import MASKS
from schema.scalars import SCALARS

ReadValue = Callable[[Any, Operands], Any]
"""From what the row holds, if it can be read, to what the field is; raises one of `UNREADABLE`."""
UNREADABLE: Final = (KeyError, TypeError, ValueError, ArithmeticError, GraphQLError)


class Plain(NamedTuple):
    """Values that are written without a function of ours; in Python, of a value `v`."""

    test: str
    """Holds of them, after `v`."""
    written: str = "v"
    """What leaves."""


TEXT: Final = Plain(".__class__ is str")
NUMBER: Final = Plain(".__class__ is Decimal and v.is_finite()", "format(v, 'f')")
PLAIN: Final[Mapping[str, Plain]] = {
    "String": TEXT,
    "ID": TEXT,
    "CitizenId": TEXT,
    "CreditCode": TEXT,
    "Boolean": Plain(".__class__ is bool"),
    "Int": Plain(".__class__ is int and -0x80000000 <= v <= 0x7FFFFFFF"),
    "Float": Plain(".__class__ is float and -inf < v < inf"),
    "Date": Plain(".__class__ is date"),
    "DateTime": Plain(".__class__ is datetime and v.tzinfo is beijing"),
    "Decimal": NUMBER,
    "Longitude": NUMBER,
    "Latitude": NUMBER,
    "Metres": NUMBER,
}
"""For each scalar the values of which orjson and graphql-core write what the scalar itself would write."""
NAMES: Final[Mapping[str, Any]] = {
    "str": str,
    "bool": bool,
    "int": int,
    "float": float,
    "date": date,
    "datetime": datetime,
    "Decimal": Decimal,
    "format": format,
    "inf": inf,
    "beijing": BEIJING,
}
"""What the tests speak of."""


def plain_values(type_name: str, *, writes: bool) -> Plain | None:
    """Those of a scalar or an enumeration; `None` where each has to be made.

    `writes`: as they leave; otherwise what graphql-core is to write is left as it is.
    """
    found = PLAIN.get(type_name) if type_name in SCALARS else TEXT
    return found if found is None or writes else Plain(found.test)


def read_value(leaf: Leaf, catalogue: Catalogue, *, writes: bool) -> ReadValue:
    """What makes a leaf's value; `writes`: as it leaves, in the form of a scalar's output."""
    item = leaf.item
    convert = _converter(leaf, catalogue)
    type_name = item.type if leaf.aspect == "value" else "String"
    is_ours = leaf.aspect != "value" and item.derivation is None  # labels and masks give text
    is_written = writes and not is_ours and type_name in SCALARS
    write = SCALARS[type_name].coerce_output_value if is_written else None

    def read(value: Any, operands: Operands) -> Any:
        if convert is not None:
            value = convert(value, operands)
        return value if value is None or write is None else write(value)

    return read


def _converter(leaf: Leaf, catalogue: Catalogue) -> ReadValue | None:
    item = leaf.item
    if item.derivation is not None:
        return _deriver(item.derivation, None if leaf.argument is None else leaf.argument.index)
    if leaf.aspect == "masked":
        assert item.mask is not None
        mask = MASKS[item.mask]
        return lambda value, _: None if value is None else mask(str(value))
    if leaf.aspect == "label":
        assert item.codes is not None
        labels = catalogue.code_lists[item.codes].labels
        return lambda value, _: None if value is None else labels[value]
    return None


def _deriver(derivation: Derivation, argument: int | None) -> ReadValue:
    match derivation.kind:
        case "exists":
            return lambda value, _: value is not None
        case "positive":
            return lambda value, _: None if value is None else value > 0
        case "equals":
            return lambda value, operands: _equals(value, None if argument is None else operands[argument])
        case "age" | "older" as kind:
            assert argument is not None, "the moment of the request"
            return _timer(argument, derivation.seconds if kind == "older" else None)
    bounds, labels = derivation.bounds, derivation.labels
    return lambda value, _: (
        None if value is None else labels[sum(1 for bound in bounds if value >= type(value)(bound))]
    )


def _equals(value: Any, operand: Any) -> bool | None:
    return None if value is None or operand is None else value == operand


def _timer(now: int, limit: int | None) -> ReadValue:
    """Seconds from a moment to the request's, or whether they are more than a limit."""

    def read(value: Any, operands: Operands) -> int | bool | None:
        if value is None:
            return None
        age = _seconds(operands[now], value)
        return age if limit is None else age > limit

    return read


def _seconds(now: datetime, moment: datetime) -> int:
    """Whole seconds between; what a clock ahead of ours says is now."""
    return max(0, int((now - moment).total_seconds()))
