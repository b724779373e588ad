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

from schema.catalogue.model import Catalogue, CodeList, Entity, Item, Key, Resource
from schema.scalars import SCALARS
from schema.types.names import pascal
from schema.types.visibility import Visibility

ORDER_DIRECTION = GraphQLEnumType(
    "OrderDirection",
    {"ASC": "ASC", "DESC": "DESC"},
    description="排序方向，空值总在最后 — Sort direction; empty values come last either way",
)


KeyType = GraphQLScalarType | GraphQLEnumType | GraphQLInputObjectType


class InputTypes:
    """Makes input types on demand; the same name is always the same type."""

    def __init__(self, catalogue: Catalogue, visibility: Visibility) -> None:
        self._catalogue = catalogue
        self._visibility = visibility
        self._made: dict[str, GraphQLInputObjectType] = {}
        self._enums = {codes.name: _enum(codes) for codes in catalogue.code_lists.values() if codes.is_enum}
        self._composite_names = _composite_names(catalogue)

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
        items = [item for item in self._visible(resource) if item.operators]
        if not items:
            return None
        name = f"{resource.type_name}Where"
        made = self._made.get(name)
        if made is None:
            fields = {item.name: GraphQLInputField(self._filter(item)) for item in items}
            made = GraphQLInputObjectType(name, lambda: fields | _connectives(self._made[name]))
            self._made[name] = made
        return made

    def order(self, resource: Resource) -> GraphQLInputObjectType | None:
        """One term of an order (`@oneOf`); `None` where no item is sortable."""
        items = [item for item in self._visible(resource) if item.is_sortable and item.operators]
        if not items:
            return None
        fields = {item.name: GraphQLInputField(ORDER_DIRECTION) for item in items}
        return self._make(f"{resource.type_name}Order", fields, is_one_of=True)

    def _visible(self, resource: Resource) -> list[Item]:
        return [item for item in resource.items.values() if self._visibility.item(resource, item)]

    def _filter(self, item: Item) -> GraphQLInputObjectType:
        value = self.scalar(item.type)
        name = pascal(item.type) + "".join(pascal(operator) for operator in sorted(item.operators))
        fields: dict[str, GraphQLInputField] = {}
        for operator in sorted(item.operators):
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


def _connectives(where: GraphQLInputObjectType) -> dict[str, GraphQLInputField]:
    many = GraphQLList(GraphQLNonNull(where))
    return {
        "and": GraphQLInputField(many),
        "or": GraphQLInputField(many),
        "not": GraphQLInputField(where),
    }


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
