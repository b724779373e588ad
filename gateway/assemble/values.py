"""The value of one item in one row: decoded, derived, labelled or masked."""

from collections.abc import Callable
from typing import Any

from connectors.results import Row
from gateway.fetch.failures import Failure, invalid_value
from gateway.plan.model import Leaf, Operands
from schema.catalogue.model import Catalogue, Derivation
from schema.policy.masks import MASKS
from schema.values import Invalid

Value = Any
ReadLeaf = Callable[[Row], Value]
"""Gives a value, `None` where empty, or a `Failure`."""


def read_leaf(leaf: Leaf, items: tuple[str, ...], operands: Operands, catalogue: Catalogue) -> ReadLeaf:
    """Make the reader of a leaf over rows of the given items."""
    item = leaf.item
    column = item.derivation.item if item.derivation else item.name
    position = items.index(column)
    failure = invalid_value(item.title, leaf.resource.code)
    convert = _converter(leaf, operands, catalogue)

    def read(row: Row) -> Value:
        value = row[position]
        if isinstance(value, Invalid):
            return failure
        try:
            return convert(value)
        except (KeyError, TypeError, ValueError, ArithmeticError):
            return failure

    return read


def _converter(leaf: Leaf, operands: Operands, catalogue: Catalogue) -> Callable[[Any], Any]:
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
    return lambda value: value


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


def is_failure(value: Value) -> bool:
    """Whether a leaf failed."""
    return isinstance(value, Failure)
