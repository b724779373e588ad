"""The value of one item in one row: decoded, derived, labelled or masked."""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLError

from connectors.results import Row
from gateway.fetch.failures import invalid_value
from gateway.plan.model import Operands
from gateway.plan.shape import Leaf
from schema.catalogue.model import Catalogue, Derivation
from schema.policy.masks import MASKS
from schema.scalars import SCALARS
from schema.values import Invalid

Value = Any
ReadLeaf = Callable[[Row], Value]
"""Gives a value, `None` where empty, or a `Failure`."""


def read_leaf(
    leaf: Leaf, items: tuple[str, ...], operands: Operands, catalogue: Catalogue, *, writes: bool
) -> ReadLeaf:
    """Make the reader of a leaf over rows of the given items; `writes`: as it leaves, a scalar's output."""
    item = leaf.item
    position = items.index(item.derivation.item if item.derivation else item.name)
    failure = invalid_value(item.title, leaf.resource.code)
    convert = _converter(leaf, operands, catalogue)
    type_name = item.type if leaf.aspect == "value" else "String"
    write = SCALARS[type_name].coerce_output_value if writes and type_name in SCALARS else None
    plain = PLAIN.get(type_name, _Nothing)

    def read(row: Row) -> Value:
        value = row[position]
        if value.__class__ is Invalid:
            return failure
        try:
            if convert is not None:
                value = convert(value)
            if value is None or write is None or value.__class__ is plain:
                return value
            return write(value)
        except (KeyError, TypeError, ValueError, ArithmeticError, GraphQLError):
            return failure

    return read


class _Nothing:
    """The class of no value."""


PLAIN: Mapping[str, type] = {"String": str, "CitizenId": str, "CreditCode": str, "Boolean": bool}
"""Scalars whose values of this very class leave as they are."""


def _converter(leaf: Leaf, operands: Operands, catalogue: Catalogue) -> Callable[[Any], Any] | None:
    item = leaf.item
    if item.derivation is not None:
        operand = None if leaf.argument is None else operands[leaf.argument.index]
        return _deriver(item.derivation, operand)
    if leaf.aspect == "masked":
        assert item.mask is not None
        mask = MASKS[item.mask]
        return lambda value: None if value is None else mask(str(value))
    if leaf.aspect == "label":
        assert item.codes is not None
        labels = catalogue.code_lists[item.codes].labels
        return lambda value: None if value is None else labels[value]
    return None


def _deriver(derivation: Derivation, operand: Any) -> Callable[[Any], Any]:
    match derivation.kind:
        case "exists":
            return lambda value: value is not None
        case "positive":
            return lambda value: None if value is None else value > 0
        case "equals":
            return lambda value: None if value is None or operand is None else value == operand
    bounds, labels = derivation.bounds, derivation.labels
    return lambda value: (
        None if value is None else labels[sum(1 for bound in bounds if value >= type(value)(bound))]
    )
