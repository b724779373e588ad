"""What all loads of one shape share: columns, requests, and what reads their answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.columns import columns_of
from connectors.http.repeats import Identity, identity_of
from connectors.requests import Load
from connectors.rest.answer import Reading
from connectors.rest.asking import Asking
from connectors.rest.rows import Reader, flat, holding, make_reader
from connectors.rest.settings import RestOrigin, RestSettings
from connectors.shaping import Shaping


@dataclass(frozen=True, slots=True)
class Prepared:
    """Loads of one resource by one binding for one set of items."""

    origin: RestOrigin
    asking: Asking
    reading: Reading
    """Answers -> records."""
    rows: Reader
    """Records -> rows."""
    identity: Identity
    shaping: Shaping
    """Rows -> entries."""


def prepare(load: Load, origin: RestOrigin, settings: RestSettings, prefix: str) -> Prepared:
    """Prepare a shape; raises `SourceMisbehaved` where the declaration has no place for the key."""
    columns = columns_of(load)
    key_column = load.key.alternatives[0].columns[0] if origin.keyed else None
    return Prepared(
        origin=origin,
        asking=Asking(origin, prefix, load.key, columns),
        reading=Reading(settings, origin, key_column),
        rows=_reader(load, origin, columns),
        identity=identity_of(load.resource, columns, load.key),
        shaping=Shaping(load.resource, load.key, load.items, columns, flat),
    )


def _reader(load: Load, origin: RestOrigin, columns: Sequence[str]) -> Reader:
    """A record without its key is one only if it holds something else that its resource declares."""
    read = make_reader(columns)
    keys = {column for by in load.key.alternatives for column in by.columns}
    items = [item.column for item in load.resource.items.values() if item.column is not None]
    others = set(items).union(load.resource.identity) - keys
    return holding(sorted(others), read) if origin.keyless and others else read
