"""What can go wrong at a source. Drivers raise nothing else, and none of their own text leaves.

SourceError                 code SOURCE_DOWN
├── SourceUnavailable       no connection, 5xx
│   └── SourceLeftAlone     not asked: it keeps failing, and its breaker is open
├── SourceTimeout           the deadline or the source's own timeout passed
├── SourceRefused           the source refused us: credentials, 4xx
├── SourceMisbehaved        an answer that breaks the contract: rows for unasked keys, wrong shape
├── SourceAvailableAt       closed now, with the moment it opens        code AVAILABLE_AT
└── SourceTruncated         more rows than the resource's bound         code TRUNCATED
"""

from datetime import datetime


class SourceError(Exception):
    """A source did not answer as asked. `detail` is for the log and never reaches a client."""

    code = "SOURCE_DOWN"

    def __init__(self, detail: str = "", *, is_transient: bool = False) -> None:
        super().__init__(detail)
        self.detail = detail
        self.is_transient = is_transient
        """Whether the same request may succeed when sent again at once."""


class SourceUnavailable(SourceError):
    """No connection, or a server error."""


class SourceLeftAlone(SourceUnavailable):
    """The source was not asked, since it kept failing. That is told once, by its breaker."""


class SourceTimeout(SourceError):
    """The deadline passed."""


class SourceRefused(SourceError):
    """The source refused us."""


class SourceMisbehaved(SourceError):
    """The source answered something that its declaration excludes."""


class SourceAvailableAt(SourceError):
    """The source is closed and says until when."""

    code = "AVAILABLE_AT"

    def __init__(self, until: datetime, detail: str = "") -> None:
        super().__init__(detail)
        self.until = until


class SourceTruncated(SourceError):
    """There are more rows than the resource's bound allows to read."""

    code = "TRUNCATED"


def unwritable_key() -> SourceError:
    """Why a key alone was not asked: what stands for it in a request would mean something else."""
    return SourceRefused("the key cannot be written into a request")
