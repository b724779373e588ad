"""What a request's headers say, whatever the transport that brings them."""

import os
import re
from collections.abc import Mapping

from starlette.types import Scope

from schema.identifiers import names_citizen

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
"""What may end in logs and in the record."""


def headers_of(scope: Scope) -> Mapping[str, str]:
    """Headers by lower-case name; one that is given twice is one list (RFC 9110, section 5.3)."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def request_id_of(headers: Mapping[str, str]) -> str:
    """The client's own id for its request where it may be written down, or a new one."""
    given = headers.get("jutong-request-id", "")
    is_safe = _REQUEST_ID.fullmatch(given) and not names_citizen(given)
    return given if is_safe else os.urandom(16).hex()
