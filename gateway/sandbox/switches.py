"""The header `Jutong-Sandbox`: which resources are down, denied, stale … for this request alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final, get_args

from connectors.requests import Key
from connectors.sandbox.connector import Switch
from gateway.errors import BadInput
from gateway.fetch.failures import Failure
from gateway.fetch.guards import NOTHING_KNOWN, Known
from gateway.plan.model import Fetch, Node
from schema.catalogue.model import Catalogue, Resource
from schema.policy.caller import Caller
from schema.policy.visibility import visible_to

HEADER: Final = "jutong-sandbox"
WITHHELD: Final[Mapping[str, str]] = {
    "denied": "DENIED",
    "consent": "CONSENT_REQUIRED",
    "manual": "MANUAL_CHECK",
}
"""Switches that no source decides, with the state they give."""
STATES: Final = (*get_args(Switch), *WITHHELD)


@dataclass(frozen=True, slots=True)
class Switches:
    """What one request switched on, by code of the resource."""

    sources: Mapping[str, Switch] = field(default_factory=dict)
    withheld: Mapping[str, str] = field(default_factory=dict)
    """The state it gets."""


def read_switches(text: str | None, catalogue: Catalogue, caller: Caller) -> Switches:
    """Read `department.resource=state, …`; `department.*` and `*` mean each resource there.

    Raises `BadInput`, which says which entry is wrong and does not quote it. To the open graph what
    is closed does not exist.
    """
    if text is None:
        return Switches()
    visible = visible_to(caller.audience, catalogue)
    known = [resource for resource in catalogue.resources.values() if visible.resource(resource)]
    sources: dict[str, Switch] = {}
    withheld: dict[str, str] = {}
    for position, entry in enumerate(text.split(","), 1):
        pattern, _, state = (part.strip() for part in entry.partition("="))
        codes = [resource.code for resource in known if _matches(pattern, resource)]
        if not codes:
            raise _wrong(
                position,
                "there is no such resource; write department.resource=state, "
                "as `source` in `_states` and `catalogue` name it",
            )
        if state not in STATES:
            raise _wrong(position, f"no such state; there are {', '.join(STATES)}")
        if any(code in sources or code in withheld for code in codes):
            raise _wrong(position, "the resource has a state already")
        for code in codes:
            if state in WITHHELD:
                withheld[code] = WITHHELD[state]
            else:
                sources[code] = state  # type: ignore[assignment] # one of `Switch`
    return Switches(sources, withheld)


def _matches(pattern: str, resource: Resource) -> bool:
    return pattern in {resource.code, f"{resource.department}.*", "*"}


def _wrong(position: int, reason: str) -> BadInput:
    return BadInput(f"Header 'Jutong-Sandbox', entry {position}: {reason}.")


@dataclass(frozen=True, slots=True)
class SwitchGuard:
    """Withholds what a request wants withheld from itself."""

    name: ClassVar[None] = None
    audience: ClassVar[None] = None

    withheld_resources: Mapping[str, str]

    def withheld(
        self,
        fetch: Fetch,
        node: Node,  # noqa: ARG002 - whoever it is
        keys: Iterable[Key],
        caller: Caller,  # noqa: ARG002 - whoever asks
        known: Known = NOTHING_KNOWN,  # noqa: ARG002 - under whatever key
    ) -> dict[Key, Failure]:
        """Withhold every key of a switched resource."""
        resource = fetch.spec.resource
        state = self.withheld_resources.get(resource.code)
        if state is None:
            return {}
        message = f"{resource.title}: switched on by this request."
        failure = Failure(state, message, rule="SANDBOX", source=resource.code)
        return dict.fromkeys(keys, failure)
