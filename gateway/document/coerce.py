"""Compiled coercion of variables: quick for what is plainly right, and silent about everything else.

`make_coercer` gives a function that answers what graphql-core's `get_variable_values` answers, or
`NOT_PLAIN`: then graphql-core decides, and finds the words where it refuses (specification, 6.1.2).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    Undefined,
    VariableDefinitionNode,
    get_variable_values,
    type_from_ast,
)

Coerce = Callable[[Any], Any]
CoerceAll = Callable[[Mapping[str, Any]], "dict[str, Any] | None"]


class NotPlain(Exception):
    """Not to be decided here."""


def make_coercer(schema: GraphQLSchema, definitions: Iterable[VariableDefinitionNode]) -> CoerceAll:
    """Coerce all variables of an operation; `None` where graphql-core has to."""
    coercers: list[tuple[str, Coerce, Any]] = []
    for definition in definitions:
        type_ = type_from_ast(schema, definition.type)
        assert type_ is not None, "the document has been validated"
        alone = get_variable_values(schema, (definition,), {})
        default = Undefined if isinstance(alone, list) else alone.coerced.get(_name(definition), Undefined)
        is_required = isinstance(alone, list)
        coercers.append((_name(definition), _coercer(type_), _Missing if is_required else default))

    def coerce(values: Mapping[str, Any]) -> dict[str, Any] | None:
        coerced: dict[str, Any] = {}
        try:
            for name, one, default in coercers:
                if name in values:
                    coerced[name] = one(values[name])
                elif default is _Missing:
                    return None
                elif default is not Undefined:
                    coerced[name] = default
        except Exception:  # noqa: BLE001 - whatever it is, graphql-core has the words for it
            return None
        return coerced

    return coerce


class _Missing:
    """In the place of the default of a variable that has to be given."""


def _name(definition: VariableDefinitionNode) -> str:
    return definition.variable.name.value


def _coercer(type_: Any) -> Coerce:
    """Of an input type."""
    if isinstance(type_, GraphQLNonNull):
        return _not_null(_coercer(type_.of_type))
    return _nullable(_of(type_))


def _of(type_: Any) -> Coerce:
    match type_:
        case GraphQLScalarType():
            return type_.coerce_input_value
        case GraphQLEnumType():
            return _enumeration(type_)
        case GraphQLList(of_type=GraphQLNonNull(of_type=inner)) if inner is GraphQLString:
            return _strings
        case GraphQLList():
            return _list(_coercer(type_.of_type))
        case GraphQLInputObjectType():
            return _object(type_)
    raise AssertionError(type_)


def _not_null(coerce: Coerce) -> Coerce:
    def coerced(value: Any) -> Any:
        if value is None:
            raise NotPlain
        return coerce(value)

    return coerced


def _nullable(coerce: Coerce) -> Coerce:
    return lambda value: None if value is None else coerce(value)


def _enumeration(type_: GraphQLEnumType) -> Coerce:
    values = {name: one.value for name, one in type_.values.items()}

    def coerced(value: Any) -> Any:
        if value.__class__ is not str or value not in values:
            raise NotPlain
        return values[value]

    return coerced


def _list(coerce: Coerce) -> Coerce:
    def coerced(value: Any) -> Any:
        if value.__class__ is not list:  # one value in the place of a list is for graphql-core
            raise NotPlain
        return [coerce(one) for one in value]

    return coerced


def _strings(value: Any) -> Any:
    """A list of strings is itself: there may be hundreds, and each is looked at where they are read."""
    if value.__class__ is not list or not {str}.issuperset(map(type, value)):
        raise NotPlain
    return list(value)


def _object(type_: GraphQLInputObjectType) -> Coerce:
    """An input object; its fields are compiled when the first comes, since types may hold themselves."""
    made: dict[str, tuple[str, Coerce, bool]] = {}

    def coerced(value: Any) -> Any:
        if value.__class__ is not dict:
            raise NotPlain
        if not made:
            made.update(_fields(type_))
        found = {}
        for name, (out_name, coerce, may_be_absent) in made.items():
            if name in value:
                found[out_name] = coerce(value[name])
            elif not may_be_absent:
                raise NotPlain
        if len(found) != len(value) or (type_.is_one_of and (len(found) != 1 or None in found.values())):
            raise NotPlain
        return type_.out_type(found)

    return coerced


def _fields(type_: GraphQLInputObjectType) -> dict[str, tuple[str, Coerce, bool]]:
    """By name: the name inside, its coercer, and whether leaving it out says nothing."""
    return {
        name: (
            field.out_name or name,
            _coercer(field.type),
            not isinstance(field.type, GraphQLNonNull) and not _has_default(field),
        )
        for name, field in type_.fields.items()
    }


def _has_default(field: Any) -> bool:
    return getattr(field, "default", None) is not None or field.default_value is not Undefined
