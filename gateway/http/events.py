"""GraphQL over Server-Sent Events, distinct connections mode (graphql-sse, PROTOCOL.md).

What HTTP refuses (body, method, media type, key) it refuses with its status and before a stream begins.
What GraphQL refuses is told inside of it: a client learns nothing from a stream that is refused.
"""

from collections.abc import AsyncIterator, Callable

from starlette.types import Receive, Send

from gateway.http.disconnect import unless_gone
from gateway.http.refusal import RAW_UNKEPT
from gateway.request import Answer

COMPLETE = b"event: complete\ndata: \n\n"
_HEADERS = (
    *RAW_UNKEPT,
    (b"x-accel-buffering", b"no"),  # nginx passes each event on as it comes
)


async def send_events(
    answers: AsyncIterator[Answer],
    note: Callable[[int], None],
    receive: Receive,
    send: Send,
    request_id: str,
) -> None:
    """Send each answer as it comes, and note its status just before. Raises `ClientGone`.

    The sender waits while the client does not read, and asks for the next answer only then.
    """
    has_begun = False
    while True:
        try:
            answer = await unless_gone(anext(answers), receive)
        except StopAsyncIteration:
            break
        is_told = has_begun or answer.status < 500
        note(200 if is_told else answer.status)
        if not is_told:  # nothing was promised yet, and a client may try again
            await _begin(send, answer.status, b"application/json", request_id)
            await send({"type": "http.response.body", "body": answer.body})
            return
        if not has_begun:
            has_begun = True
            await _begin(send, 200, b"text/event-stream", request_id)
        await send({"type": "http.response.body", "body": next_event(answer.body), "more_body": True})
    await send({"type": "http.response.body", "body": COMPLETE})


def next_event(body: bytes) -> bytes:
    """The event of an answer. `body` is JSON of one line."""
    return b"event: next\ndata: %s\n\n" % body


async def _begin(send: Send, status: int, media: bytes, request_id: str) -> None:
    headers = [
        (b"content-type", media + b"; charset=utf-8"),
        (b"jutong-request-id", request_id.encode("latin-1")),
        *_HEADERS,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
