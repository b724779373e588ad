"""What all loads of one shape share: columns, requests, and what reads their answers."""

from dataclasses import dataclass

from connectors.columns import columns_of
from connectors.http.repeats import Identity, identity_of
from connectors.requests import Load
from connectors.rest.answer import Reading
from connectors.rest.asking import Asking
from connectors.rest.rows import Reader, flat, make_reader
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
        rows=make_reader(columns),
        identity=identity_of(load.resource, columns),
        shaping=Shaping(load.resource, load.key, load.items, columns, flat),
    )
