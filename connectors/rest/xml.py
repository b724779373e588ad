"""XML -> the same values as JSON gives: elements are members, in lists; nothing is fetched or expanded.

`<r><row no="1"><name>x</name></row></r>` is `{"r": {"row": [{"@no": "1", "name": ["x"]}]}}`; text
beside attributes stands under `#text`. Namespaces are left out. All values are text: an empty element
is empty text, one with `xsi:nil` is null.
"""

import re
from typing import Any

from lxml import etree

from connectors.errors import SourceMisbehaved
from connectors.http.body import CHINESE

TEXT = "#text"
MAX_DEPTH = 64
"""Elements in each other: deeper ones are no records, and reading them is recursive."""
_NIL = "@nil"
_DECLARED = re.compile(rb"<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")


def parse_xml(content: bytes) -> Any:
    """Read a document; raises `SourceMisbehaved` for anything that declares entities."""
    parser = etree.XMLParser(
        encoding=_encoding(content),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise SourceMisbehaved("not XML") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise SourceMisbehaved("XML with a document type")
    return {_local(root.tag): _value(root, 0)}


def _encoding(content: bytes) -> str | None:
    """What a document is written in, where that is more than it says."""
    declared = _DECLARED.match(content)
    return CHINESE.get(declared[1].decode().lower()) if declared else None


def _value(element: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise SourceMisbehaved("XML that is nested too deeply")
    children = [child for child in element if isinstance(child.tag, str)]
    value: dict[str, Any] = {f"@{_local(name)}": text for name, text in element.attrib.items()}
    text = element.text or ""
    text = text.strip() if "\n" in text else text  # broken lines are layout
    if value.get(_NIL) in {"true", "1"}:
        return None
    if not children:
        return text if not value else {**value, TEXT: text}
    for child in children:
        value.setdefault(_local(child.tag), []).append(_value(child, depth + 1))
    return value


def _local(name: Any) -> str:
    return str(etree.QName(name).localname)
