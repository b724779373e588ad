"""What one view says about its schema. Everything is made once, in a thread, and kept."""

from datetime import date
from typing import Any, Literal

from graphql import (
    GraphQLSchema,
    OperationDefinitionNode,
    get_introspection_query,
    parse,
    print_schema,
)

from gateway.compose import Skeletons, compose
from gateway.document.document import Asked
from gateway.errors import BadInput, LimitExceeded
from gateway.publish.introspection import Sizes, cost_of, introspect, key_of
from gateway.publish.published import Published, Shelf
from gateway.publish.slices import Slice, cut
from schema.catalogue.model import Catalogue
from schema.policy.caller import Audience, Caller
from schema.policy.decide import rights_of
from schema.policy.model import Policy
from schema.policy.visibility import Visibility
from schema.types.dissolve import dissolve

Form = Literal["graphql", "json"]
"""SDL, or the answer to the usual introspection query."""
FULL_COST = 40
"""Fields of the answer for each thing of the schema; the usual queries of tools ask for about ten."""
MIN_COST = 20_000


class Publisher:
    """Publishes one audience's schema."""

    def __init__(
        self,
        audience: Audience,
        catalogue: Catalogue,
        visibility: Visibility,
        schema: GraphQLSchema,
        skeletons: Skeletons | None,
    ) -> None:
        self._audience: Audience = audience
        self._catalogue = catalogue
        self._visibility = visibility
        self._schema = schema
        self._skeletons = skeletons
        self._sizes = Sizes.of(schema)
        self.shelf = Shelf()

    def again(self) -> "Publisher":
        """The same publisher with an empty shelf."""
        return Publisher(self._audience, self._catalogue, self._visibility, self._schema, self._skeletons)

    async def introspection(self, asked: Asked, max_nodes: int, deadline: float) -> bytes | None:
        """The answer to an operation that asks for the schema alone; `None` if it asks for data, too.

        Raises `LimitExceeded` for what would give more than the schema, or much of it beside data, and
        `SchemaUnavailable`.
        """
        document, operation = asked.document.node, asked.operation.node
        part = asked.operation.asks_schema
        cost = cost_of(operation, document, self._sizes)
        full = FULL_COST * self._sizes.things + MIN_COST
        if part == "beside" and cost > max_nodes:
            raise LimitExceeded("So much of the schema is not given beside data: ask for it alone.")
        if cost > full:
            raise LimitExceeded("The introspection asks for the schema many times over.")
        if part == "beside":
            return None
        key = ("introspection", key_of(operation, document, asked.variables))
        found = await self.shelf.get(
            key, lambda: introspect(self._schema, document, operation, asked.raw_variables), deadline
        )
        return found.body

    async def slice(
        self, form: Form, wanted: Slice, policy: Policy, caller: Caller, today: date, deadline: float
    ) -> Published:
        """A slice in one of its forms, packed as well. Raises `BadInput` for a department or a theme of which
        the audience sees nothing, and `SchemaUnavailable`."""
        if not wanted.departments <= self._departments():
            raise BadInput("There is no such department.")
        themes = (self._catalogue.themes.get(name) for name in wanted.themes)
        if not all(theme is not None and self._visibility.codes(theme) for theme in themes):
            raise BadInput("There is no such theme.")
        key: tuple[Any, ...] = (form, wanted)
        if wanted.rights != "any":
            key = (*key, rights_of(caller), today)
        return await self.shelf.get(
            key, lambda: self._write(form, wanted, policy, caller, today), deadline, is_packed=True
        )

    def _departments(self) -> set[str]:
        return {
            one.department for one in self._catalogue.resources.values() if self._visibility.resource(one)
        }

    def _write(self, form: Form, wanted: Slice, policy: Policy, caller: Caller, today: date) -> bytes:
        schema = self._schema
        if not wanted.is_whole:
            part = cut(self._visibility, wanted, self._catalogue, policy, caller, today)
            _, schema = compose(self._audience, self._catalogue, part, self._skeletons)
        text = print_schema(schema).encode() + b"\n" if form == "graphql" else _usual(schema)
        dissolve(schema, self._schema)
        return text


def _usual(schema: GraphQLSchema) -> bytes:
    document = parse(get_introspection_query(input_value_deprecation=True, specified_by_url=True))
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return introspect(schema, document, operation, {})
