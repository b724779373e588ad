"""Callers named on the command line."""

from gateway.cli.mistakes import Mistake
from gateway.errors import PurposeRefused
from gateway.identity.identify import caller_of
from schema.policy.caller import ANONYMOUS, Caller
from schema.policy.model import Policy


def find_caller(policy: Policy, name: str, purpose: str | None) -> Caller:
    """The caller that an application is, with an operator and a case as rules ask for them.

    Raises `Mistake` for an application that is none, and for a purpose that it does not have.
    """
    if not name:
        return ANONYMOUS
    application = policy.applications.get(name)
    if application is None:
        raise Mistake(f"No application '{name}'; known: {', '.join(sorted(policy.applications))}.")
    operator, case = application.operator or "explain", application.case or "explain"
    try:
        return caller_of(application, purpose, operator=operator, case=case)
    except PurposeRefused as refused:
        raise Mistake(refused.message) from None
