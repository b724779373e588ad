"""What a request gives to all its fetches."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from connectors.errors import SourceError, SourceUnavailable
from connectors.protocol import Connector
from gateway.fetch.guards import KeyGuard
from gateway.plan.model import Fetch
from schema.policy.caller import Caller


class Environment(Struct, frozen=True):
    """What every fetch of a request needs of the world."""

    connector: Callable[[str], Connector | None]
    """By name of the source; `None` where it is not open."""
    caller: Caller
    deadline: float
    guards: Sequence[KeyGuard] = ()
    max_keys: int = 5_000
    """Distinct keys for one fetch: the second of the three bounds."""
    report: Callable[[Fetch, SourceError], None] = lambda fetch, error: None  # noqa: ARG005
    """Hears of every source error, for the log."""

    def open_connector(self, source: str) -> Connector:
        """The connector of a source. Raises `SourceUnavailable` where it is not open."""
        connector = self.connector(source)
        if connector is None:
            raise SourceUnavailable("the source is not open")
        return connector
