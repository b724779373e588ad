"""How the rows of a resource name entities: whose they are, and whom they refer to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from schema.catalogue.item import Item
from schema.catalogue.model import Attachment, Catalogue, KeyColumns, Resource

IDENTIFIERS = ("CitizenId", "CreditCode")


@dataclass(frozen=True, slots=True)
class Place:
    """An entity, and the columns that name it: by each of several keys."""

    entity: str
    ways: tuple[KeyColumns, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """Columns that name somebody besides the owner, of one kind or of several."""

    name: str
    targets: Mapping[str, Place]
    """By what the kind's column holds."""
    kind_column: str | None = None


@dataclass(frozen=True, slots=True)
class Blueprint:
    """Where a resource's rows stand."""

    resource: Resource
    owners: tuple[Place, ...]
    """One of these owns each row. An entity without a name: nobody in particular."""
    references: tuple[Reference, ...]
    owner_kinds: Mapping[str, Mapping[str, str]]
    """Column that holds the kind of the owner; by entity, what it holds."""
    has_one: bool
    """At most one row for each owner."""

    def is_single(self, way: KeyColumns) -> bool:
        """Whether a place that is reached this way promises at most one row."""
        return any(not one.many for one in self.resource.attachments if way in one.by)


def draft(resource: Resource, catalogue: Catalogue) -> Blueprint:
    """Read a resource's declaration."""
    owners = tuple(_owners(resource))
    owned = {column for place in owners for way in place.ways for column in way.columns}
    references: list[Reference] = []
    taken = set(owned)
    for reference in _references(resource, catalogue, owners):
        if not taken & _columns(reference):
            references.append(reference)
            taken |= _columns(reference)
    kinds = {
        item.link.kind_column: {target.entity: kind for kind, target in item.link.targets.items()}
        for item in resource.items.values()
        if item.link is not None and item.link.kind_column is not None and item.column in owned
    }
    own = [one for one in resource.attachments if one.entity == owners[0].entity and not one.is_reverse]
    return Blueprint(
        resource,
        owners,
        tuple(references),
        kinds,
        has_one=set(resource.identity) <= owned or any(one.is_core or not one.many for one in own[:1]),
    )


def _owners(resource: Resource) -> Iterator[Place]:
    """The first place, and every other that is named by its columns."""
    direct = [one for one in resource.attachments if not one.is_reverse]
    if not direct:
        yield Place("", ())
        return
    first = next((one for one in direct if one.via is None), direct[0])
    ways = _first_of_each_key(first.by)
    yield Place("" if first.via else first.entity, ways)
    columns = {column for way in ways for column in way.columns}
    for one in direct:
        shared = tuple(way for way in one.by if set(way.columns) <= columns)
        if one is not first and one.via is None and shared:
            yield Place(one.entity, shared)


def _references(resource: Resource, catalogue: Catalogue, owners: tuple[Place, ...]) -> Iterator[Reference]:
    """Everybody else a row may name. Whoever knows a column best comes first: a link with kinds."""
    links = [_of_link(resource, item) for item in resource.items.values() if item.link is not None]
    yield from (link for link in links if link.kind_column is not None)
    for attachment in resource.attachments:
        if attachment.via is None and not attachment.is_reverse:
            yield from _of_attachment(attachment, owners)
    yield from links
    for item in resource.items.values():
        if item.column is not None and item.type in IDENTIFIERS:
            yield from _of_type(item, catalogue)


def _of_type(item: Item, catalogue: Catalogue) -> Iterator[Reference]:
    """The first entity that is known by an identifier of this type."""
    for entity in catalogue.entities.values():
        for key in entity.keys.values():
            if [part.type for part in key.parts] == [item.type]:
                assert item.column is not None
                way = KeyColumns(key.name, (item.column,), (item.codec,))
                yield Reference(item.column, {"": Place(entity.name, (way,))})
                return


def _of_attachment(attachment: Attachment, owners: tuple[Place, ...]) -> Iterator[Reference]:
    """Alternatives of one key are several entities; those of several keys are one."""
    rest = [way for way in attachment.by if not any(way in place.ways for place in owners)]
    while rest:
        ways = _first_of_each_key(rest)
        yield Reference(ways[0].columns[0], {"": Place(attachment.entity, ways)})
        rest = [way for way in rest if way not in ways]


def _of_link(resource: Resource, item: Item) -> Reference:
    assert item.link is not None
    assert item.column is not None
    link = item.link
    targets: dict[str, Place] = {}
    for kind, target in link.targets.items():
        codecs = tuple(
            codec or (item.codec if column == item.column else resource.columns[column])
            for column, codec in zip(target.columns, target.codecs, strict=True)
        )
        targets[kind] = Place(target.entity, (KeyColumns(target.key, target.columns, codecs),))
    return Reference(item.column, targets, link.kind_column)


def _first_of_each_key(ways: Iterable[KeyColumns]) -> tuple[KeyColumns, ...]:
    found: dict[str, KeyColumns] = {}
    for way in ways:
        found.setdefault(way.key, way)
    return tuple(found.values())


def _columns(reference: Reference) -> set[str]:
    return {column for place in reference.targets.values() for way in place.ways for column in way.columns}
