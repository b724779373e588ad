"""What an audience may see of the catalogue at all: pruned until nothing closed is left a name.

Closed names occur in no byte of an audience's schema, so a field that is closed and one that does
not exist cannot be told apart. Visibility is the least fixpoint: a link is visible if its target
is, a way back if its link is, an entity if any resource on it is, a resource if any of its items is.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from schema.catalogue.item import Item
from schema.catalogue.model import Attachment, Catalogue, Resource
from schema.catalogue.openness import is_open
from schema.catalogue.theme import Theme
from schema.policy.caller import Audience


@dataclass(frozen=True, slots=True)
class Visibility:
    """The visible part of a catalogue, by name."""

    items: Mapping[str, frozenset[str]] | None
    """Resource code to items; `None`: every item of every resource."""
    entities: frozenset[str]

    def seen(self, code: str) -> frozenset[str] | None:
        """The visible items of a resource; `None`: all of them."""
        return None if self.items is None else self.items.get(code, frozenset())

    def item(self, resource: Resource, item: Item) -> bool:
        """Whether an item is visible."""
        return self.items is None or item.name in self.items.get(resource.code, ())

    def resource(self, resource: Resource) -> bool:
        """Whether any of a resource's items is visible."""
        return self.items is None or resource.code in self.items

    def place(self, resource: Resource, attachment: Attachment) -> bool:
        """Whether a resource is seen where it stands: on a way back, if the item that leads there is."""
        if attachment.back_by is None:
            return self.resource(resource)
        return self.item(resource, resource.items[attachment.back_by])

    def codes(self, theme: Theme) -> frozenset[str]:
        """The resources of which a theme has items that are visible."""
        if self.items is None:
            return frozenset(theme.items)
        return frozenset(code for code, names in theme.items.items() if names & self.items.get(code, set()))


def visible_to(audience: Audience, catalogue: Catalogue) -> Visibility:
    """Say what an audience sees. Every audience but the open one sees all names."""
    if audience != "open":
        return Visibility(None, frozenset(catalogue.entities))
    admitted = [
        (resource, items)
        for resource in catalogue.resources.values()
        if (items := [item for item in resource.items.values() if is_open(resource, item)])
    ]
    entities: frozenset[str] = frozenset()
    while True:
        found = {
            resource.code: seen
            for resource, items in admitted
            if (seen := frozenset(item.name for item in items if _targets_seen(item, entities)))
        }
        grown = entities | frozenset(
            entity
            for resource, _ in admitted
            if resource.code in found
            for entity in entities_below(resource, found[resource.code])
        )
        if grown == entities:
            return Visibility(found, entities)
        entities = grown


def entities_below(resource: Resource, seen: Container[str]) -> Iterator[str]:
    """The entities that a resource hangs on where these of its items are seen."""
    for attachment in resource.attachments:
        if attachment.back_by is None or attachment.back_by in seen:
            yield attachment.entity


def _targets_seen(item: Item, entities: frozenset[str]) -> bool:
    if item.link is None:
        return True
    return all(target.entity in entities for target in item.link.targets.values())
