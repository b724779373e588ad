"""What a `kind: graphql` source and its resources declare."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, Self

from graphql.language import NonNullTypeNode, VariableDefinitionNode
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from connectors.graphql.codes import Outcome
from connectors.graphql.columns import is_name, read_column
from connectors.graphql.operation import Operation, read_operation
from connectors.http.settings import HttpSettings, NoParameters, Url
from schema.catalogue.model import Resource
from schema.predicate import Operator


class GraphQLSettings(HttpSettings):
    """Settings of one service."""

    endpoint: Annotated[Url, NoParameters] = Field(description="Where operations are posted.")
    probe: str = Field(default="{ __typename }", description="Operation posted for a sign of life.")
    max_keys: int = Field(default=100, ge=1, description="Keys in one request.")
    codes: dict[str, Outcome] = Field(
        default={}, description="What further `extensions.code`s mean; they replace what is known."
    )


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GraphQLPages(_Model):
    """How a list goes on."""

    variable: str = Field(description="Takes the cursor or the offset.")
    kind: Literal["relay", "cursor", "offset"] = Field(
        default="relay", description="`relay`: by `pageInfo` of the connection that holds the rows."
    )
    next: str | None = Field(
        default=None, description="`cursor`: path of the next cursor from the root; null after the last."
    )
    total: str | None = Field(default=None, description="`offset`: path of the count of all rows.")
    size: int | None = Field(default=None, ge=1, description="Rows of a full page.")
    size_variable: str | None = Field(default=None, description="Takes `size`.")
    max_pages: int = Field(default=100, ge=1, description="Of one load; more are an error.")

    @model_validator(mode="after")
    def _says_how(self) -> Self:
        if (self.kind == "cursor") != (self.next is not None):
            raise ValueError("'next' is the path of the next cursor: pages of 'kind: cursor' need it")
        if self.kind == "offset" and self.total is None and self.size is None:
            raise ValueError("pages by offset end by their 'total' or by a page that is not of full 'size'")
        if self.size_variable is not None and self.size is None:
            raise ValueError("'size_variable' needs a 'size'")
        return self


class GraphQLFilter(_Model):
    """How the service filters: exactly, or it is not declared. Every column can be filtered by."""

    variable: str = Field(description="Takes the filter input.")
    operators: dict[Operator, str] = Field(
        description='Ours to theirs, as `{column: {theirs: value}}`; `{}` is the column: `"{}_gte"`.'
    )
    columns: dict[str, str] = Field(
        default={}, description="Column to member of the filter input, where that is not its name."
    )
    every: str = Field(default="and", description="Takes conditions that all hold.")
    some: str = Field(default="or", description="Takes conditions of which one holds.")
    negation: str = Field(default="not", description="Takes a condition that is not true.")

    @model_validator(mode="after")
    def _has_the_opposite_of_each(self) -> Self:
        """A negation becomes the opposite comparison, which leaves empty values out as ours does."""
        known = set(self.operators)
        pairs = [("eq", "ne"), ("lt", "ge"), ("le", "gt")]
        missing = [f"{one} and {other}" for one, other in pairs if len(known & {one, other}) == 1]
        if missing or "isNull" not in known or ("in" in known and "eq" not in known):
            told = f": declare both {missing[0]}" if missing else ": declare isNull, and eq with in"
            raise ValueError(f"what can be asked can be asked the other way round{told}")
        return self

    def promised(self, columns: Iterable[str], fields: Mapping[str, str]) -> frozenset[str]:
        """The operators of ours that it does, if every column has a member: a declared one, or its name."""
        if not all(name in self.columns or (name not in fields and is_name(name)) for name in columns):
            return frozenset()
        return frozenset(self.operators) | ({"in"} if "eq" in self.operators else set())


class GraphQLRequest(_Model):
    """One operation, and what it takes."""

    query: str = Field(
        description="An operation of one path that ends in `{ __typename }`: there columns are selected."
    )
    as_of: str | None = Field(
        default=None, description="Variable that takes the day, of resources with `validity: at_source`."
    )
    pages: GraphQLPages | None = Field(default=None, description="How the list of rows goes on.")
    filter: GraphQLFilter | None = Field(default=None, description="How rows are filtered at the source.")

    @field_validator("query")
    @classmethod
    def _can_be_read(cls, text: str) -> str:
        read_operation(text)
        return text

    @model_validator(mode="after")
    def _knows_its_variables(self) -> Self:
        pages = self.pages
        named = [self.as_of, self.filter.variable if self.filter is not None else None]
        named += [pages.variable, pages.size_variable] if pages is not None else []
        self._check_declared([name for name in named if name is not None])
        route = self.operation.route
        if pages is not None and pages.kind == "relay" and not {"edges", "nodes"} & set(route[1:]):
            raise ValueError("pages of a Relay connection: the path leads through its 'edges' or 'nodes'")
        return self

    @property
    def operation(self) -> Operation:
        """The operation, read."""
        return read_operation(self.query)

    def _check_declared(self, names: list[str]) -> None:
        for name in names:
            if name not in self.operation.variables:
                raise ValueError(f"the operation declares no variable ${name}")


class GraphQLScan(GraphQLRequest):
    """How a resource is read without keys."""

    fields: dict[str, str] | None = Field(
        default=None, description="Of `scan`, where its rows stand elsewhere; default: those of `from`."
    )


class GraphQLOrigin(GraphQLRequest):
    """`from:` of a resource: how it is asked by key."""

    keys: Literal["list", "aliases", "representations"] = Field(
        default="list",
        description="One list of keys; one alias for each key; or Apollo Federation's `_entities`.",
    )
    variable: str | None = Field(
        default=None, description="Takes the keys; of aliases, the key. Default: `keys`, of aliases `key`."
    )
    variables: dict[str, str] = Field(
        default={}, description="Key column to variable, for parts of aliases and several attachments."
    )
    parts: dict[str, str] = Field(
        default={}, description="Key column to member, where a key is an input object or a representation."
    )
    typename: str | None = Field(default=None, description="`representations`: the `__typename` of a key.")
    positional: bool = Field(
        default=False, description="`list`: the answer has one entry for each key, in the order of keys."
    )
    keyless: bool = Field(
        default=False, description="Rows do not hold their key; alias or position says whose they are."
    )
    fields: dict[str, str] = Field(
        default={}, description="Column to its path, where that is not its name; see below."
    )
    filled: str | None = Field(
        default=None, description="Path in a row that is null where there is no record, only its object."
    )
    scan: GraphQLScan | None = Field(default=None, description="The operation that reads without keys.")

    @property
    def requests(self) -> list[GraphQLRequest]:
        """By key, and without where it says how."""
        return [self] if self.scan is None else [self, self.scan]

    def fields_of(self, request: GraphQLRequest) -> dict[str, str]:
        """The paths of columns in a request of this resource."""
        own = request.fields if isinstance(request, GraphQLScan) else None
        return self.fields if own is None else own

    @property
    def key_variables(self) -> frozenset[str]:
        """All variables that take keys."""
        named = frozenset(self.variables.values())
        is_used = not named or self.key_variable in self.operation.variables
        return named | {self.key_variable} if is_used else named

    def operators(self, resource: Resource) -> frozenset[str]:
        """What the service filters by, of every column of a resource, by key and without."""
        columns = {item.column for item in resource.items.values() if item.column is not None}
        columns |= set(resource.columns)
        promised = [
            frozenset[str]() if one.filter is None else one.filter.promised(columns, self.fields_of(one))
            for one in self.requests
        ]
        return promised[0].intersection(*promised)

    @property
    def key_variable(self) -> str:
        """What takes keys whose columns have no variables of their own."""
        return self.variable or ("key" if self.keys == "aliases" else "keys")

    @property
    def is_positional(self) -> bool:
        """Whether the place of an entry in the answer says whose it is."""
        return self.positional or self.keys == "representations"

    @model_validator(mode="after")
    def _takes_keys(self) -> Self:
        self._check_declared(sorted(self.key_variables))
        if (self.keys == "representations") != (self.typename is not None):
            raise ValueError("'typename' is of 'keys: representations', which need it")
        if self.positional and self.keys != "list":
            raise ValueError("'positional' is said of lists; representations always are, aliases never")
        if self.keyless and self.keys == "list" and not self.positional:
            raise ValueError("'keyless' rows need an alias or a position that says whose they are")
        required = [name for name in self.key_variables if _is_required(self.operation.variables[name])]
        if self.keys != "aliases" and required and len(self.key_variables) > 1:
            raise ValueError("of several variables for keys one is given at a time: none may be required")
        if self.pages is not None and self.is_positional:
            raise ValueError("an answer by position has no pages: of a list that goes on one says 'aliases'")
        return self

    @model_validator(mode="after")
    def _reads_its_fields(self) -> Self:
        for request in self.requests:
            fields = self.fields_of(request)
            for name in (*fields, *filter(None, [self.filled])):
                read_column(name, fields, request.operation)
        return self


def _is_required(variable: VariableDefinitionNode) -> bool:
    return isinstance(variable.type, NonNullTypeNode) and variable.default_value is None
