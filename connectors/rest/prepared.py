"""What all loads of one shape share: columns, requests, reader."""

from dataclasses import dataclass

from connectors.requests import KeyBinding, Load
from connectors.rest.asking import Asking
from connectors.rest.rows import Reader, make_reader
from connectors.rest.settings import RestOrigin
from connectors.shaping import columns_of


@dataclass(frozen=True, slots=True)
class Prepared:
    """Loads of one resource by one binding for one set of items."""

    binding: KeyBinding
    origin: RestOrigin
    columns: tuple[str, ...]
    identity: tuple[int, ...]
    """Positions of its columns."""
    asking: Asking
    read: Reader


def prepare(load: Load, origin: RestOrigin, prefix: str) -> Prepared:
    """Prepare a shape; raises `SourceMisbehaved` where the declaration has no place for the key."""
    columns = columns_of(load)
    return Prepared(
        binding=load.key,
        origin=origin,
        columns=columns,
        identity=tuple(columns.index(name) for name in load.resource.identity),
        asking=Asking(origin, prefix, load.key, columns),
        read=make_reader(columns),
    )
