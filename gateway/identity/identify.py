"""Credentials and headers -> one `Caller`, or a refusal."""

import hashlib
import re
from collections.abc import Mapping

from gateway.errors import PurposeRefused, Unauthenticated
from schema.identifiers import names_citizen
from schema.policy.caller import ANONYMOUS, Caller, Operator
from schema.policy.model import Application, Policy

_WORD = re.compile(r"^[\w.:/@+-]{1,128}$")


def key_hash(key: str) -> str:
    """What is kept of an API key."""
    return hashlib.sha256(key.encode()).hexdigest()


MAX_CALLERS = 10_000
"""Callers that are remembered: an application's operators, each with a case."""


class Identify:
    """Names the callers of a closed graph under one policy.

    Callers of the same words are one value, found by the hash of their key and these words.
    """

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._by_hash = {
            hash_: application
            for application in policy.applications.values()
            for hash_ in application.key_hashes
        }
        self._known: dict[tuple[str | None, ...], Caller] = {}

    def __call__(self, headers: Mapping[str, str]) -> Caller:
        """Name the caller, or raise `Unauthenticated` or `PurposeRefused`. `headers` has lower-case names."""
        scheme, _, key = headers.get("authorization", "").partition(" ")
        hash_ = key_hash(key.strip()) if key else ""
        application = self._by_hash.get(hash_) if scheme.lower() == "bearer" else None
        if application is None:
            told = "This key is not known here; it is sent as" if key else "This graph needs a key:"
            raise Unauthenticated(f"{told} 'Authorization: Bearer <key>'.")
        words = (hash_, *map(headers.get, WORDS))
        caller = self._known.get(words)
        if caller is None:
            operator, unit = _operator(headers)
            caller = caller_of(
                application,
                _word(headers, "purpose"),
                operator=operator,
                unit=unit,
                case=_word(headers, "case"),
            )
            if len(self._known) < MAX_CALLERS:
                self._known[words] = caller
        return caller


WORDS = ("jutong-purpose", "purpose", "jutong-operator", "operator", "jutong-case", "case")
"""Headers that say who asks and why."""


def anonymous() -> Caller:
    """The caller of the open graph, whatever it sends."""
    return ANONYMOUS


def caller_of(
    application: Application,
    purpose: str | None,
    *,
    operator: str | None = None,
    unit: str | None = None,
    case: str | None = None,
) -> Caller:
    """The caller that an application is, with what it says besides; what it leaves out is as registered.

    Raises `PurposeRefused` for a purpose that it is not registered for.
    """
    if purpose is None and len(application.purposes) == 1:
        purpose = next(iter(application.purposes))
    if purpose is not None and purpose not in application.purposes:
        known = ", ".join(sorted(application.purposes)) or "none"
        raise PurposeRefused(f"The application is not registered for this purpose; it has: {known}.")
    operator = operator or application.operator
    return Caller(
        application=application.name,
        audience=application.audience,
        department=application.department,
        purposes=application.purposes,
        purpose=purpose,
        operator=Operator(operator, unit) if operator else None,
        case=case or application.case,
    )


def _operator(headers: Mapping[str, str]) -> tuple[str | None, str | None]:
    operator_id, _, rest = _said(headers, "operator").partition(";")
    unit = rest.strip().removeprefix("unit=") or None
    return _checked(operator_id.strip(), "operator"), _checked(unit or "", "operator")


def _word(headers: Mapping[str, str], name: str) -> str | None:
    return _checked(_said(headers, name), name)


def _said(headers: Mapping[str, str], name: str) -> str:
    """What a header says in either of its forms. A proxy may have written one and a client the other, and
    nobody here knows which: both say the same, or nothing is done."""
    values = {headers[form] for form in (f"jutong-{name}", name) if form in headers}
    if len(values) > 1:
        raise PurposeRefused(f"Headers 'Jutong-{name.title()}' and '{name.title()}' say different things.")
    return "".join(values).strip()


def _checked(value: str, name: str) -> str | None:
    if not value:
        return None
    if not _WORD.match(value):
        raise PurposeRefused(f"Header '{name}' is one word of at most 128 letters, digits and . : / @ + -")
    if names_citizen(value):
        raise PurposeRefused(f"Header '{name}' names a citizen, and it is kept: send a number of your own.")
    return value
