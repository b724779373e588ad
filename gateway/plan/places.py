"""The nodes and specs of a draft: two places of a document that ask the same share one."""

from typing import Any

from gateway.plan.model import FetchSpec, Node
from schema.catalogue.model import Entity, Key
from schema.predicate import Slot


class Places:
    """Collects nodes and specs, each once."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.specs: list[FetchSpec] = []
        self._known: dict[Any, int] = {}

    def spec(self, **values: Any) -> FetchSpec:
        """The spec of these values."""
        identity = (
            "spec",
            values["resource"].code,
            *(value for name, value in values.items() if name not in {"resource", "binding", "others"}),
            tuple((by.key, by.columns) for by in values["binding"].alternatives),
        )
        if identity not in self._known:
            self._known[identity] = len(self.specs)
            self.specs.append(FetchSpec(id=len(self.specs), **values))
        return self.specs[self._known[identity]]

    def node(self, entity: Entity, key: Key, origin: Any, as_of: Slot | None = None) -> Node:
        """The node of entities known by a key, from an origin, on a day."""
        identity = ("node", entity.name, key.name, origin, as_of)
        if identity not in self._known:
            self._known[identity] = len(self.nodes)
            self.nodes.append(Node(len(self.nodes), entity, key, origin, as_of))
        return self.nodes[self._known[identity]]
