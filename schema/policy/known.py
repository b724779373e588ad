"""Which items there are, as the patterns of grants name them."""

import re
from bisect import bisect_left
from collections.abc import Set
from fnmatch import fnmatchcase
from itertools import takewhile

from schema.catalogue.model import Catalogue

_HEAD = re.compile(r"[^*?\[]*")
"""What every name begins with that a pattern fits."""


class KnownItems:
    """Names of a catalogue's items, found by how they begin: a city has 40,000, and many grants.

    `folders` are those of all its departments, with mistakes or without.
    """

    def __init__(self, catalogue: Catalogue, folders: Set[str] = frozenset()) -> None:
        resources = catalogue.resources.values()
        self._names = sorted(f"{resource.code}.{item}" for resource in resources for item in resource.items)
        self._left_out = [f"{name}." for name in folders - catalogue.departments.keys()]

    def has(self, pattern: str) -> bool:
        """Whether a pattern fits some, or may fit those of a department that was left out: its own mistakes
        are told, and to be mended first."""
        head = _HEAD.match(pattern)[0]  # type: ignore[index] # it fits everything
        if any(name.startswith(head) or head.startswith(name) for name in self._left_out):
            return True
        places = range(bisect_left(self._names, head), len(self._names))
        candidates = takewhile(lambda name: name.startswith(head), map(self._names.__getitem__, places))
        return any(fnmatchcase(name, pattern) for name in candidates)
