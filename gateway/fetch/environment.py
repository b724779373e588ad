"""What a request gives to all its fetches."""

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from connectors.errors import SourceError, SourceUnavailable
from connectors.protocol import Connector
from connectors.requests import Key
from gateway.fetch.failures import Failure
from gateway.fetch.guards import NOTHING_KNOWN, KeyGuard, Known
from gateway.plan.model import Fetch, Node
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

    def withheld(
        self, fetch: Fetch, node: Node, keys: Iterable[Key], known: Known = NOTHING_KNOWN
    ) -> dict[Key, Failure]:
        """What all guards that concern a fetch and the caller leave out of its keys. Of several that leave
        out the same key, the last says why."""
        withheld: dict[Key, Failure] = {}
        for guard in self.guards:
            if guard.name is not None and guard.name not in fetch.guards:
                continue
            if guard.audience is None or guard.audience == self.caller.audience:
                withheld |= guard.withheld(fetch, node, keys, self.caller, known)
        return withheld
