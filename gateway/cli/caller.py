"""Callers named on the command line."""

from gateway.cli.mistakes import Mistake
from schema.policy.caller import ANONYMOUS, Caller, Operator
from schema.policy.model import Policy


def caller_of(policy: Policy, name: str, purpose: str | None) -> Caller:
    """The caller that an application is, with an operator and a case as rules ask for them.

    Raises `Mistake` for an application that is none.
    """
    if not name:
        return ANONYMOUS
    application = policy.applications.get(name)
    if application is None:
        raise Mistake(f"No application '{name}'; known: {', '.join(sorted(policy.applications))}.")
    if purpose is None and len(application.purposes) == 1:
        purpose = next(iter(application.purposes))
    return Caller(
        application=name,
        audience=application.audience,
        department=application.department,
        purposes=application.purposes,
        purpose=purpose,
        operator=Operator(application.operator or "explain"),
        case=application.case or "explain",
    )
