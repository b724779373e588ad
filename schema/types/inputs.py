"""Input types of the graph: keys, filters and orders, made once per name."""

from collections.abc import Mapping

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
)

from schema.catalogue.entity import Entity, Key
from schema.catalogue.item import Item
from schema.catalogue.model import Catalogue, CodeList, Resource
from schema.names import pascal
from schema.policy.visibility import Visibility
from schema.scalars import SCALARS
from schema.types.unchanged import Unchanged
from schema.values import sorts_as_decoded

ORDER_DIRECTION = GraphQLEnumType(
    "OrderDirection",
    {"ASC": "ASC", "DESC": "DESC"},
    description="排序方向，空值总在最后 — Sort direction; empty values come last either way",
)


KeyType = GraphQLScalarType | GraphQLEnumType | GraphQLInputObjectType


class InputTypes:
    """Makes input types on demand; the same name is always the same type."""

    def __init__(
        self,
        catalogue: Catalogue,
        visibility: Visibility,
        unchanged: Unchanged,
        before: "InputTypes | None" = None,
    ) -> None:
        """`before` made the types of an earlier catalogue of the same entities and code lists."""
        self._catalogue = catalogue
        self._visibility = visibility
        self._made: dict[str, GraphQLInputObjectType] = {}
        self._owners: dict[str, str] = {}
        """Names of types that belong to a resource, to its code."""
        self._filters: dict[tuple[str, frozenset[str]], GraphQLInputObjectType] = {}
        self._enums: Mapping[str, GraphQLEnumType]
        self._composite_names: Mapping[tuple[str, str], str]
        if before is None:
            self._enums = {one.name: _enum(one) for one in catalogue.code_lists.values() if one.is_enum}
            self._composite_names = _composite_names(catalogue)
        else:
            self._enums, self._composite_names = before._enums, before._composite_names
            self._filters = dict(before._filters)
            kept = unchanged.resources
            self._owners = {name: code for name, code in before._owners.items() if code in kept}
            lost = before._owners.keys() - self._owners.keys()
            self._made = {name: made for name, made in before._made.items() if name not in lost}

    def scalar(self, name: str) -> GraphQLScalarType | GraphQLEnumType:
        """The scalar or enumeration of a name."""
        return self._enums.get(name) or SCALARS[name]

    def key(self, entity: Entity, key: Key) -> KeyType:
        """What identifies an entity: a scalar, or an input object of the key's parts."""
        if not key.is_composite:
            return self.scalar(key.parts[0].type)
        name = self._composite_names[entity.name, key.name]
        return self._make(
            name,
            {part.name: GraphQLInputField(GraphQLNonNull(self.scalar(part.type))) for part in key.parts},
            description=f"{entity.title}: {key.name}",
        )

    def any_key(self, entity: Entity) -> GraphQLInputObjectType:
        """One of an entity's keys (`@oneOf`)."""
        fields = {key.name: GraphQLInputField(self.key(entity, key)) for key in entity.keys.values()}
        return self._make(f"{entity.name}Key", fields, is_one_of=True, description=entity.title)

    def where(self, resource: Resource) -> GraphQLInputObjectType | None:
        """Filter of a resource's rows; `None` where no item is matchable."""
        found = {item.name: item.operators for item in self._visible(resource)}
        return self._where(f"{resource.type_name}Where", resource, found, self._located(resource))

    def order(self, resource: Resource) -> GraphQLInputObjectType | None:
        """One term of an order (`@oneOf`); `None` where no item is sortable."""
        items = [item for item in self._visible(resource) if item.is_sortable and item.operators]
        return self._order(f"{resource.type_name}Order", resource, items)

    def search(self, resource: Resource) -> GraphQLInputObjectType | None:
        """Filter of a collection: only what a source may do exactly, since nothing is left for us."""
        items = self._visible(resource)
        found = {item.name: item.operators & item.codec.exact for item in items}
        negates = all("ne" in item.codec.exact for item in items if found[item.name])
        located = self._located(resource)
        if located and not all({"ge", "le"} <= found[name] for name in _axes(resource)):
            located = {}  # a page that its source cannot narrow down to a box would read everything
        return self._where(f"{resource.type_name}Search", resource, found, located, negates=negates)

    def search_order(self, resource: Resource) -> GraphQLInputObjectType | None:
        """One term of a collection's order: items that sort as they are stored."""
        items = [
            item
            for item in self._visible(resource)
            if item.is_sortable and item.operators and sorts_as_decoded(item.codec)
        ]
        return self._order(f"{resource.type_name}SearchOrder", resource, items)

    def _where(
        self,
        name: str,
        resource: Resource,
        operators: Mapping[str, frozenset[str]],
        located: Mapping[str, GraphQLInputField],
        *,
        negates: bool = True,
    ) -> GraphQLInputObjectType | None:
        fields = {
            item: GraphQLInputField(self._filter(resource.items[item], allowed))
            for item, allowed in operators.items()
            if allowed
        }
        fields |= located
        if not fields:
            return None
        if name not in self._made:
            made = GraphQLInputObjectType(name, lambda: fields | _connectives(made, negates=negates))
            self._made[name] = made
            self._owners[name] = resource.code
        return self._made[name]

    def _located(self, resource: Resource) -> dict[str, GraphQLInputField]:
        """Conditions on where a row stands; none where it is not said or may not be seen."""
        seen = {item.name for item in self._visible(resource)}
        if not _axes(resource) or not seen.issuperset(_axes(resource)):
            return {}
        return {
            "near": GraphQLInputField(self._near(), description="附近（测地线距离） — Not farther than"),
            "within": GraphQLInputField(
                self._within(), description="区域内，含边界 — In an area or on its edge"
            ),
            "box": GraphQLInputField(self._box(), description="矩形范围，含边界 — In a box or on its edge"),
        }

    def _near(self) -> GraphQLInputObjectType:
        point = {"lon": self._required("Longitude"), "lat": self._required("Latitude")}
        made = self._make("PointInput", point, description="点（CGCS2000） — A point, CGCS2000")
        fields = {"point": GraphQLInputField(GraphQLNonNull(made)), "radiusMetres": self._required("Metres")}
        return self._make("NearInput", fields, description="以点为中心的圆 — A circle around a point")

    def _within(self) -> GraphQLInputObjectType:
        fields = {"polygon": GraphQLInputField(SCALARS["GeoJSON"])}
        for resource in self._catalogue.resources.values():
            boundary = resource.boundary
            if boundary is not None and self._visibility.item(resource, resource.items[boundary.item]):
                key = self._catalogue.entities[boundary.entity].default_key
                fields[resource.name] = GraphQLInputField(
                    self.scalar(key.parts[0].type), description=resource.title
                )
        described = "区域：面，或其界线在册者的代码 — An area: a polygon, or the code of what has a boundary"
        return self._make("WithinInput", fields, is_one_of=True, description=described)

    def _box(self) -> GraphQLInputObjectType:
        edges = {"west": "Longitude", "south": "Latitude", "east": "Longitude", "north": "Latitude"}
        fields = {name: self._required(type_) for name, type_ in edges.items()}
        described = "矩形范围；西大于东则跨越180度经线 — A box; west beyond east crosses the antimeridian"
        return self._make("BoxInput", fields, description=described)

    def _required(self, scalar: str) -> GraphQLInputField:
        return GraphQLInputField(GraphQLNonNull(SCALARS[scalar]))

    def _order(self, name: str, resource: Resource, items: list[Item]) -> GraphQLInputObjectType | None:
        fields = {item.name: GraphQLInputField(ORDER_DIRECTION) for item in items}
        if not fields:
            return None
        self._owners[name] = resource.code
        return self._make(name, fields, is_one_of=True)

    def _visible(self, resource: Resource) -> list[Item]:
        return [item for item in resource.items.values() if self._visibility.item(resource, item)]

    def _filter(self, item: Item, operators: frozenset[str]) -> GraphQLInputObjectType:
        made = self._filters.get((item.type, operators))
        if made is None:
            made = self._filters[item.type, operators] = self._make_filter(item, operators)
        return made

    def _make_filter(self, item: Item, operators: frozenset[str]) -> GraphQLInputObjectType:
        value = self.scalar(item.type)
        name = pascal(item.type) + "".join(pascal(operator) for operator in sorted(operators))
        fields: dict[str, GraphQLInputField] = {}
        for operator in sorted(operators):
            type_: GraphQLInputType = value
            if operator == "in":
                type_ = GraphQLList(GraphQLNonNull(value))
            elif operator == "isNull":
                type_ = GraphQLBoolean
            fields[operator] = GraphQLInputField(type_)
        return self._make(f"{name}Filter", fields)

    def _make(
        self,
        name: str,
        fields: Mapping[str, GraphQLInputField],
        *,
        is_one_of: bool = False,
        description: str | None = None,
    ) -> GraphQLInputObjectType:
        made = self._made.get(name)
        if made is None:
            made = GraphQLInputObjectType(name, dict(fields), description=description, is_one_of=is_one_of)
            self._made[name] = made
        return made


def _axes(resource: Resource) -> tuple[str, ...]:
    place = resource.coordinates
    return () if place is None else (place.lon, place.lat)


def _connectives(where: GraphQLInputObjectType, *, negates: bool) -> dict[str, GraphQLInputField]:
    many = GraphQLInputField(GraphQLList(GraphQLNonNull(where)))
    return {"and": many, "or": many} | ({"not": GraphQLInputField(where)} if negates else {})


def _enum(codes: CodeList) -> GraphQLEnumType:
    labels = "; ".join(f"{code}: {label}" for code, label in codes.labels.items())
    values = {code: code for code in codes.labels}
    return GraphQLEnumType(codes.name, values, description=f"{codes.title} ({labels})")


def _composite_names(catalogue: Catalogue) -> dict[tuple[str, str], str]:
    """`PlateInput`, or `VehiclePlateInput` where two entities have a composite key of that name."""
    owners: dict[str, list[str]] = {}
    for entity in catalogue.entities.values():
        for key in entity.keys.values():
            if key.is_composite:
                owners.setdefault(key.name, []).append(entity.name)
    return {
        (entity, key): f"{pascal(key)}Input" if len(names) == 1 else f"{entity}{pascal(key)}Input"
        for key, names in owners.items()
        for entity in names
    }
