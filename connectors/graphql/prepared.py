"""What all requests of one shape share: document, asking, reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connectors.columns import columns_needed, columns_of
from connectors.errors import SourceMisbehaved
from connectors.graphql.asking import Asking
from connectors.graphql.blame import Blaming
from connectors.graphql.columns import Column, read_column
from connectors.graphql.document import Documents
from connectors.graphql.pages import Paging
from connectors.graphql.rows import Chain, Reader, Route, make_reader, read_value
from connectors.graphql.settings import GraphQLOrigin, GraphQLRequest
from connectors.http.repeats import Identity, identity_of
from connectors.reading import reads_itself
from connectors.requests import KeyBinding, Load, Scan
from connectors.shaping import Shaping


@dataclass(frozen=True, slots=True)
class Selected:
    """One operation with the columns that are selected in it."""

    declared: GraphQLRequest
    columns: tuple[str, ...]
    paths: dict[str, Column]
    """Those of the columns that the service holds."""
    documents: Documents
    route: Route
    paging: Paging | None
    read: Reader
    filled: Column | None
    """What is null where an object is no record."""
    is_keyless: bool
    """Whether rows do not hold the keys that they were asked by."""

    def chains(self, value: Any, before: Chain = ()) -> list[Chain]:
        """All records below a value that stands after some objects of the route."""
        found = self.route.chains(value, before)
        filled = self.filled
        return found if filled is None else [c for c in found if read_value(c, filled) is not None]

    def chains_of_each(self, values: Sequence[Any], before: Chain = ()) -> tuple[list[Chain], Sequence[int]]:
        """All records below several values, and for each record the number of the value that it is below."""
        chains, numbers = self.route.chains_of_each(values, before)
        filled = self.filled
        if filled is None:
            return chains, numbers
        kept = [one for one in zip(chains, numbers, strict=True) if read_value(one[0], filled) is not None]
        return [chain for chain, _ in kept], [number for _, number in kept]


@dataclass(frozen=True, slots=True)
class Prepared:
    """Loads of one resource by one binding for one set of items."""

    binding: KeyBinding
    selected: Selected
    identity: Identity
    asking: Asking
    blaming: Blaming
    keys: tuple[tuple[int, ...], ...]
    """By alternative: the positions of its columns."""
    text_at: tuple[int | None, ...]
    """By alternative: the position of its only column, if a key's text that stands there reads as itself."""
    shaping: Shaping


def select(
    declared: GraphQLRequest, origin: GraphQLOrigin, columns: Sequence[str], known: frozenset[str]
) -> Selected:
    """Select columns but those that are known; raises `SourceMisbehaved` where one has no place."""
    operation, fields = declared.operation, origin.fields_of(declared)
    paging = None if declared.pages is None else Paging(declared.pages, operation)
    own = origin.key_variables if declared is origin else frozenset[str]()
    own |= {declared.pages.variable} if declared.pages is not None else frozenset[str]()
    try:
        paths = {name: read_column(name, fields, operation) for name in columns if name not in known}
        filled = None if origin.filled is None else read_column(origin.filled, fields, operation)
        chosen = [*paths.values(), *([] if filled is None else [filled])]
        documents = Documents(operation, chosen, () if paging is None else paging.paths, own)
    except ValueError:
        raise SourceMisbehaved("a column has no place in the operation: name its path in 'fields'") from None
    is_positional = declared is origin and origin.is_positional  # then what is of another type is a lie
    return Selected(
        declared=declared,
        columns=tuple(columns),
        paths=paths,
        documents=documents,
        route=Route(operation.route, frozenset() if is_positional else operation.narrowed),
        paging=paging,
        read=make_reader(columns, paths),
        filled=filled,
        is_keyless=bool(known),
    )


def prepare_scan(scan: Scan, origin: GraphQLOrigin) -> Selected:
    """Prepare a shape of pages; raises `SourceMisbehaved` where the declaration does not say how."""
    if origin.scan is None:
        raise SourceMisbehaved("the resource declares no way to scan it")
    return select(origin.scan, origin, columns_needed(scan.resource, None, scan.items), frozenset())


def prepare(load: Load, origin: GraphQLOrigin) -> Prepared:
    """Prepare a shape; raises `SourceMisbehaved` where the declaration has no place for the key."""
    columns = columns_of(load)
    of_keys = {name for by in load.key.alternatives for name in by.columns}
    selected = select(origin, origin, columns, frozenset(of_keys) if origin.keyless else frozenset())
    return Prepared(
        binding=load.key,
        selected=selected,
        identity=identity_of(load.resource, columns, load.key),
        asking=Asking(origin, load.key),
        blaming=Blaming(
            load.key,
            origin.operation.route,
            {name: path for name, path in selected.paths.items() if name in of_keys},
            is_positional=origin.is_positional,
        ),
        keys=tuple(tuple(map(columns.index, by.columns)) for by in load.key.alternatives),
        text_at=tuple(
            columns.index(by.columns[0]) if len(by.columns) == 1 and reads_itself(by.codecs[0]) else None
            for by in load.key.alternatives
        ),
        shaping=Shaping(load.resource, load.key, load.items, columns),
    )
