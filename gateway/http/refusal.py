"""How a path refuses: the error as JSON, with the headers that every refusal has."""

from collections.abc import Mapping

from starlette.responses import Response

from gateway.request import Answer

JSON_UTF8 = "application/json; charset=utf-8"
CHALLENGE = 'Bearer realm="jutong"'
"""Of every 401 (RFC 9110, section 11.6.1)."""
UNKEPT: Mapping[str, str] = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
"""Of what is one caller's: no cache keeps it, and no browser guesses what it is."""
RAW_UNKEPT = tuple((name.encode("ascii"), value.encode("ascii")) for name, value in UNKEPT.items())
"""The same as ASGI sends them."""


def refusal(answer: Answer, headers: Mapping[str, str] | None = None) -> Response:
    """What is sent instead of what was asked for, over HTTP or in place of a WebSocket's handshake."""
    challenge = {"www-authenticate": CHALLENGE} if answer.status == 401 else {}
    return Response(
        answer.body,
        answer.status,
        headers={"content-type": JSON_UTF8, **UNKEPT, **challenge, **(headers or {})},
    )
