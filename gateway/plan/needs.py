"""What the leaves of a shape need of each fetch: the items to ask for, and what reading them is to rights."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from gateway.plan.model import Draft, LinkKeys
from gateway.plan.shape import (
    AnswerShape,
    Attached,
    ConnectionShape,
    CoreField,
    EntityField,
    EntityShape,
    KeyLeaf,
    Leaf,
    Link,
    Namespace,
    PseudonymLeaf,
    Read,
    RootShape,
    RowField,
    RowShape,
)
from schema.catalogue.item import Item
from schema.catalogue.model import Resource
from schema.names import column_item, is_column
from schema.predicate import Predicate, items_of


@dataclass(slots=True)
class Need:
    """What is needed of one fetch, in the order in which it is asked for."""

    items: dict[str, None] = field(default_factory=dict)
    reads: dict[Read, None] = field(default_factory=dict)


def collect_needs(draft: Draft) -> Mapping[int, Need]:
    """By spec; one that nothing needs is not there, and is not fetched."""
    needs = _Needs(draft)
    for entry in draft.entries:
        if isinstance(entry.shape, AnswerShape):
            needs.lookups(entry.shape.node)
        for shape in _entities_of(entry.shape):
            needs.entity(shape)
        if isinstance(entry.shape, ConnectionShape):
            needs.rows(entry.shape.rows, entry.shape.fetch)
    needs.inputs()
    for spec in draft.specs:
        if spec.id in needs.by_spec:
            needs.lookups(spec.node)
    return needs.by_spec


def matched_items(predicate: Predicate | None) -> list[str]:
    """The items that a predicate compares: what the right to match is needed for."""
    return [name for name in sorted(items_of(predicate)) if not is_column(name)]


def alias_items(resource: Resource, columns: Iterable[str]) -> list[str]:
    """The items that stand on the columns of keys."""
    return [next(i.name for i in resource.items.values() if i.column == column) for column in columns]


class _Needs:
    """Collects needs while the shape is walked."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self.by_spec: dict[int, Need] = {}

    def add(self, fetch: int, *reads: Read, items: tuple[str, ...]) -> None:
        need = self.by_spec.setdefault(fetch, Need())
        need.items.update(dict.fromkeys(items))
        need.reads.update(dict.fromkeys(reads))

    def entity(self, shape: EntityShape) -> None:
        for entity_field in shape.fields:
            self._entity_field(entity_field, shape.node)

    def rows(self, rows: tuple[RowShape, ...], fetch: int) -> None:
        """What a place shows of its rows; where that is no item, it still tells that they exist."""
        for row_field in (row_field for row in rows for row_field in row.fields):
            self._row_field(row_field, fetch)
        if all(row.is_bare for row in rows):
            self.add(fetch, Read(self._draft.specs[fetch].resource.code, "", "exists"), items=())

    def lookups(self, node: int, *, shows: bool = False) -> None:
        """The registers of aliases of a node: their keys are used, and shown where they replace a key."""
        for one in self._draft.lookups.get(node, ()):
            resource = self._draft.specs[one.spec].resource
            columns = (*one.old.columns, *one.current.columns)
            reads = [Read(resource.code, name, "use") for name in alias_items(resource, columns)]
            if shows and one.tells:
                shown = alias_items(resource, one.current.columns)
                reads += [Read(resource.code, name, "show") for name in shown]
            items = tuple(column_item(column) for column in columns)
            if one.kind_item is not None:
                reads.append(Read(resource.code, one.kind_item, "show"))
                items += (one.kind_item,)
            self.add(one.spec, *reads, items=items)

    def inputs(self) -> None:
        """What the specs that are needed need of others first."""
        for spec in reversed(self._draft.specs):  # an input stands before the spec that needs it
            for fetch, item in spec.inputs if spec.id in self.by_spec else ():
                read = Read(self._draft.specs[fetch].resource.code, item, "use")
                self.add(fetch, read, items=(item,))

    def _entity_field(self, entity_field: EntityField, node: int) -> None:
        match entity_field:
            case Namespace(fields=fields):
                for inner in fields:
                    self._entity_field(inner, node)
            case CoreField(choices=choices):
                for fetch, chosen in choices:
                    self._row_field(chosen, fetch)
            case Attached(fetch=fetch, row=row):
                self.rows((row,), fetch)
            case PseudonymLeaf(read=read, is_current=is_current) | KeyLeaf(read=read, is_current=is_current):
                if is_current:
                    self.lookups(node, shows=True)
                if read is not None:
                    origin = self._draft.nodes[node].origin
                    assert isinstance(origin, LinkKeys)
                    self.add(origin.fetch, read, items=(origin.item,))

    def _row_field(self, row_field: RowField, fetch: int) -> None:
        match row_field:
            case Leaf(resource=resource, item=item):
                reads = [Read(resource.code, item.name, "show")]
                if item.derivation is not None:
                    reads.append(Read(resource.code, item.derivation.item, "use"))
                self.add(fetch, *reads, items=_columns_of_item(item))
            case Link(resource=resource, item=item, targets=targets):
                self.add(fetch, Read(resource.code, item.name, "use"), items=_columns_of_item(item))
                for shape in targets.values():
                    self.entity(shape)


def _entities_of(shape: RootShape) -> Iterator[EntityShape]:
    if isinstance(shape, EntityShape):
        yield shape
    elif isinstance(shape, AnswerShape):
        yield from shape.entities.values()


def _columns_of_item(item: Item) -> tuple[str, ...]:
    """What has to be asked of a source to show or follow an item."""
    if item.derivation is not None:
        return (item.derivation.item,)
    if item.link is None:
        return (item.name,)
    helpers = [c for target in item.link.targets.values() for c in target.columns if c != item.column]
    if item.link.kind_column is not None:
        helpers.append(item.link.kind_column)
    return (item.name, *(column_item(column) for column in helpers))
