"""What makes one row one row: it completes every order, so that pages neither lose a row nor repeat one."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from connectors.errors import SourceMisbehaved
from schema.catalogue.model import Resource
from schema.values import Codec


def identity_codecs(resource: Resource) -> list[tuple[str, Codec]]:
    """The columns that complete every order."""
    return [(column, resource.columns[column]) for column in resource.identity]


def check_distinct(places: Sequence[Any]) -> None:
    """Refuse neighbours in a scan's order that nothing tells apart: one would be lost between pages."""
    if any(one == other for one, other in pairwise(places)):
        raise SourceMisbehaved("two rows of one identity: a page could not go on between them")
