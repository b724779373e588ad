"""Key guards: between the discovery of keys and the load. From our own store, so without a hop.

Which of them a fetch and its caller concern is asked in one place, `Environment.withheld`.
"""

from collections.abc import Container, Iterable, Mapping
from types import MappingProxyType
from typing import Protocol

from connectors.requests import Key
from gateway.fetch.failures import Failure, manual_check
from gateway.plan.model import Fetch, Node
from schema.policy.caller import Audience, Caller

Known = Mapping[Key, tuple[Key, ...]]
"""All keys of an entity by one of them, where it has several."""
NOTHING_KNOWN: Known = MappingProxyType({})


class KeyGuard(Protocol):
    """Says for which keys of a fetch nothing may be loaded, and what the answer says instead."""

    @property
    def name(self) -> str | None:
        """Its name, if it concerns only fetches that name it among their guards."""
        ...

    @property
    def audience(self) -> Audience | None:
        """The audience, if it concerns only callers of one."""
        ...

    def withheld(
        self,
        fetch: Fetch,
        node: Node,
        keys: Iterable[Key],
        caller: Caller,
        known: Known = NOTHING_KNOWN,
    ) -> dict[Key, Failure]:
        """Keys to leave out, each with its failure; `known` are all keys of the same identities. Only asked
        of a fetch and a caller that it concerns."""
        ...


class Protected(Protocol):
    """The store's answer: who is protected now, by pseudonym. Empty and false where nobody is."""

    def __call__(self) -> Container[str]: ...


class SubjectName(Protocol):
    """Gives a subject's pseudonym."""

    def __call__(self, entity: str, key: Key) -> str: ...


class ProtectionGuard:
    """Protected subjects: what a resource with the guard `protection` holds of them is withheld."""

    name = "protection"
    audience = None

    def __init__(self, protected: Protected, subject: SubjectName) -> None:
        self._protected = protected
        self._subject = subject

    def withheld(
        self,
        fetch: Fetch,
        node: Node,
        keys: Iterable[Key],
        caller: Caller,  # noqa: ARG002 - nobody is exempt
        known: Known = NOTHING_KNOWN,
    ) -> dict[Key, Failure]:
        """Withhold protected keys, in words that also stand for duplicates and alias conflicts."""
        protected = self._protected()
        if not protected:
            return {}
        name = node.entity.name
        found = [
            key
            for key in keys
            if any(self._subject(name, one) in protected for one in known.get(key, (key,)))
        ]
        return dict.fromkeys(found, manual_check(fetch.spec.resource)) if found else {}


class SubjectGuard:
    """`self` callers see what everyone may, and else what hangs on the subjects they are registered for."""

    name = None
    audience: Audience = "self"

    def __init__(self, subjects_of: "SubjectsOf") -> None:
        self._subjects_of = subjects_of

    def withheld(
        self,
        fetch: Fetch,
        node: Node,
        keys: Iterable[Key],
        caller: Caller,
        known: Known = NOTHING_KNOWN,
    ) -> dict[Key, Failure]:
        """Withhold every key that is not the caller's own."""
        if fetch.is_everyones:
            return {}
        own = self._subjects_of(caller.application)
        failure = Failure(
            "DENIED", "Only your own records.", rule="NOT_SELF", source=fetch.spec.resource.code
        )
        name = node.entity.name
        return {key: failure for key in keys if not any((name, one) in own for one in known.get(key, (key,)))}


class SubjectsOf(Protocol):
    """The subjects that an application is registered for."""

    def __call__(self, application: str) -> frozenset[tuple[str, Key]]: ...
