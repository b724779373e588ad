"""What stands in a failed field's place."""

from datetime import datetime
from typing import Any

from graphql import GraphQLError

from gateway.assemble.states import written
from gateway.fetch.failures import Failure


class FieldError(GraphQLError):
    """A failed field, on its way through graphql-core."""

    def __init__(self, failure: Failure) -> None:
        extensions = error_extensions(failure.code, failure.rule, failure.source, failure.until)
        super().__init__(failure.message, extensions=extensions)


def error_extensions(
    code: str, rule: str | None, source: str | None, until: datetime | None
) -> dict[str, Any]:
    """What an error says besides its message."""
    optional = {"rule": rule, "source": source, "until": written(until)}
    return {"code": code} | {name: value for name, value in optional.items() if value is not None}
