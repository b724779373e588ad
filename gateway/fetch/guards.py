"""Key guards: between the discovery of keys and the load. From our own store, so without a hop."""

from collections.abc import Container, Iterable
from typing import Protocol

from connectors.requests import Key
from gateway.fetch.failures import Failure, manual_check
from gateway.plan.model import Fetch, Node
from schema.policy.caller import Caller


class KeyGuard(Protocol):
    """Says for which keys of a fetch nothing may be loaded, and what the answer says instead."""

    def withheld(self, fetch: Fetch, node: Node, keys: Iterable[Key], caller: Caller) -> dict[Key, Failure]:
        """Keys to leave out, each with its failure."""
        ...


class Protected(Protocol):
    """The store's answer: who is protected now, by pseudonym. Empty and false where nobody is."""

    def __call__(self) -> Container[str]: ...


class SubjectName(Protocol):
    """Gives a subject's pseudonym."""

    def __call__(self, entity: str, key: Iterable[object]) -> str: ...


class ProtectionGuard:
    """Protected subjects: what a resource with the guard `protection` holds of them is withheld."""

    def __init__(self, protected: Protected, subject: SubjectName) -> None:
        self._protected = protected
        self._subject = subject

    def withheld(
        self,
        fetch: Fetch,
        node: Node,
        keys: Iterable[Key],
        caller: Caller,  # noqa: ARG002 - nobody is exempt
    ) -> dict[Key, Failure]:
        """Withhold protected keys, in words that also stand for duplicates and alias conflicts."""
        if "protection" not in fetch.guards:
            return {}
        protected = self._protected()
        if not protected:
            return {}
        failure = manual_check(fetch.spec.resource)
        name = node.entity.name
        return {key: failure for key in keys if self._subject(name, key) in protected}


class SubjectGuard:
    """`self` callers see what hangs on the subjects they are registered for, and on nobody else."""

    def __init__(self, subjects_of: "SubjectsOf") -> None:
        self._subjects_of = subjects_of

    def withheld(self, fetch: Fetch, node: Node, keys: Iterable[Key], caller: Caller) -> dict[Key, Failure]:
        """Withhold every key that is not the caller's own."""
        resource = fetch.spec.resource
        is_open = resource.opening.type == "unconditional" and not resource.is_personal
        if caller.audience != "self" or is_open:
            return {}
        own = self._subjects_of(caller.application)
        failure = Failure("DENIED", "Only your own records.", rule="NOT_SELF", source=resource.code)
        return {key: failure for key in keys if (node.entity.name, key) not in own}


class SubjectsOf(Protocol):
    """The subjects that an application is registered for."""

    def __call__(self, application: str) -> frozenset[tuple[str, Key]]: ...
