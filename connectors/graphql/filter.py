"""Predicates -> the filter input of a service.

Only rows for which a predicate is *true* pass, so negations are pushed down to comparisons, where false
and unknown need not be told apart: every comparison is written as one that is true for the same rows,
whatever the service thinks of empty values. What is true of all rows, or of none, is never asked.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from connectors.columns import column_of
from connectors.graphql.settings import GraphQLFilter
from schema.catalogue.model import Resource
from schema.predicate import And, Compare, Located, Not, Operator, Or, Predicate

Written = Any
"""A filter input; `True` and `False` for what every row and no row passes."""
OPPOSITES: Mapping[Operator, Operator] = {"lt": "ge", "ge": "lt", "le": "gt", "gt": "le"}


class FilterWriter:
    """Writes predicates over one resource."""

    def __init__(self, declared: GraphQLFilter, resource: Resource) -> None:
        self._declared = declared
        self._resource = resource

    def write(self, predicate: Predicate, *, negated: bool = False) -> Written:
        """A predicate, or what is true where it is false."""
        match predicate:
            case And(parts) | Or(parts):
                written = [self.write(part, negated=negated) for part in parts]
                return self._all(written) if isinstance(predicate, And) is not negated else self._any(written)
            case Not(part):
                return self.write(part, negated=not negated)
            case Compare():
                return self._compare(predicate, negated)
            case Located():
                raise AssertionError("a bound predicate holds comparisons alone")

    def _compare(self, compare: Compare, negated: bool) -> Written:
        column, codec = column_of(self._resource, compare.item)
        operator, operand = compare.operator, compare.operand
        if operator == "isNull":
            return self._held(column, "isNull", operand is not negated)
        if operator in {"eq", "ne", "in"}:
            operands = operand if operator == "in" else (operand,)
            if not operands:
                return negated
            if (operator == "ne") is negated:
                return self._among(
                    column, [form for one in operands if one is not None for form in codec.encode(one)]
                )
            if None in operands:
                return False
            return self._beside(column, [form for one in operands for form in codec.encode(one)])
        if operand is None:
            return False
        (form,) = codec.encode(operand)
        if operator in OPPOSITES:
            return self._held(column, OPPOSITES[operator] if negated else operator, form)
        held = self._held(column, operator, form)
        if not negated:
            return held
        return self._all([{self._declared.negation: held}, self._held(column, "isNull", False)])

    def _among(self, column: str, forms: list[Any]) -> Written:
        if len(forms) > 1 and "in" in self._declared.operators:
            return self._held(column, "in", forms)
        return self._any(self._held(column, "eq", form) for form in forms)

    def _beside(self, column: str, forms: list[Any]) -> Written:
        if not forms:
            return self._held(column, "isNull", False)
        return self._all(self._held(column, "ne", form) for form in forms)

    def _held(self, column: str, operator: Operator, value: Any) -> Written:
        """One comparison: `{column: {operator: value}}`, or however its declaration has it."""
        member = self._declared.columns.get(column, column)
        path = self._declared.operators[operator]
        path = path.replace("{}", member) if "{}" in path else f"{member}.{path}"
        for name in reversed(path.split(".")):
            value = {name: value}
        return value

    def _all(self, written: Iterable[Written]) -> Written:
        parts = [one for one in written if one is not True]
        if False in parts:
            return False
        return parts[0] if len(parts) == 1 else {self._declared.every: parts} if parts else True

    def _any(self, written: Iterable[Written]) -> Written:
        parts = [one for one in written if one is not False]
        if True in parts:
            return True
        return parts[0] if len(parts) == 1 else {self._declared.some: parts} if parts else False
