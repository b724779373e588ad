"""Writes drafted names into a resource's file: from then on they are the file's, and stay as they are.

An item whose key is no field name (`姓名: { column: XM }`, or shorter `姓名: XM`) gets one; its old key
becomes its title. Only these characters of the file change: comments and layout stay.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from schema.catalogue.naming import DraftedName, draft_names, is_name

_PLAIN = re.compile(r"[^\W_][\w —()（）、./'-]*")
"""Text that means itself in YAML, inside braces, too."""
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off"})


@dataclass(frozen=True, slots=True)
class Pin:
    """A name at its place in the file."""

    line: int
    """Of the old key, from 1."""
    draft: DraftedName


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """A file with its names, and what was drafted; without drafts it is the file as it was."""

    text: str
    pins: tuple[Pin, ...]


Splice = tuple[int, int, str]
"""From, to, and what stands there instead."""


def pin_names(text: str) -> PinnedFile:
    """Draft a name for every item that has none; raises `yaml.YAMLError` where the text is no YAML."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    items = _member(root, "items")
    if _member(root, "resource") is None or not isinstance(items, yaml.MappingNode):
        return PinnedFile(text, ())
    open_ = [(key, value) for key, value in items.value if not is_name(key.value)]
    taken = [key.value for key, _ in items.value if is_name(key.value)]
    drafts = draft_names([key.value for key, _ in open_], taken)
    splices: list[Splice] = []
    for (key, value), draft in zip(open_, drafts, strict=True):
        splices.append((key.start_mark.index, key.end_mark.index, draft.name))
        splices += _entitle(key, value, draft)
    names = {draft.title: draft.name for draft in drafts}
    for node in _references(root, items):
        if node.value in names:
            splices.append((node.start_mark.index, node.end_mark.index, names[node.value]))
    for start, end, new in sorted(splices, reverse=True):
        text = text[:start] + new + text[end:]
    pins = [Pin(key.start_mark.line + 1, draft) for (key, _), draft in zip(open_, drafts, strict=True)]
    return PinnedFile(text, tuple(pins))


def list_items(lines: list[str]) -> str:
    """The `items:` of a resource for a list of titles, each with a column after a comma or tab if known."""
    rows = [re.split(r"\s*[,，\t]\s*", line.strip(), maxsplit=1) for line in lines if line.strip()]
    drafts = draft_names([row[0] for row in rows])
    entries = [
        f"  {draft.name}: {{ title: {_scalar(draft.bilingual)}"
        + (f", column: {_scalar(row[1])}" if len(row) > 1 and row[1] else "")
        + " }\n"
        for row, draft in zip(rows, drafts, strict=True)
    ]
    return "items:\n" + "".join(entries)


def _entitle(key: yaml.Node, value: yaml.Node, draft: DraftedName) -> Iterator[Splice]:
    """Put the title in front of what the item says already."""
    title = f"title: {_scalar(draft.bilingual)}"
    start, end = value.start_mark.index, value.end_mark.index
    if isinstance(value, yaml.ScalarNode):
        if start == end:  # nothing stands behind the colon
            yield key.end_mark.index + 1, key.end_mark.index + 1, f" {{ {title} }}"
        else:
            yield start, end, f"{{ {title}, column: {_scalar(value.value)} }}"
    elif isinstance(value, yaml.MappingNode) and _member(value, "title") is None:
        if value.flow_style:
            yield start + 1, start + 1, f" {title}," if value.value else f" {title} "
        else:
            yield start, start, f"{title}\n{' ' * value.start_mark.column}"


def _references(root: yaml.Node | None, items: yaml.MappingNode) -> Iterator[yaml.ScalarNode]:
    """Where a resource speaks of its own items: derivations and row conditions."""
    rows = _member(_member(root, "open"), "rows")
    if isinstance(rows, yaml.MappingNode):
        yield from (key for key, _ in rows.value)
    for _, item in items.value:
        derive = _member(item, "derive")
        if isinstance(derive, yaml.MappingNode):
            for _, given in derive.value:
                node = given if isinstance(given, yaml.ScalarNode) else _member(given, "item")
                if isinstance(node, yaml.ScalarNode):
                    yield node


def _member(node: yaml.Node | None, name: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for key, value in node.value if key.value == name), None)


def _scalar(text: str) -> str:
    """As YAML: bare where that says the same."""
    if _PLAIN.fullmatch(text) and not text.endswith(" ") and text.lower() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)
