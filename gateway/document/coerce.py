"""Compiled coercion of variables: quick for what is plainly right, and silent about everything else.

`make_coercer` gives a function that answers what graphql-core's `get_variable_values` answers, or `None`:
then graphql-core decides, and finds the words where it refuses (specification, 6.1.2).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

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
    get_nullable_type,
    get_variable_values,
    type_from_ast,
)

Coerce = Callable[[Any], Any]
"""Of a value that is not null: whoever holds it knows whether null is allowed there."""
CoerceAll = Callable[[Mapping[str, Any]], "dict[str, Any] | None"]


class NotPlain(Exception):
    """A value that is for graphql-core to decide on; it never leaves this file."""


def make_coercer(schema: GraphQLSchema, definitions: Iterable[VariableDefinitionNode]) -> CoerceAll:
    """Coerce all variables of an operation; `None` where graphql-core has to."""
    variables = [_variable(schema, definition) for definition in definitions]

    def coerce(values: Mapping[str, Any]) -> dict[str, Any] | None:
        coerced: dict[str, Any] = {}
        try:
            for name, coerce_value, may_be_null, default in variables:
                value = values.get(name, _Missing)
                if value is None:
                    if not may_be_null:
                        return None
                    coerced[name] = None
                elif value is not _Missing:
                    coerced[name] = coerce_value(value)
                elif default is _Missing:
                    return None
                elif default is not Undefined:
                    coerced[name] = default
        except Exception:  # noqa: BLE001 - whatever it is, graphql-core has the words for it
            return None
        return coerced

    return coerce


class _Missing:
    """In the place of a value that is not given, and of the default of a variable that has to be given."""


class _Variable(NamedTuple):
    """One variable of an operation."""

    name: str
    coerce: Coerce
    may_be_null: bool
    default: Any
    """Coerced; `Undefined`: there is none, and none is needed; `_Missing`: a value has to be given."""


def _variable(schema: GraphQLSchema, definition: VariableDefinitionNode) -> _Variable:
    type_ = type_from_ast(schema, definition.type)
    assert type_ is not None, "the document has been validated"
    name, may_be_null = definition.variable.name.value, not isinstance(type_, GraphQLNonNull)
    alone = get_variable_values(schema, (definition,), {})  # says what stands for a value that is left out
    default = _Missing if isinstance(alone, list) else alone.coerced.get(name, Undefined)
    return _Variable(name, _coercer(type_), may_be_null, default)


def _coercer(type_: Any) -> Coerce:
    """Of an input type."""
    match get_nullable_type(type_):
        case GraphQLScalarType() as scalar:
            return scalar.coerce_input_value
        case GraphQLEnumType() as enumeration:
            return _enumeration(enumeration)
        case GraphQLList(of_type=GraphQLNonNull(of_type=inner)) if inner is GraphQLString:
            return _strings
        case GraphQLList(of_type=inner):
            return _list(_coercer(inner), may_hold_null=not isinstance(inner, GraphQLNonNull))
        case GraphQLInputObjectType() as object_:
            return _object(object_)
    raise AssertionError(type_)


def _enumeration(type_: GraphQLEnumType) -> Coerce:
    values = {name: one.value for name, one in type_.values.items()}

    def coerced(value: Any) -> Any:
        if value.__class__ is not str or value not in values:
            raise NotPlain
        return values[value]

    return coerced


def _list(coerce: Coerce, *, may_hold_null: bool) -> Coerce:
    def coerced(value: Any) -> Any:
        if value.__class__ is not list:  # one value in the place of a list is for graphql-core
            raise NotPlain
        if None not in value:
            return list(map(coerce, value))
        if not may_hold_null:
            raise NotPlain
        return [None if one is None else coerce(one) for one in value]

    return coerced


def _strings(value: Any) -> Any:
    """A list of strings is itself: there may be hundreds, and each is looked at where they are read."""
    if value.__class__ is not list or not {str}.issuperset(map(type, value)):
        raise NotPlain
    return list(value)


class _Field(NamedTuple):
    """One field of an input object."""

    out_name: str
    coerce: Coerce
    may_be_null: bool
    may_be_absent: bool
    """Leaving it out says nothing."""


def _object(type_: GraphQLInputObjectType) -> Coerce:
    """An input object; its fields are compiled when the first comes, since types may hold themselves."""
    made: dict[str, _Field] = {}

    def coerced(value: Any) -> Any:
        if value.__class__ is not dict:
            raise NotPlain
        if not made:
            made.update(_fields(type_))
        found = {}
        for name, (out_name, coerce, may_be_null, may_be_absent) in made.items():
            if name not in value:
                if not may_be_absent:
                    raise NotPlain
            elif (one := value[name]) is not None:
                found[out_name] = coerce(one)
            elif may_be_null:
                found[out_name] = None
            else:
                raise NotPlain
        if len(found) != len(value) or (type_.is_one_of and (len(found) != 1 or None in found.values())):
            raise NotPlain
        return type_.out_type(found)

    return coerced


def _fields(type_: GraphQLInputObjectType) -> dict[str, _Field]:
    fields: dict[str, _Field] = {}
    for name, field in type_.fields.items():
        may_be_null = not isinstance(field.type, GraphQLNonNull)
        may_be_absent = may_be_null and not _has_default(field)
        fields[name] = _Field(field.out_name or name, _coercer(field.type), may_be_null, may_be_absent)
    return fields


def _has_default(field: Any) -> bool:
    return getattr(field, "default", None) is not None or field.default_value is not Undefined
