"""What drivers ask of an HTTP client, written as law.

1. `send` gives the whole answer, whatever its status, or raises a `SourceError` and nothing else. No
   text of a library is in it, and it is raised `from None`: their texts hold URLs, and so keys.
2. A body beyond the endpoint's `max_body_bytes`, as it comes over the wire, is `SourceMisbehaved`.
   Decompressing it, within the same bound, is the driver's.
3. `deadline` is absolute and covers everything: waiting for a place, connecting, the last byte.
4. Leaving early (deadline, cancellation, bound) closes the connection, so that the service sees it.
   Only a connection whose answer was read to its end is used again.
5. No redirect is followed, no cookie kept, no proxy or credential of the environment used, nothing
   logged.
"""

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct


class Call(Struct, frozen=True):
    """One request. Nothing of it is shown, since keys may stand anywhere."""

    method: str
    target: str
    """Path and query, percent-encoded: visible ASCII only."""
    content: bytes | None = None
    content_type: str = ""
    """Of `content`, if there is any."""

    def __repr__(self) -> str:
        """Show the method alone."""
        return f"Call({self.method})"


class Answer(Struct, frozen=True):
    """One answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    """By name in lower case; of a name that comes twice, the last."""
    content: bytes
    """As it came: perhaps compressed."""

    def __repr__(self) -> str:
        """Show the status alone."""
        return f"Answer({self.status})"


class Client(Protocol):
    """Sends calls to one endpoint."""

    async def send(self, call: Call, deadline: float) -> Answer:
        """Send one call and read its answer."""
        ...

    async def aclose(self) -> None:
        """Close connections that nobody uses; those in use when they are done."""
        ...
