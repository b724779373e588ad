"""The verdict on one item for one right: pure, and always with a reason.

The default rules of access, in order; the first that speaks decides:

    open graph       open items only (row conditions come as row guards)
    withheld         nobody but the department's own applications, and these by grant
    open items       everyone
    unconditional    items up to level 2, by a grant that is approved automatically for `share`
    grants           application, purpose, items, period; operator and case for personal items;
                     above the grant's level the mask, or nothing; of several the best one holds
"""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from schema.catalogue.item import Item
from schema.catalogue.model import Resource
from schema.catalogue.openness import is_everyones, is_open
from schema.policy.caller import Caller
from schema.policy.model import Grant, Policy, Right

AUTOMATIC_LEVEL = 2
"""Highest level that unconditional sharing gives without a grant of its own."""

_BEST_FIRST: Final = ("ALLOW", "MASK", "OPERATOR_REQUIRED", "CASE_REQUIRED", "CONSENT", "LEVEL")
"""Verdicts of grants; of denials first what the caller can mend with its next request, then what the subject
can, last what only another grant would."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is decided on a read, by which rule, and what the caller can do about it."""

    kind: Literal["ALLOW", "MASK", "DENY"]
    """MASK: to be shown in masked form only."""
    rule: str
    message: str = ""
    code: str = "DENIED"
    """State of a denied field."""


def rights_of(caller: Caller) -> Hashable:
    """What verdicts depend on: callers of the same rights get the same plans."""
    return (
        caller.application,
        caller.audience,
        caller.department,
        caller.purpose,
        caller.operator is not None,
        caller.case is not None,
    )


def rights_on(
    items: Iterable[tuple[Resource, Item]], caller: Caller, policy: Policy, today: date
) -> Hashable:
    """The same as far as some items depend on it: callers that differ elsewhere share a plan."""
    if caller.audience == "open":
        return caller.audience
    withheld, granted = set(), []
    for resource, item in items:
        if resource.sharing.type == "withheld":
            if caller.department != resource.department:
                continue
            withheld.add(resource.code)
        if not (is_everyones(resource, item) or _is_automatic(caller, resource, item)):
            granted.append(f"{resource.code}.{item.name}")
    own = caller.audience, frozenset(withheld)
    if not granted:
        return own
    grants = tuple(one for one in _grants(caller, policy, today) if any(map(one.covers, granted)))
    return *own, caller.purpose, caller.operator is not None, caller.case is not None, grants


def decide(
    caller: Caller, policy: Policy, resource: Resource, item: Item, right: Right, today: date
) -> Verdict:
    """Decide on one item for one right."""
    if caller.audience == "open":
        return _decide_open(resource, item)
    if resource.sharing.type == "withheld" and caller.department != resource.department:
        return Verdict("DENY", "WITHHELD", f"Withheld by its department: {resource.sharing.basis}")
    if is_everyones(resource, item):
        return Verdict("ALLOW", "OPEN")
    if _is_automatic(caller, resource, item):
        return Verdict("ALLOW", "UNCONDITIONAL")
    return _decide_by_grant(caller, policy, resource, item, right, today)


def _decide_open(resource: Resource, item: Item) -> Verdict:
    if is_open(resource, item):
        return Verdict("ALLOW", "OPEN")
    return Verdict("DENY", "NOT_OPEN", "This item is not open to everyone.")


def _is_automatic(caller: Caller, resource: Resource, item: Item) -> bool:
    return (
        caller.audience == "share"
        and resource.sharing.type == "unconditional"
        and item.level <= AUTOMATIC_LEVEL
    )


def _decide_by_grant(
    caller: Caller, policy: Policy, resource: Resource, item: Item, right: Right, today: date
) -> Verdict:
    """The best verdict of any grant. Of several alike it is that of the highest level, then of the least id:
    the order in which grants are declared decides nothing."""
    code = f"{resource.code}.{item.name}"
    grants = [one for one in _grants(caller, policy, today) if right in one.rights and one.covers(code)]
    if not grants:
        return Verdict(
            "DENY",
            "GRANT_REQUIRED",
            f"No grant for {code} and purpose {caller.purpose or '(none given)'};"
            f" department '{resource.department}' grants it.",
        )
    verdicts = [(_apply(one, caller, resource, item, right), -one.level, one.id) for one in grants]
    best, _, _ = min(verdicts, key=lambda found: (_place(found[0]), *found[1:]))
    return best


def _place(verdict: Verdict) -> int:
    return _BEST_FIRST.index(verdict.rule if verdict.kind == "DENY" else verdict.kind)


def _grants(caller: Caller, policy: Policy, today: date) -> Iterator[Grant]:
    """The grants that hold today for the caller's purpose."""
    application = policy.applications.get(caller.application)
    for grant in application.grants if application else ():
        in_period = (grant.valid_from or today) <= today <= (grant.valid_to or today)
        in_purpose = not grant.purposes or caller.purpose in grant.purposes
        if in_period and in_purpose and not grant.is_revoked:
            yield grant


def _apply(grant: Grant, caller: Caller, resource: Resource, item: Item, right: Right) -> Verdict:
    if grant.requires_consent:
        return Verdict(
            "DENY",
            "CONSENT",
            "The subject's consent is needed for this item.",
            code="CONSENT_REQUIRED",
        )
    if resource.is_personal and resource.sharing.type == "conditional":
        if caller.operator is None:
            return Verdict("DENY", "OPERATOR_REQUIRED", "Say who asks: header Jutong-Operator.")
        if caller.case is None:
            return Verdict("DENY", "CASE_REQUIRED", "Say in which case: header Jutong-Case.")
    if item.level <= grant.level or right == "use":
        return Verdict("ALLOW", f"GRANT {grant.id}")
    if right == "show" and item.mask is not None:
        return Verdict("MASK", f"GRANT {grant.id}", f"Shown masked only: level {item.level}.")
    return Verdict(
        "DENY", "LEVEL", f"Grant {grant.id} reaches level {grant.level}, the item is {item.level}."
    )
