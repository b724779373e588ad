"""Generated Python: a function that is written line by line.

The rule that keeps this safe: a line holds integers, names and the tests of `values.PLAIN`, all of them
ours. What comes from a document or a catalogue (response keys, titles, functions) comes in through the
namespace, under a name made here, and never as text.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from types import CodeType
from typing import Any

from gateway.assemble.values import NAMES

MAX_REMEMBERED = 4_000
"""Characters of a function whose code is remembered: longer ones are hardly ever built alike."""


class Lines:
    """A function's lines, and what the names in them stand for."""

    def __init__(self, parameters: str, **names: Any) -> None:
        self._written: list[str] = []
        self._indent = ""
        self._made = 0
        self._names: dict[str, Any] = {"__builtins__": {"len": len}, **NAMES, **names}
        self._open(f"def made({parameters})")

    def bind(self, value: Any) -> str:
        """Bind a value to a name, by which the lines speak of it."""
        name = f"n{self._made}"
        self._made += 1
        self._names[name] = value
        return name

    def add(self, *lines: str) -> None:
        """Write lines."""
        self._written += [self._indent + line for line in lines]

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Write a head, and below it what is added until this ends."""
        indent = self._indent
        self._open(head)
        yield
        self._indent = indent

    def function(self) -> Any:
        """The function, once all is written."""
        text = "\n".join(self._written)
        code = _code(text) if len(text) <= MAX_REMEMBERED else _code.__wrapped__(text)
        exec(code, self._names)  # noqa: S102 # nothing of a document is in a line
        return self._names.pop("made")  # its globals are the names: it would lead to itself

    def _open(self, head: str) -> None:
        self.add(head + ":")
        self._indent += "    "


@lru_cache(maxsize=2_000)
def _code(text: str) -> CodeType:
    """Functions of the same build share their code; only what their names stand for differs."""
    return compile(text, "<assembly of a plan>", "exec")
