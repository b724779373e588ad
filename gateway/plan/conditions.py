"""What must hold of the rows of a place: its `where`, and the fetches that bring the areas it names."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from graphql import GraphQLError

from gateway.plan import model
from gateway.plan.arguments import Slots, as_operand
from gateway.plan.places import Places
from schema.catalogue.model import Attachment, Catalogue, Resource
from schema.geography import Relation
from schema.predicate import And, Compare, Located, Not, Or, Predicate, Slot


class MakeSpec(Protocol):
    """Gives the spec of a place on a node, without a condition of its own."""

    def __call__(
        self, node: model.Node, resource: Resource, attachment: Attachment, arguments: Mapping[str, Any]
    ) -> model.FetchSpec | None: ...


class Conditions:
    """Reads the conditions of one place; areas are those of the day that it is asked for."""

    def __init__(
        self,
        catalogue: Catalogue,
        slots: Slots,
        places: Places,
        make_spec: MakeSpec,
        as_of: Slot | None,
    ) -> None:
        self._as_of = as_of
        self._catalogue = catalogue
        self._slots = slots
        self._places = places
        self._make_spec = make_spec

    def read(
        self, resource: Resource, arguments: Mapping[str, Any]
    ) -> tuple[Predicate | None, tuple[model.AreaInput, ...]]:
        """Give the predicate of a place, and where its areas come from."""
        areas: dict[model.AreaInput, None] = {}

        def area_of(name: str, key: Any) -> Slot:
            area = self._area(name, key)
            areas[area] = None
            return area.slot

        reader = _WhereReader(resource, self._slots, area_of)
        return reader.read(arguments.get("where")), tuple(areas)

    def _area(self, name: str, key: Any) -> model.AreaInput:
        """The fetch of a boundary, by the default key of whose it is."""
        owners = (one for one in self._catalogue.resources.values() if one.boundary and one.name == name)
        resource = next(owners)
        assert resource.boundary is not None
        entity = self._catalogue.entities[resource.boundary.entity]
        node = self._places.node(
            entity, entity.default_key, model.RootKeys((self._slots.put(key),)), self._as_of
        )
        found = (
            self._make_spec(node, resource, attachment, {})
            for attachment in resource.attachments
            if attachment.entity == entity.name and attachment.via is None and not attachment.is_reverse
        )
        spec = next(one for one in found if one is not None)
        return model.AreaInput(self._slots.put(key, f"area of {name}"), spec.id, resource.boundary.item)


class _WhereReader:
    """Reads the `where` of one place (already coerced)."""

    def __init__(self, resource: Resource, slots: Slots, area_of: Callable[[str, Any], Slot]) -> None:
        self._resource = resource
        self._slots = slots
        self._area_of = area_of

    def read(self, where: Mapping[str, Any] | None) -> Predicate | None:
        """Give its fields joined by `and`. Raises `GraphQLError` for null: one reader takes it for what is
        left out, another for an empty value.
        """
        if where is None:
            return None
        self._slots.count_term()
        parts: list[Predicate] = []
        for name, value in where.items():
            if value is None:
                raise _null(self._resource, name)
            match name:
                case "and":
                    parts += [And(self._conditions(value))]
                case "or":
                    parts += [Or(self._conditions(value))]
                case "not":
                    parts += [Not(self._condition(value))]
                case "near" | "within" | "box" if self._resource.coordinates is not None:
                    parts += [self._located(name, value)]
                case _:
                    parts += self._comparisons(name, value)
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _conditions(self, wheres: list[Mapping[str, Any]]) -> tuple[Predicate, ...]:
        return tuple(self._condition(where) for where in wheres)

    def _condition(self, where: Mapping[str, Any]) -> Predicate:
        return self.read(where) or And(())

    def _comparisons(self, item: str, operators: Mapping[str, Any]) -> list[Predicate]:
        found: list[Predicate] = []
        for operator, operand in operators.items():
            if operand is None:
                raise _null(self._resource, f"{item}.{operator}")
            self._slots.count_term()
            slot = self._slots.put(as_operand(operand))
            found.append(Compare(item, operator, slot))  # type: ignore[arg-type] # the schema knows them
        return found

    def _located(self, relation: Relation, value: Mapping[str, Any]) -> Predicate:
        match relation:
            case "box":
                edges = (value["west"], value["south"], value["east"], value["north"])
                region = self._slots.put(edges)
            case "near":
                point = value["point"]
                region = self._slots.put((point["lon"], point["lat"], value["radiusMetres"]))
            case "within":
                ((name, given),) = value.items()
                region = self._slots.put(given) if name == "polygon" else self._area_of(name, given)
        place = self._resource.coordinates
        assert place is not None
        return Located(place.lon, place.lat, relation, region)


def _null(resource: Resource, name: str) -> GraphQLError:
    return GraphQLError(
        f"'where' of {resource.code} has null for '{name}'. Leave it out where nothing is asked;"
        " 'isNull' finds what is empty."
    )
