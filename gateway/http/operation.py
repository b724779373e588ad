"""What one operation is answered with, whatever the transport that tells it."""

from collections.abc import AsyncIterator, Callable
from typing import Protocol

from gateway.errors import internal_error
from gateway.request import Answer, Ask


class Executor(Protocol):
    """What answers."""

    async def answer(self, ask: Ask) -> Answer:
        """Answer one request."""
        ...


async def answers(executor: Callable[[], Executor], ask: Ask) -> AsyncIterator[Answer]:
    """The answers to an operation, in order: one to a query and to a mutation.

    Transports that can tell more take as many as come. An event of a subscription is a request of its own:
    asked for again, of the executor of that moment and with a caller who is named anew.
    """
    try:
        answer = await executor().answer(ask)
    except Exception as error:  # noqa: BLE001 - the last line: no exception text leaves
        answer = internal_error(error, ask.request_id)
    yield answer
