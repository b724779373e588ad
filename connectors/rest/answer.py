"""An HTTP answer -> records. What is not as declared is `SourceMisbehaved`, not an empty list."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from connectors.errors import SourceAvailableAt, SourceMisbehaved, SourceRefused, SourceUnavailable
from connectors.rest.body import decompressed, in_utf8
from connectors.rest.clients.client import Answer
from connectors.rest.paths import MISSING, find
from connectors.rest.rows import Record, flat
from connectors.rest.settings import RestEnvelope, RestRequest, RestSettings
from connectors.rest.xml import parse_xml

OK, NO_CONTENT, TOO_MANY, CLOSED = 200, 204, 429, 503
_ONLY_OBJECTS = frozenset({dict})


def check_status(answer: Answer, empty: frozenset[int]) -> bool:
    """Whether an answer has a body to read; `False`: there is no record."""
    status = answer.status
    if status == OK:
        return True
    if status == NO_CONTENT or status in empty:
        return False
    if status == CLOSED and "retry-after" in answer.headers:
        raise SourceAvailableAt(_opens(answer.headers["retry-after"]), f"status {status}")
    if status == TOO_MANY or status >= 500:
        raise SourceUnavailable(f"status {status}", is_transient=status != TOO_MANY)
    if not 200 <= status < 300:
        raise SourceRefused(f"status {status}")
    return True


def parse(answer: Answer, settings: RestSettings) -> Any:
    """Read a body; the declared format counts, since services name wrong content types."""
    headers = answer.headers
    content = answer.content
    if "content-encoding" in headers:
        content = decompressed(content, headers["content-encoding"], settings.max_body_bytes)
    if settings.format == "xml":
        return parse_xml(content)
    try:
        return orjson.loads(in_utf8(content, headers.get("content-type", ""), settings.encoding))
    except orjson.JSONDecodeError:
        raise SourceMisbehaved("not JSON") from None


def has_record(answer: Any, envelope: RestEnvelope | None) -> bool:
    """Look into the envelope: success, no record, or an error with HTTP 200."""
    if envelope is None:
        return True
    code = find(answer, envelope.code)
    if code is MISSING:
        raise SourceMisbehaved("the answer has no envelope")
    word = str(flat(code))
    word = word.lower() if isinstance(code, bool) else word
    if word in envelope.no_record:
        return False
    if word in envelope.refused:
        raise SourceRefused("an error in the envelope")
    if word not in envelope.ok:
        raise SourceUnavailable("an error in the envelope")
    return True


def records_of(answer: Any, request: RestRequest, *, is_xml: bool) -> list[Record]:
    """The records that an answer holds.

    `null` in the place of records means none where an envelope vouches for it, or where it is the
    whole answer; else it looks the same as the answer of a service that failed.
    """
    found = find(answer, request.records)
    if is_xml and (found in (None, "") or (found is MISSING and _has_parent(answer, request.records))):
        return []
    if found is None and (request.envelope is not None or request.records == ""):
        return []
    if found is MISSING or found is None:
        raise SourceMisbehaved("the answer has no records where they are declared")
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list) or not _ONLY_OBJECTS.issuperset(map(type, found)):
        raise SourceMisbehaved("a record is not an object")
    return found


def keyed_records_of(answer: Any, request: RestRequest, column: str) -> list[Record]:
    """The records of an object by key, each with its key in `column`."""
    found = find(answer, request.records)
    if not isinstance(found, dict):
        raise SourceMisbehaved("the records are not in an object by key")
    records = [(key, one) for key, value in found.items() for one in _as_list(value) if one is not None]
    if not all(isinstance(one, dict) for _, one in records):
        raise SourceMisbehaved("a record is not an object")
    return [{column: key, **one} for key, one in records]


def _has_parent(answer: Any, path: str) -> bool:
    """XML has no empty lists: where there are none, the element around them is there and they are not."""
    parent, _, _ = path.rpartition(".")
    return parent != "" and find(answer, parent) is not MISSING


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _opens(header: str) -> datetime:
    """The moment in `Retry-After` (RFC 9110, 10.2.3); raises `SourceUnavailable` for anything else."""
    try:
        if header.strip().isdecimal():
            return datetime.now(UTC) + timedelta(seconds=int(header))
        moment = parsedate_to_datetime(header)
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise SourceUnavailable("status 503", is_transient=True) from None
