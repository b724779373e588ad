"""How a place on an entity is reached from the key that an entity is known by."""

from connectors.requests import KeyBinding
from gateway.plan.model import Node
from gateway.plan.shape import Denial, Denied
from schema.catalogue.entity import Key
from schema.catalogue.model import Attachment


def reaches(known: Key, wanted: Key) -> bool:
    """Whether one key gives another: it is the same, or a piece of it."""
    return known.name == wanted.name or (wanted.slice is not None and wanted.slice.key == known.name)


def bind_key(node: Node, attachment: Attachment) -> KeyBinding | None:
    """The ways in which rows name this node's entity; `None` where its key gives none of them."""
    usable = [by for by in attachment.by if reaches(node.key, node.entity.keys[by.key])]
    if not usable:
        return None
    keys = [node.entity.keys[by.key] for by in usable]
    return KeyBinding(tuple(usable), tuple(_piece(node.key, key) for key in keys))


def _piece(known: Key, wanted: Key) -> tuple[int, int] | None:
    if known.name == wanted.name or wanted.slice is None:
        return None
    return (wanted.slice.start, wanted.slice.stop)


def unreachable(response_key: str, what: str) -> Denied:
    """A field that the key at hand does not lead to."""
    denial = Denial("NOT_CONNECTED", "KEY_NOT_KNOWN", f"The key at hand does not lead to {what}.")
    return Denied(response_key, denial, ())
