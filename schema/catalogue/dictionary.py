"""The shipped dictionary of common data elements: Chinese titles and the English of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Element:
    """What the dictionary says of a title or of a word in one."""

    name: str
    """lowerCamelCase."""
    english: str
    """`Registered address`."""


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Whole titles, and the words that others are made of."""

    elements: Mapping[str, Element]
    words: Mapping[str, Element]

    def compose(self, title: str) -> tuple[Element, ...]:
        """The fewest known pieces that make up the whole title; empty where some of it is unknown."""
        best: list[tuple[Element, ...] | None] = [(), *[None] * len(title)]
        for end in range(1, len(title) + 1):
            for start in range(end):
                before, piece = best[start], self._piece(title[start:end])
                if before is None or piece is None:
                    continue
                shortest = best[end]
                if shortest is None or len(before) + 1 < len(shortest):
                    best[end] = (*before, piece)
        return best[-1] or ()

    def _piece(self, text: str) -> Element | None:
        return self.words.get(text) or self.elements.get(text)


@cache
def read_dictionary() -> Dictionary:
    """The dictionary that ships with the product."""
    text = files("schema.catalogue").joinpath("dictionary.yaml").read_text(encoding="utf-8")
    found = yaml.safe_load(text)
    return Dictionary(_read(found["elements"]), _read(found["words"]))


def _read(entries: Mapping[str, Any]) -> dict[str, Element]:
    return {
        title: Element(value, spell_out(value))
        if isinstance(value, str)
        else Element(value["name"], value["title"])
        for title, value in entries.items()
    }


def spell_out(name: str) -> str:
    """`registeredAddress` -> `Registered address`."""
    spaced = "".join(f" {c.lower()}" if c.isupper() else c for c in name)
    return spaced[:1].upper() + spaced[1:]
