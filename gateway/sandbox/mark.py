"""Marks everything that leaves a sandbox: a header on each answer, `extensions.sandbox` in each
GraphQL body, refusals included, and a line on each page.
"""

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = (b"jutong-sandbox", b"synthetic")
_BANNER = (
    '<p style="position:fixed;z-index:9999;right:1em;bottom:.5em;margin:0;padding:.2em .8em;'
    'border-radius:1em;background:#b45309;color:#fff;font:13px sans-serif;pointer-events:none">'
    "沙箱：数据均为合成 — Sandbox: all data is synthetic</p></body>"
).encode()


class Marked:
    """An application whose answers say that their data is synthetic."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve as ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        held: list[Message] = []

        async def mark(message: Message) -> None:
            if message["type"] == "http.response.start":
                held.append({**message, "headers": [*message["headers"], HEADER]})
                return
            if held:
                start = held.pop()
                if not message.get("more_body"):
                    start, message = _marked(start, message)
                await send(start)
            await send(message)

        await self._app(scope, receive, mark)


def _marked(start: Message, message: Message) -> tuple[Message, Message]:
    """A whole answer with the mark in its body; what is neither GraphQL nor a page stays as it is."""
    headers = {name.lower(): value for name, value in start["headers"]}
    media, body = headers.get(b"content-type", b""), message.get("body", b"")
    if media.startswith(b"text/html"):
        body = body.replace(b"</body>", _BANNER)
    elif b"json" in media and b"content-encoding" not in headers:
        body = _with_extension(body)
    if b"content-length" in headers:
        headers[b"content-length"] = str(len(body)).encode()
    return {**start, "headers": list(headers.items())}, {**message, "body": body}


def _with_extension(body: bytes) -> bytes:
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body
    if not isinstance(answer, dict) or not {"data", "errors"} & set(answer):
        return body
    answer["extensions"] = {**answer.get("extensions", {}), "sandbox": True}
    return orjson.dumps(answer)
