"""The nodes and specs of a draft: two places of a document that ask the same share one."""

from collections.abc import Hashable
from dataclasses import fields, replace

from gateway.plan.model import FetchSpec, Node, Origin
from schema.catalogue.entity import Entity, Key
from schema.predicate import Slot

_TELLING = tuple(
    field.name for field in fields(FetchSpec) if field.name not in {"id", "resource", "binding", "others"}
)
"""What tells specs apart, beside the code of the resource and the columns of the binding."""


class Places:
    """Collects nodes and specs, each once."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.specs: list[FetchSpec] = []
        self._nodes: dict[Hashable, Node] = {}
        self._specs: dict[Hashable, FetchSpec] = {}

    def spec(self, wanted: FetchSpec) -> FetchSpec:
        """The spec that asks what is wanted; its id is its position in `specs`."""
        identity = (
            wanted.resource.code,
            *(getattr(wanted, name) for name in _TELLING),
            tuple((by.key, by.columns) for by in wanted.binding.alternatives),
        )
        spec = self._specs.get(identity)
        if spec is None:
            spec = self._specs[identity] = replace(wanted, id=len(self.specs))
            self.specs.append(spec)
        return spec

    def node(self, entity: Entity, key: Key, origin: Origin, as_of: Slot | None = None) -> Node:
        """The node of entities known by a key, from an origin, on a day."""
        identity = (entity.name, key.name, origin, as_of)
        node = self._nodes.get(identity)
        if node is None:
            node = self._nodes[identity] = Node(len(self.nodes), entity, key, origin, as_of)
            self.nodes.append(node)
        return node
