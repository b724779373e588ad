"""Cursors of one request: those it continues from, and what those in its answer are good for."""

from gateway.identity.cursors import Cursors
from gateway.plan.model import Fetch, Operands, Plan


def open_cursors(plan: Plan, operands: Operands, cursors: Cursors, application: str) -> Operands:
    """Put the places that cursors stand for into their slots. Raises `BadInput`."""
    if not plan.continued:
        return operands
    found = list(operands)
    for fetch in plan.continued:
        assert fetch.spec.page is not None
        assert fetch.spec.page.after is not None
        slot = fetch.spec.page.after.index
        found[slot] = cursors.open(operands[slot], cursor_purpose(fetch, application))
    return tuple(found)


def cursor_purpose(fetch: Fetch, application: str) -> str:
    """What a cursor is good for: one application, the resource as declared, one order."""
    resource, order = fetch.spec.resource, fetch.spec.order
    return f"{application}|{resource.code}|{resource.version}|{order}"
