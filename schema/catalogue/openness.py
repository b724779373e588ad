"""Whether an item is open to everyone, by what is declared of it and of its resource."""

from schema.catalogue.item import Item
from schema.catalogue.model import Resource

OPEN_LEVEL = 1
"""Highest level of an item that is open without saying so (DOMAIN: default rules of access)."""


def is_open(resource: Resource, item: Item) -> bool:
    """Whether everyone may see an item: by its own word, or its resource's and its level."""
    if resource.sharing.type == "withheld" or resource.opening.type != "unconditional":
        return item.is_open is True and resource.sharing.type != "withheld"
    return item.level <= OPEN_LEVEL if item.is_open is None else item.is_open


def is_everyones(resource: Resource, item: Item) -> bool:
    """Whether everyone may see an item of every row."""
    return is_open(resource, item) and resource.opening.rows is None
