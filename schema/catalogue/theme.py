"""A theme as compiled: which items of which resources it names."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """A part of the catalogue under a name of its own, across departments."""

    name: str
    title: str
    items: Mapping[str, frozenset[str]]
    """Names of items by resource code, those of whole resources written out; no resource is empty."""
