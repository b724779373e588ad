"""Credentials and headers -> one `Caller`, or a refusal."""

import hashlib
import re
from collections.abc import Mapping

from gateway.errors import PurposeRefused, Unauthenticated
from schema.policy.caller import ANONYMOUS, Caller, Operator
from schema.policy.model import Application, Policy

_WORD = re.compile(r"^[\w.:/@+-]{1,128}$")


def key_hash(key: str) -> str:
    """What is kept of an API key."""
    return hashlib.sha256(key.encode()).hexdigest()


def identify(headers: Mapping[str, str], policy: Policy) -> Caller:
    """Name the caller of a closed graph. `headers` has lower-case names."""
    scheme, _, key = headers.get("authorization", "").partition(" ")
    application = None
    if scheme.lower() == "bearer" and key:
        application = _by_hash(policy).get(key_hash(key.strip()))
    if application is None:
        raise Unauthenticated("This graph needs a key: 'Authorization: Bearer <key>'.")
    return _caller(application, headers)


def anonymous() -> Caller:
    """The caller of the open graph, whatever it sends."""
    return ANONYMOUS


def _by_hash(policy: Policy) -> dict[str, Application]:
    return {
        hash_: application for application in policy.applications.values() for hash_ in application.key_hashes
    }


def _caller(application: Application, headers: Mapping[str, str]) -> Caller:
    purpose = _word(headers, "purpose")
    if purpose is None and len(application.purposes) == 1:
        purpose = next(iter(application.purposes))
    if purpose is not None and purpose not in application.purposes:
        known = ", ".join(sorted(application.purposes)) or "none"
        raise PurposeRefused(f"The application is not registered for this purpose; it has: {known}.")
    operator_id, unit = _operator(headers)
    operator_id = operator_id or application.operator
    return Caller(
        application=application.name,
        audience=application.audience,
        department=application.department,
        purposes=application.purposes,
        purpose=purpose,
        operator=Operator(operator_id, unit) if operator_id else None,
        case=_word(headers, "case") or application.case,
    )


def _operator(headers: Mapping[str, str]) -> tuple[str | None, str | None]:
    given = headers.get("jutong-operator", headers.get("operator", ""))
    operator_id, _, rest = given.partition(";")
    unit = rest.strip().removeprefix("unit=") or None
    return _checked(operator_id.strip(), "operator"), _checked(unit or "", "operator")


def _word(headers: Mapping[str, str], name: str) -> str | None:
    return _checked(headers.get(f"jutong-{name}", headers.get(name, "")).strip(), name)


def _checked(value: str, name: str) -> str | None:
    if not value:
        return None
    if not _WORD.match(value):
        raise PurposeRefused(f"Header '{name}' is one word of at most 128 letters, digits and . : / @ + -")
    return value
