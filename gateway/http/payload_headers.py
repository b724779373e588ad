"""Who opens a WebSocket: what the handshake's headers say, and what `connection_init` adds to them.

A browser's page cannot set headers of a handshake, so it says in the payload what it would say in them. The
URL is never read: URLs end in logs. No cookie is read either, so that no page of another site can use
somebody's key by opening a socket from his browser.
"""

from collections.abc import Mapping
from typing import Any

from gateway.errors import BadInput
from gateway.identity.identify import WORDS

SAYABLE = frozenset({"authorization", "jutong-timeout", "jutong-errors", "jutong-sandbox", *WORDS})
"""Headers that a payload may hold, in any case, beside others that mean nothing to us."""


def add_payload(headers: Mapping[str, str], payload: Mapping[str, Any]) -> Mapping[str, str]:
    """The headers with those of a payload, which stand in it or in its `headers`. Raises `BadInput`.

    What the handshake says holds: a proxy may have written it, and no client says otherwise behind it.
    """
    inner = payload.get("headers")
    said: dict[str, str] = {}
    for given in (payload, inner if isinstance(inner, dict) else {}):
        for name, value in given.items():
            name = name.lower()  # noqa: PLW2901 - header names have no case
            if name not in SAYABLE or value is None:
                continue
            if not isinstance(value, str):
                raise BadInput(f"'{name}' is a string.")
            if said.setdefault(name, value) != value:
                raise BadInput(f"'{name}' is said twice.")
    known: dict[str, set[str]] = {}
    for name in headers.keys() & SAYABLE:
        known.setdefault(_stem(name), set()).add(headers[name])
    for name, value in said.items():
        if known.get(_stem(name), {value}) != {value}:
            raise BadInput(f"'{name}' is said in the handshake, and cannot be said otherwise here.")
    return {**said, **headers}


def _stem(name: str) -> str:
    """`jutong-case` and `case` are one header."""
    return name.removeprefix("jutong-")
