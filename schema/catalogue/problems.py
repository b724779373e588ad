"""Mistakes in a catalogue: every one with its file, line and a hint, and all of them at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Takes = Literal["unit", "file", "entry"]
"""What a mistake keeps out of the graph: its department; its file alone; or only what names something that is
not there. The smaller ones are for mistakes that a change of somebody else's file can make."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake."""

    file: str
    line: int
    """From 1; the line of the key that is wrong, or of the mapping that lacks one."""
    code: str
    """UPPER_SNAKE and stable."""
    message: str
    hint: str
    takes: Takes = field(default="unit", compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message} ({self.code})\n    {self.hint}"


def sort_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Put problems in order of file and line, each once."""
    return tuple(sorted(set(problems)))
