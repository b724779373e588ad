"""The same values as `yaml_file` gives, read with libyaml: for files without mistakes or rarities.

A city's catalogue is 4 MB of YAML; PyYAML's own parser takes eleven seconds for it. Everything this
reader is not sure of (a mistake, a tag, an anchor, a merge, a key that stands twice) it gives back
undone, and the careful one reads the file. It takes events and not libyaml's nodes: these are made
by recursion in C, which a deeply nested file overflows.
"""

import sys
from collections.abc import Callable
from typing import Any

import yaml

PARSER: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else None

MAX_DEPTH = 64
_MAYBE_TYPED = frozenset("0123456789+-.tfnN~=<")
"""First characters of plain text that may be something other than text."""
_END = object()
"""What stands for the end of a mapping or a list."""


class NotQuick(Exception):
    """The careful reader has to look."""


def read_quickly(text: str, plain: Callable[[str], Any]) -> Any:
    """Give the value of a text; `plain` reads a plain scalar. Raises `NotQuick`."""
    if PARSER is None:
        raise NotQuick
    try:
        return _document(PARSER(text), plain)
    except (yaml.YAMLError, ValueError):
        raise NotQuick from None


def _document(parser: Any, plain: Callable[[str], Any]) -> Any:
    next_event: Callable[[], Any] = parser.get_event
    next_event()  # of the stream
    if type(next_event()) is not yaml.DocumentStartEvent:
        return None  # an empty file
    value = _node(next_event, plain, 0)
    next_event()  # the end of the document
    if value is _END or type(next_event()) is not yaml.StreamEndEvent:
        raise NotQuick  # a second document
    return value


def _node(next_event: Callable[[], Any], plain: Callable[[str], Any], depth: int) -> Any:
    event = next_event()
    kind = type(event)
    if kind is yaml.ScalarEvent:
        return _scalar(event, plain)
    if kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
        return _END
    if kind is yaml.AliasEvent or event.anchor is not None or event.tag is not None or depth == MAX_DEPTH:
        raise NotQuick
    if kind is yaml.MappingStartEvent:
        return _mapping(next_event, plain, depth + 1)
    found = []
    while (value := _node(next_event, plain, depth + 1)) is not _END:
        found.append(value)
    return found


def _mapping(next_event: Callable[[], Any], plain: Callable[[str], Any], depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    while type(event := next_event()) is not yaml.MappingEndEvent:
        if type(event) is not yaml.ScalarEvent or event.value in found or event.value == "<<":
            raise NotQuick
        if event.anchor is not None or event.tag is not None:
            raise NotQuick
        found[sys.intern(event.value)] = _node(next_event, plain, depth)
    return found


def _scalar(event: Any, plain: Callable[[str], Any]) -> Any:
    text: str = event.value
    if event.anchor is not None or event.tag is not None:
        raise NotQuick
    if not event.implicit[0]:
        return text
    return plain(text) if not text or text[0] in _MAYBE_TYPED else sys.intern(text)
