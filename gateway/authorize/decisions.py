"""What the policy decides for one caller. Every verdict and every denial is kept: the record names them."""

from datetime import date

from gateway.plan.shape import Denial, Denied
from schema.catalogue.item import Item
from schema.catalogue.model import Resource
from schema.policy.caller import Caller
from schema.policy.decide import Verdict, decide
from schema.policy.model import Policy, Right


class Decisions:
    """Collects what is decided while a draft is rewritten."""

    def __init__(self, policy: Policy, caller: Caller, today: date) -> None:
        self._policy = policy
        self._caller = caller
        self._today = today
        self.denials: list[Denied] = []
        self.decided: set[tuple[str, str]] = set()
        """The items, by resource and name, on which there is a verdict."""

    def decide(self, resource: Resource, item: Item, right: Right) -> Verdict:
        self.decided.add((resource.code, item.name))
        return decide(self._caller, self._policy, resource, item, right, self._today)

    def may_know_of(self, resource: Resource) -> bool:
        """Whether a row's mere existence may be told: some item of it may be shown."""
        return any(self.decide(resource, item, "show").kind != "DENY" for item in resource.items.values())

    def deny(self, key: str, denial: Denial, items: tuple[str, ...]) -> Denied:
        """A denied place, by its response key."""
        denied = Denied(key, denial, items)
        self.denials.append(denied)
        return denied

    def deny_item(self, key: str, verdict: Verdict, resource: Resource, item: Item) -> Denied:
        return self.deny(key, denial_of(verdict, item.name), (f"{resource.code}.{item.name}",))

    def deny_existence(self, key: str, resource: Resource) -> Denied:
        message = f"No item of {resource.code} may be read; whether there is a record is not told."
        denial = Denial("DENIED", "GRANT_REQUIRED", message)
        return self.deny(key, denial, (f"{resource.code}:exists",))

    def deny_unconnected(self, key: str, resource: Resource) -> Denied:
        message = f"{resource.title}: listed in the catalogue, not connected yet."
        return self.deny(key, Denial("NOT_CONNECTED", "NOT_CONNECTED", message), ())


def denial_of(verdict: Verdict, item: str) -> Denial:
    """Why an item is not given as it was asked for."""
    message = verdict.message or "Not permitted."
    if verdict.kind == "MASK":
        return Denial("DENIED", "MASKED_ONLY", f"{message} Select '{item}Masked' instead.")
    return Denial(verdict.code, verdict.rule, message)
