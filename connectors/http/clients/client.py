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
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Call:
    """One request. Nothing of it is shown, since keys may stand anywhere."""

    method: str
    target: str = field(repr=False)
    """Path and query, percent-encoded: visible ASCII only."""
    content: bytes | None = field(default=None, repr=False)
    content_type: str = ""
    """Of `content`, if there is any."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, read to its end."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """By name in lower case; of a name that comes twice, the last."""
    content: bytes = field(repr=False)
    """As it came: perhaps compressed."""


class Client(Protocol):
    """Sends calls to one endpoint."""

    async def send(self, call: Call, deadline: float) -> Answer:
        """Send one call and read its answer."""
        ...

    async def aclose(self) -> None:
        """Close connections that nobody uses; those in use when they are done."""
        ...
