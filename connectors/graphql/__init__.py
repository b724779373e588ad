"""Another GraphQL service, declared: the operation that leads to rows, and how keys go into it."""

from typing import Any

from connectors.graphql.driver import open_graphql
from connectors.graphql.settings import GraphQLOrigin, GraphQLSettings
from connectors.registry import Kind


def has_scan(origin: Any) -> bool:
    """Whether a resource declares the operation that reads it without keys."""
    return isinstance(origin, dict) and origin.get("scan") is not None


KIND = Kind(
    name="graphql",
    settings=GraphQLSettings,
    origin=GraphQLOrigin,
    open=open_graphql,
    can_scan=True,
    can_search=False,
    scans=has_scan,
    can_as_of=True,
)

__all__ = ["KIND"]
