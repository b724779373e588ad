"""Catalogue types are spliced into the hand-written Strawberry schema as graphql-core types.

Strawberry's `create_type` takes 17 s for a city; spliced, the same takes a third of one. Public API
only, but for one touch: putting the spliced `GraphQLSchema` in place of Strawberry's own, which is
what its `sort_schema` does. That touch is `_put_in_place` and has a test of its own.

A spliced field has no resolver of its own. They share two: `resolve_entry` on the roots awaits the
field's part of the operation's one plan, and `resolve_planned` reads from what a root gave. A
hand-written field returns an entity by returning an `EntityRef`; the same plan fills it in.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, Protocol

import strawberry
from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    get_named_type,
    is_object_type,
)

from schema.types.directives import FRESHNESS

Info = GraphQLResolveInfo[Any]
PLACEHOLDER = "Stands for an entity of the catalogue."


@dataclass(frozen=True, slots=True)
class EntityRef:
    """What a hand-written field returns for an entity: its name, a key and the key's value."""

    entity: str
    key: str
    value: tuple[Any, ...]


class PlannedEntity(dict[str, Any]):
    """An entity's fields by response key, with the type that a union resolves to."""

    __slots__ = ("type_name",)

    def __init__(self, type_name: str, fields: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self.type_name = type_name


class Run(Protocol):
    """What resolvers find as `info.context["run"]`: the one plan of the operation, running."""

    async def entry(self, path: tuple[str, ...], ref: EntityRef | None) -> Any:
        """Give the finished part of the plan below a field, as nested dictionaries by response key."""
        ...


def entity_placeholder(name: str) -> type:
    """A Strawberry type for annotating hand-written fields that return an entity of this name."""
    body = {"__annotations__": {"id": strawberry.ID}, "__doc__": PLACEHOLDER}
    return strawberry.type(type(name, (), body), name=name, description=PLACEHOLDER)


def splice(skeleton: strawberry.Schema, roots: Mapping[str, GraphQLField]) -> GraphQLSchema:
    """Add catalogue root fields to a hand-written schema and put entities in its placeholders' places.

    The skeleton is changed: make a new one for every snapshot.
    """
    core = skeleton._schema
    entities = _object_types(roots)
    for type_ in list(core.type_map.values()):
        if is_object_type(type_) and not type_.name.startswith("__"):
            _replace_placeholders(type_, entities)
    kwargs = core.to_kwargs()
    query = core.query_type
    assert query is not None
    collisions = sorted(set(query.fields) & set(roots))
    if collisions:
        raise ValueError(f"entity root fields collide with hand-written ones: {collisions}")
    for field in roots.values():
        field.resolve = resolve_entry
    for entity in entities.values():
        for field in entity.fields.values():
            field.resolve = resolve_planned
    kwargs["assume_valid"] = True  # the catalogue is checked, Strawberry checks its own: 0.5 s for a city
    kwargs["query"] = GraphQLObjectType(query.name, {**roots, **query.fields}, description=query.description)
    kwargs["directives"] = (*kwargs["directives"], FRESHNESS)
    kwargs["types"] = tuple(t for t in kwargs["types"] or () if t is not query and not _is_placeholder(t))
    spliced = GraphQLSchema(**kwargs)
    _put_in_place(skeleton, spliced)
    return spliced


def _put_in_place(skeleton: strawberry.Schema, spliced: GraphQLSchema) -> None:
    skeleton._schema = spliced
    spliced._strawberry_schema = skeleton  # type: ignore[attr-defined] # as sort_schema does


async def resolve_entry(_source: Any, info: Info, **_arguments: Any) -> Any:
    """Await a root field's part of the plan."""
    return await info.context["run"].entry(_static_path(info), None)


def resolve_planned(source: Any, info: Info, **_arguments: Any) -> Any:
    """Read what the plan put under this response key; an error there is raised here."""
    key = info.path.key
    if not isinstance(source, Mapping) or key not in source:
        raise GraphQLError(
            f"Field '{info.field_name}' was reached without a plan.",
            extensions={"code": "PLANNER_BYPASSED"},
        )
    value = source[key]
    if isinstance(value, Exception):
        raise value
    return value


def _static_path(info: Info) -> tuple[str, ...]:
    return tuple(step for step in info.path.as_list() if isinstance(step, str))


def _object_types(roots: Mapping[str, GraphQLField]) -> dict[str, GraphQLObjectType]:
    """All spliced object types by name, found by walking from the roots."""
    found: dict[str, GraphQLObjectType] = {}
    waiting: list[Any] = [field.type for field in roots.values()]
    while waiting:
        type_ = waiting.pop()
        if isinstance(type_, GraphQLNonNull | GraphQLList):
            waiting.append(type_.of_type)
        elif hasattr(type_, "types"):
            waiting.extend(type_.types)
        elif isinstance(type_, GraphQLObjectType) and type_.name not in found:
            found[type_.name] = type_
            waiting.extend(field.type for field in type_.fields.values())
    return found


def _is_placeholder(type_: GraphQLNamedType) -> bool:
    return type_.description == PLACEHOLDER


def _replace_placeholders(type_: GraphQLObjectType, entities: Mapping[str, GraphQLObjectType]) -> None:
    for name, field in list(type_.fields.items()):
        named = get_named_type(field.type)
        if not _is_placeholder(named):
            continue
        if named.name not in entities:
            del type_.fields[name]  # the catalogue has no such entity
            continue
        field.type = _rewrap(field.type, entities[named.name])
        field.resolve = _entry_after(field.resolve)


def _entry_after(resolve: Callable[..., Any] | None) -> Callable[..., Awaitable[Any]]:
    """Let a hand-written resolver name entities, then await their part of the plan."""
    assert resolve is not None, "a hand-written field that returns an entity has a resolver"

    async def resolve_reference(source: Any, info: Info, **arguments: Any) -> Any:
        answer = resolve(source, info, **arguments)
        if isawaitable(answer):
            answer = await answer
        run, path = info.context["run"], _static_path(info)
        if isinstance(answer, list | tuple):
            return [await run.entry(path, ref) for ref in answer]
        return None if answer is None else await run.entry(path, answer)

    return resolve_reference


def _rewrap(type_: Any, replacement: GraphQLObjectType) -> Any:
    if isinstance(type_, GraphQLNonNull):
        return GraphQLNonNull(_rewrap(type_.of_type, replacement))
    if isinstance(type_, GraphQLList):
        return GraphQLList(_rewrap(type_.of_type, replacement))
    return replacement
