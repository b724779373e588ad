"""One YAML file: its values, and the line of every key.

YAML 1.2 words are used for booleans (`true`, `false`), so that `on:` and a column named `NO` are
what they look like. Keys are text as it is written: `true`, `01` and `2026` name what they look like,
too. Duplicate keys are mistakes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import yaml

from schema.catalogue.files import Unreadable
from schema.catalogue.problems import Problem, Takes
from schema.catalogue.quick_yaml import NotQuick, read_quickly

Location = tuple[str | int, ...]
MAX_CHARACTERS = 1_000_000
"""Of one file."""
NO_CHARACTER = "\ufffd"
"""What stands in a text for bytes that are no UTF-8 (`errors="replace"`); nobody writes it."""


@dataclass(slots=True)
class YamlFile:
    """What a file says, and where."""

    path: str
    """Relative to the catalogue."""
    value: Any = None
    problems: list[Problem] = field(default_factory=list)
    _unread: str | None = None
    """The text, where nobody has asked for a line yet: lines are found when a mistake needs one."""
    _lines: dict[Location, int] = field(default_factory=dict)

    @property
    def lines(self) -> Mapping[Location, int]:
        """Line of the key (or list entry) at a location."""
        if self._unread is not None:
            text, self._unread = self._unread, None
            _find_lines(self, text)
        return self._lines

    def without_value(self) -> "YamlFile":
        """The file for those who only need its lines."""
        return YamlFile(self.path, None, self.problems, self._unread, self._lines)

    def line_of(self, location: Location) -> int:
        """The line of the nearest thing that stands at a location or around it."""
        for end in range(len(location), -1, -1):
            if location[:end] in self.lines:
                return self.lines[location[:end]]
        return 1

    def problem(
        self, location: Location, code: str, message: str, hint: str, takes: Takes = "unit"
    ) -> Problem:
        """A mistake at a location of this file."""
        return Problem(self.path, self.line_of(location), code, message, hint, takes)


_TYPED_KEYS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("bool", "int", "float", "null"))


class _Loader(yaml.SafeLoader):
    """YAML with the booleans of version 1.2, no dates made of text, and nothing that repeats itself."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse aliases: a small file could stand for a huge one."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call] # no types are published
            raise yaml.MarkedYAMLError(problem="aliases are not allowed", problem_mark=mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        """Read keys as text, whatever they would be as values."""
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag in _TYPED_KEYS:
                key.tag = "tag:yaml.org,2002:str"
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp"}
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def parse_yaml(path: str, text: str) -> YamlFile:
    """Read a file; mistakes of syntax, duplicate keys and that it cannot be read are in its `problems`."""
    file = YamlFile(path)
    if isinstance(text, Unreadable):
        hint = "Let the gateway's user read it."
        file.problems.append(Problem(path, 1, "UNREADABLE", str(text), hint))
        return file
    if len(text) > MAX_CHARACTERS:
        hint = f"At most {MAX_CHARACTERS} characters; a resource is a file of its own."
        file.problems.append(file.problem((), "TOO_LARGE", "the file is too large", hint))
        return file
    if NO_CHARACTER in text:
        line = text.count("\n", 0, text.index(NO_CHARACTER)) + 1
        hint = "Save the file as UTF-8, whatever it is in now."
        file.problems.append(Problem(path, line, "NOT_UTF8", "characters that are no UTF-8", hint))
    try:
        file.value = read_quickly(text, _plain)
        file._unread = text
    except NotQuick:
        _read_carefully(file, text)
    return file


@lru_cache(maxsize=4_096)
def _plain(text: str) -> Any:
    """What a plain scalar stands for. Raises `NotQuick` for what only the careful reader may judge."""
    loader: Any = _Loader("")
    node = yaml.ScalarNode(loader.resolve(yaml.ScalarNode, text, (True, False)), text)
    try:
        return loader.construct_document(node)
    except (yaml.YAMLError, ValueError):
        raise NotQuick from None
    finally:
        loader.dispose()


def _find_lines(file: YamlFile, text: str) -> None:
    """Index a file that has been read quickly; its value stays as it is."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
    except (yaml.YAMLError, RecursionError):  # libyaml takes a little more than PyYAML does
        return
    finally:
        loader.dispose()
    if node is not None:
        _index(node, (), file)


def _read_carefully(file: YamlFile, text: str) -> None:
    """Read value, lines and mistakes."""
    loader = None
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is not None:
            _index(node, (), file)
            file.value = loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        file._lines[()] = mark.line + 1 if mark else 1
        file.problems.append(
            file.problem(
                (),
                "YAML_SYNTAX",
                f"not YAML: {error.problem}",
                "Check indentation, quotes and colons.",
            )
        )
    except RecursionError:
        file.problems.append(
            file.problem((), "YAML_SYNTAX", "not YAML: nested too deeply", "A catalogue is flat.")
        )
    except (yaml.YAMLError, ValueError):
        file.problems.append(
            file.problem((), "YAML_SYNTAX", "not YAML: unreadable characters", "Save the file as UTF-8 text.")
        )
    finally:
        if loader is not None:
            loader.dispose()


def _index(node: yaml.Node, location: Location, file: YamlFile) -> None:
    file._lines.setdefault(location, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            inner = (*location, name)
            file._lines[inner] = key.start_mark.line + 1
            if name in seen:
                file.problems.append(
                    file.problem(inner, "DUPLICATE_KEY", f"'{name}' stands twice", "Keep one of them.")
                )
            seen.add(name)
            _index(value, inner, file)
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            _index(value, (*location, position), file)


def first_key(value: Any) -> str | None:
    """What kind of declaration a file is."""
    return next(iter(value), None) if isinstance(value, Mapping) else None
