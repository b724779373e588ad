"""Another GraphQL service, declared: the operation that leads to rows, and how keys go into it."""

from collections.abc import Iterator
from typing import Any

from connectors.errors import SourceMisbehaved
from connectors.graphql.asking import require_place
from connectors.graphql.columns import read_column
from connectors.graphql.driver import open_graphql
from connectors.graphql.settings import GraphQLOrigin, GraphQLSettings
from connectors.registry import Kind


def has_scan(origin: Any) -> bool:
    """Whether a resource declares the operation that reads it without keys."""
    return isinstance(origin, dict) and origin.get("scan") is not None


def misplaces(origin: GraphQLOrigin, column: str) -> str | None:
    """Why a column cannot be selected in the operation."""
    try:
        for request in origin.requests:
            read_column(column, origin.fields_of(request), request.operation)
    except ValueError as error:
        return f"'{column}' cannot be selected: {error}"
    return None


def misses(origin: GraphQLOrigin, parameter: str) -> str | None:
    """Why an argument cannot be given."""
    if parameter in origin.operation.variables:
        return None
    return f"the operation declares no variable ${parameter}"


def keyed(origin: GraphQLOrigin) -> Iterator[tuple[str, str]]:
    """Columns of keys that have a variable or a member of their own."""
    for setting, columns in (("variables", origin.variables), ("parts", origin.parts)):
        for column in columns:
            yield setting, column


def unplaced(origin: GraphQLOrigin, columns: tuple[str, ...]) -> str | None:
    """Why a key cannot be given."""
    try:
        require_place(origin, columns)
    except SourceMisbehaved as error:
        return error.detail
    return None


KIND = Kind(
    name="graphql",
    settings=GraphQLSettings,
    origin=GraphQLOrigin,
    open=open_graphql,
    can_scan=True,
    can_search=False,
    scans=has_scan,
    misplaces=misplaces,
    misses=misses,
    keyed=keyed,
    unplaced=unplaced,
    can_as_of=True,
)

__all__ = ["KIND"]
