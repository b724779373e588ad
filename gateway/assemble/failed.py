"""What stands in a failed field's place."""

from typing import Any

from graphql import GraphQLError

from gateway.assemble.states import written
from gateway.fetch.failures import Failure


class FieldError(GraphQLError):
    """A failed field, on its way through graphql-core."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message, extensions=error_extensions(failure))


def error_extensions(failure: Failure) -> dict[str, Any]:
    """What an error says besides its message."""
    optional = {"rule": failure.rule, "source": failure.source, "until": written(failure.until)}
    return {"code": failure.code} | {k: v for k, v in optional.items() if v is not None}
