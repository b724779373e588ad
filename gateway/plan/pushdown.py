"""Pushdown: what of a condition and an order the source does exactly, and what is left for us."""

from collections.abc import Iterator, Set
from dataclasses import replace

from connectors.capabilities import Capabilities
from connectors.columns import column_of
from gateway.plan.model import FetchSpec
from schema.catalogue.model import Resource
from schema.predicate import (
    FALSE,
    And,
    Compare,
    Located,
    Not,
    Operator,
    Or,
    Predicate,
    conjunction,
    fold,
    items_of,
)
from schema.values import sorts_as_decoded

_EDGES: tuple[Operator, ...] = ("ge", "le")
"""What a source compares to tell what is in a box."""


def negotiate(
    predicate: Predicate | None, resource: Resource, capabilities: Capabilities
) -> tuple[Predicate | None, Predicate | None]:
    """Split a conjunction into what the source does exactly and what is left for us.

    What is false of every row is `FALSE` and nothing else: no source is asked, whatever it can do.
    Of a place that is left, the source is given the box around it if it can take one: no row is lost.
    """
    predicate = None if predicate is None else fold(predicate)
    if predicate == FALSE:
        return FALSE, None
    parts = tuple(_conjuncts(predicate))
    pushed = [part for part in parts if _is_exact(part, resource, capabilities)]
    remaining = [part for part in parts if part not in pushed]
    located = [replace(part, is_bounds=True) for part in remaining if isinstance(part, Located)]
    boxes = [box for box in located if _is_exact(box, resource, capabilities)]
    return conjunction(*pushed, *boxes), conjunction(*remaining)


def _conjuncts(predicate: Predicate | None) -> Iterator[Predicate]:
    """All that has to hold, however it is nested: each part is negotiated by itself."""
    if isinstance(predicate, And):
        for part in predicate.parts:
            yield from _conjuncts(part)
    elif predicate is not None:
        yield predicate


def is_finishable(remaining: Predicate | None, capabilities: Capabilities, own: Set[str]) -> bool:
    """Whether what is left of a page's condition is about where rows stand, of a source that takes boxes, or
    about the catalogue's `own` items: nobody who asks for the page can help those."""
    takes_boxes = capabilities.operators.issuperset(_EDGES)
    return all(
        items_of(part) <= own or (takes_boxes and _is_about_place(part)) for part in _conjuncts(remaining)
    )


def _is_about_place(predicate: Predicate) -> bool:
    match predicate:
        case Located():
            return True
        case And(parts) | Or(parts):
            return any(map(_is_about_place, parts))
        case Not(part):
            return _is_about_place(part)
    return False


def _is_exact(
    predicate: Predicate, resource: Resource, capabilities: Capabilities, *, negated: bool = False
) -> bool:
    """Whether the source gives exactly our truth.

    A codec's `exact` speaks of *true*. Under `not`, unknown must stay unknown too, which a column
    keeps only if it is exact for `ne`: a stored empty text is false to the source and unknown to us.
    """
    match predicate:
        case Compare(item, operator):
            exact = column_of(resource, item)[1].exact
            does = operator in capabilities.operators and operator in exact
            return does and (not negated or "ne" in exact)
        case Located(lon, lat, relation, is_bounds=is_bounds):
            operators: tuple[Operator, ...] = (*_EDGES, "isNull") if negated else _EDGES
            axes = [Compare(item, operator, None) for item in (lon, lat) for operator in operators]
            takes_box = all(_is_exact(one, resource, capabilities, negated=negated) for one in axes)
            return takes_box and (relation == "box" or is_bounds)
        case And(parts) | Or(parts):
            return all(_is_exact(p, resource, capabilities, negated=negated) for p in parts)
        case Not(part):
            return _is_exact(part, resource, capabilities, negated=True)


def sorts_exactly(spec: FetchSpec, capabilities: Capabilities) -> bool:
    """Whether the stored values sort as the decoded ones do, the identity that completes them too."""
    codecs = [spec.resource.items[term.item].codec for term in spec.order]
    codecs += [spec.resource.columns[column] for column in spec.resource.identity]
    return capabilities.orders and all(map(sorts_as_decoded, codecs))
