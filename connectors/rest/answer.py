"""An HTTP answer -> records. What is not as declared is `SourceMisbehaved`, not an empty list."""

from collections.abc import Sequence
from typing import Any

import orjson
from lxml import etree

from connectors.errors import SourceMisbehaved, SourceRefused, SourceUnavailable
from connectors.requests import Load
from connectors.rest.paths import MISSING, find
from connectors.rest.settings import RestOrigin
from connectors.shaping import columns_of

NOT_FOUND, TOO_MANY = 404, 429


def check_status(status: int) -> bool:
    """Whether an answer has a body to read; `False`: there is no record."""
    if status == NOT_FOUND:
        return False
    if status == TOO_MANY or status >= 500:
        raise SourceUnavailable(f"status {status}", is_transient=status != TOO_MANY)
    if not 200 <= status < 300:
        raise SourceRefused(f"status {status}")
    return True


def parse(content: bytes, format_: str) -> Any:
    """Read a body."""
    if format_ == "xml":
        return _parse_xml(content)
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise SourceMisbehaved("not JSON") from error


def has_record(answer: Any, origin: RestOrigin) -> bool:
    """Look into the envelope: success, no record, or an error with HTTP 200."""
    if origin.envelope is None:
        return True
    code = find(answer, origin.envelope.code)
    if code is MISSING:
        raise SourceMisbehaved("the answer has no envelope")
    if str(code) in origin.envelope.no_record:
        return False
    if str(code) not in origin.envelope.ok:
        raise SourceUnavailable("an error in the envelope")
    return True


def records_of(answer: Any, origin: RestOrigin) -> list[dict[str, Any]]:
    """The records that an answer holds."""
    found = find(answer, origin.records)
    if found is MISSING:
        raise SourceMisbehaved("the answer has no records where they are declared")
    if found is None:
        return []
    if origin.keyed:
        if not isinstance(found, dict):
            raise SourceMisbehaved("the records are not in an object by key")
        found = [one for value in found.values() for one in (value if isinstance(value, list) else [value])]
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise SourceMisbehaved("a record is not an object")
    return found


def rows_of(records: Sequence[dict[str, Any]], load: Load) -> tuple[tuple[str, ...], list[list[Any]]]:
    """Records as rows of columns; a column is a path, and one that is absent is empty."""
    columns = columns_of(load)
    rows = []
    for record in records:
        values = [find(record, column) for column in columns]
        rows.append([None if value is MISSING else _flat(value) for value in values])
    return columns, rows


def _flat(value: Any) -> Any:
    if isinstance(value, list):
        return _flat(value[0]) if len(value) == 1 else orjson.dumps(value).decode()
    return orjson.dumps(value).decode() if isinstance(value, dict) else value


def _parse_xml(content: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise SourceMisbehaved("not XML") from error
    return {_local(root): _value(root)}


def _value(element: Any) -> Any:
    children = [child for child in element if isinstance(child.tag, str)]
    if not children and not element.attrib:
        return (element.text or "").strip() or None
    value: dict[str, Any] = {f"@{name}": text for name, text in element.attrib.items()}
    for child in children:
        value.setdefault(_local(child), []).append(_value(child))
    return value


def _local(element: Any) -> str:
    return str(etree.QName(element).localname)
