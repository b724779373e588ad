"""The connector protocol, written as law. `memory.py` is this law in running code.

1. `load` answers **one entry per key, in the order of `keys`**, whatever order the source answers
   in. An entry is a tuple of rows, empty where the register has no record, or a `SourceError` for
   that key alone. If nothing could be read at all, raise a `SourceError` instead.
2. A row is a tuple of decoded values in the order of `items`. A stored value that cannot be decoded
   is `schema.values.Invalid`, never an exception and never `None`; `None` means: empty.
3. **All stored forms of a key are asked in the same call** of `load`, and rows are matched back by
   the normalised key. A row for a key that nobody asked for, an answer of the wrong shape, or one
   that is shorter than the source itself says, is `SourceMisbehaved`. A bound on rows that was
   reached fails every key that it may have cut (`SourceTruncated`). A row that comes twice because
   the driver asked twice counts once.
4. What `capabilities` promises is done *exactly* as `schema.predicate` says; the rest is left for
   the caller of `load`, who checks the capabilities first: a request never asks for more.
   Without `operators`, `predicate` is `None`; without `limits_per_key`, `limit_per_key` is `None`;
   without `orders`, `order` is empty and rows come in any order; without `as_of`, or for a resource
   whose validity stands in columns, `as_of` is `None` and the day is part of the predicate.
   A page of a `scan` that `orders` never holds two rows that order and identity do not tell apart:
   between them it could not go on, and one would be lost (`SourceMisbehaved`).
5. Nothing but the asked items, key columns and identity leaves a source that `projects`.
6. `deadline` is absolute; past it raise `SourceTimeout`. Cancellation ends the work at the source.
7. Nothing but a `SourceError` is raised, none of a driver's own text is in it, and it is raised
   `from None`: texts of drivers hold keys. A value that the source cannot take is its own key's
   error, or no record, and never another key's.
8. A driver has no retry, cache, log or authorization: wrappers of this same protocol have them. What
   it does between requests it may log, without values.
"""

from typing import Protocol

from connectors.capabilities import Capabilities
from connectors.requests import Load, Scan
from connectors.results import Health, Loaded, Page


class Connector(Protocol):
    """One source, reachable."""

    @property
    def capabilities(self) -> Capabilities:
        """What this connector does exactly."""
        ...

    async def load(self, load: Load) -> Loaded:
        """Read rows by key."""
        ...

    async def scan(self, scan: Scan) -> Page:
        """Read rows without keys, page by page; only if `capabilities.scans`."""
        ...

    async def probe(self, deadline: float) -> Health:
        """Ask the source for a sign of life. Never raises."""
        ...

    async def aclose(self) -> None:
        """Give back connections; afterwards nothing else is called."""
        ...
