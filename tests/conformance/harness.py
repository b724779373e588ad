"""What the suite needs of a connector: a place for rows, and a connector over them."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from connectors.protocol import Connector
from schema.catalogue.model import Resource


class Harness(Protocol):
    """One connector, on trial."""

    takes_composite: bool
    """Whether keys of several parts can be asked."""
    asks_each: bool
    """Whether every key, form and alternative is a request of its own."""
    keeps_empty_text: bool
    """Whether empty text is stored as something else than an empty field."""

    @property
    def sent(self) -> list[str] | None:
        """Every statement or request as text; `None` where nothing leaves the process."""
        ...

    async def make(self, resource: Resource, raw_rows: Sequence[Mapping[str, Any]]) -> Connector:
        """Store rows, and give a connector to them."""
        ...

    async def make_dead(self) -> Connector | None:
        """Give a connector to a server that is not there; `None` where that cannot be."""
        ...

    async def aclose(self) -> None:
        """Close what was opened."""
        ...
