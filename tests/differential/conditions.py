"""The `where` of a document, as the oracle reads it."""

from typing import Any

from schema.catalogue.model import Resource
from schema.predicate import And, Compare, Not, Or, Predicate


class Conditions:
    """One `where`: a predicate, in which a condition on where rows stand is a truth of its own name."""

    def __init__(self, resource: Resource, where: dict[str, Any] | None) -> None:
        self.resource = resource
        self.standing: dict[str, tuple[str, Any]] = {}
        """By name: relation, and what to."""
        self.predicate = self._read(where)

    @property
    def names(self) -> set[str]:
        """The items that are compared."""
        names = set(names_in(self.predicate))
        place = self.resource.coordinates
        return names - self.standing.keys() | ({place.lon, place.lat} if self.standing and place else set())

    def areas(self) -> list[tuple[str, Any]]:
        """Resources with areas, and the keys that are given of them."""
        return [
            named
            for relation, value in self.standing.values()
            if relation == "within"
            for named in value.items()
            if named[0] != "polygon"
        ]

    def _read(self, where: dict[str, Any] | None) -> Predicate | None:
        if where is None:
            return None
        parts: list[Predicate] = []
        for name, value in where.items():
            if value is None:
                continue
            if name == "not":
                parts.append(Not(self._read(value) or And(())))
            elif name in {"and", "or"}:
                inner = tuple(self._read(one) or And(()) for one in value)
                parts.append(And(inner) if name == "and" else Or(inner))
            elif name in {"near", "within", "box"} and self.resource.coordinates:
                known = f"standing {len(self.standing)}"
                self.standing[known] = (name, value)
                parts.append(Compare(known, "eq", operand=True))
            else:
                parts += [
                    Compare(name, operator, tuple(operand) if operator == "in" else operand)
                    for operator, operand in value.items()
                    if operand is not None
                ]
        return And(tuple(parts))


def names_in(predicate: Predicate | None) -> list[str]:
    match predicate:
        case Compare(item=item):
            return [item]
        case And(parts) | Or(parts):
            return [name for part in parts for name in names_in(part)]
        case Not(part):
            return names_in(part)
    return []
