"""An HTTP answer -> records. What is not as declared is `SourceMisbehaved`, not an empty list."""

from typing import Any

from connectors.errors import SourceMisbehaved, SourceRefused, SourceUnavailable
from connectors.http.answers import OK, check_status, content_of, parse_json
from connectors.http.clients.client import Answer
from connectors.http.repeats import Record
from connectors.rest.pages import check_total
from connectors.rest.paths import MISSING, find
from connectors.rest.rows import flat
from connectors.rest.settings import RestEnvelope, RestOrigin, RestRequest, RestSettings
from connectors.rest.xml import parse_xml

NO_RECORD = object()
"""What an answer says that says: no record. A body that is `null` says nothing."""
_ONLY_OBJECTS = frozenset({dict})


class Reading:
    """Reads the answers to one declared request."""

    def __init__(self, settings: RestSettings, request: RestRequest, key_column: str | None = None) -> None:
        """`key_column` takes the names under which records stand, where they do."""
        self._settings = settings
        self._request = request
        self._key_column = key_column
        self._is_xml = settings.format == "xml"
        self._empty = request.empty_statuses if isinstance(request, RestOrigin) else frozenset[int]()

    def content(self, answer: Answer) -> Any:
        """What an answer says, as JSON would have it; `NO_RECORD` where it says that there is none.

        The declared format counts, since services name wrong content types.
        """
        if answer.status != OK and not check_status(answer, self._empty):
            return NO_RECORD
        settings = self._settings
        if self._is_xml:
            found = parse_xml(content_of(answer, settings.max_body_bytes))
        else:
            found = parse_json(answer, settings.max_body_bytes, settings.encoding)
        envelope = self._request.envelope
        return found if envelope is None or has_record(found, envelope) else NO_RECORD

    def records(self, content: Any) -> list[Record]:
        """The records in what an answer says; raises `SourceMisbehaved` where they are fewer than it says."""
        if content is NO_RECORD:
            return []
        request = self._request
        if self._key_column is not None:
            found = keyed_records_of(content, request, self._key_column)
        else:
            found = records_of(content, request, is_xml=self._is_xml)
        if request.total is not None:
            check_total(content, request.total, len(found))
        return found


def has_record(answer: Any, envelope: RestEnvelope) -> bool:
    """Look into the envelope: success, no record, or an error with HTTP 200."""
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

    `null` in the place of records means none where an envelope vouches for it; else it looks the same
    as the answer of a service that failed.
    """
    found = find(answer, request.records)
    if is_xml and (found in (None, "") or (found is MISSING and _has_parent(answer, request.records))):
        return []
    if found is None and request.envelope is not None:
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
