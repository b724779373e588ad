"""An HTTP answer, before anybody looks into it: what its status says, and its body as JSON."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from connectors.errors import SourceAvailableAt, SourceMisbehaved, SourceRefused, SourceUnavailable
from connectors.http.body import decompressed, in_utf8
from connectors.http.clients.client import Answer

OK, CHANGED, NO_CONTENT, TOO_MANY, CLOSED = 200, 203, 204, 429, 503


def check_status(answer: Answer, empty: frozenset[int]) -> bool:
    """Whether an answer has a body to read; `False`: there is no record."""
    status = answer.status
    if status in (OK, CHANGED):
        return True
    if status == NO_CONTENT or status in empty:
        return False
    if status == CLOSED and "retry-after" in answer.headers:
        raise SourceAvailableAt(_opens(answer.headers["retry-after"]), f"status {status}")
    if status == TOO_MANY or status >= 500:
        raise SourceUnavailable(f"status {status}", is_transient=status != TOO_MANY)
    if not 200 <= status < 300:
        raise SourceRefused(f"status {status}")
    raise SourceMisbehaved(f"status {status}")  # a part, or nothing yet: not the answer


def content_of(answer: Answer, max_bytes: int) -> bytes:
    """A body as it was written; raises `SourceMisbehaved` beyond the bound."""
    if "content-encoding" not in answer.headers:
        return answer.content
    return decompressed(answer.content, answer.headers["content-encoding"], max_bytes)


def parse_json(answer: Answer, max_bytes: int, encoding: str | None = None) -> Any:
    """Read a body as JSON; `encoding` is that of a service that names none."""
    headers, content = answer.headers, answer.content
    if "content-encoding" in headers:
        content = content_of(answer, max_bytes)
    try:
        return orjson.loads(in_utf8(content, headers.get("content-type", ""), encoding))
    except orjson.JSONDecodeError:
        raise SourceMisbehaved("not JSON") from None


def _opens(header: str) -> datetime:
    """The moment in `Retry-After` (RFC 9110, 10.2.3); raises `SourceUnavailable` for anything else."""
    try:
        if header.strip().isdecimal():
            return datetime.now(UTC) + timedelta(seconds=int(header))
        moment = parsedate_to_datetime(header)
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise SourceUnavailable("status 503", is_transient=True) from None
