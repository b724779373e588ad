"""Keys -> copies of the operation, each with the values of its own variables."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from msgspec import Struct, structs

from connectors.errors import SourceMisbehaved
from connectors.forms import Form, Forms
from connectors.graphql.filter import FilterWriter
from connectors.graphql.settings import GraphQLOrigin, GraphQLRequest
from connectors.requests import Key, KeyBinding, Load, Scan

_HALF_OF_A_PAIR = re.compile("[\ud800-\udfff]")

_NOTHING: Mapping[str, Any] = {}


class Place(Struct, frozen=True):
    """Whose an entry of the answer is, where its alias or position says so."""

    keys: tuple[Key, ...]
    """Several, where a piece of them is asked."""
    alternative: int
    expected: Key
    """What the columns of the alternative hold for the first of the keys."""
    known: Mapping[str, Any]
    """By column: the key, of rows that do not hold it. One form of a key stands for all."""

    def __repr__(self) -> str:
        """Show no key."""
        return f"Place({self.alternative})"


class Copy(Struct, frozen=True):
    """One copy of the path, under its own alias."""

    variables: Mapping[str, Any]
    """Its own, by their declared names."""
    keys: tuple[Key, ...]
    """Those that its answer is about."""
    places: tuple[Place, ...] = ()
    """One for each entry of its list; one alone, of an alias, for all of it; none: rows hold their keys."""

    def __repr__(self) -> str:
        """Show no key."""
        return f"Copy({', '.join(self.variables)})"


@dataclass(frozen=True, slots=True)
class Way:
    """How some alternatives of a binding are asked."""

    positions: tuple[int, ...]
    columns: tuple[str, ...]
    names: tuple[str, ...]
    """Aligned with the columns: members of an input object, or variables; none where a key is a value."""
    variable: str
    """Takes the list; empty where every column has a variable."""


class Asking:
    """Makes the copies of loads of one shape."""

    def __init__(self, origin: GraphQLOrigin, binding: KeyBinding) -> None:
        """Prepare; raises `SourceMisbehaved` where the declaration has no place for the key."""
        self._origin = origin
        self._binding = binding
        self._forms = tuple(Forms(binding, at) for at in range(len(binding.alternatives)))
        self._is_positional = origin.is_positional
        self.has_aliases = origin.keys == "aliases"
        """Whether each copy asks for one form of a key, and for nothing else."""
        ways = [_way(origin, at, by.columns) for at, by in enumerate(binding.alternatives)]
        is_grouped = origin.keys == "list" and not origin.positional
        self._ways = _grouped(ways) if is_grouped else tuple(ways)

    def copies(self, keys: tuple[Key, ...]) -> list[Copy]:
        """Copies that ask for all forms of keys; none where no key has a form."""
        if self.has_aliases:
            return [copy for way in self._ways for copy in self._aliases(way, keys)]
        return [copy for way in self._ways for copy in self._lists(way, keys)]

    def _aliases(self, way: Way, keys: tuple[Key, ...]) -> list[Copy]:
        (at,) = way.positions
        return [
            Copy(dict(zip(way.names, form, strict=True)), place.keys, (place,))
            for form, place in self._places(at, way.columns, keys).items()
        ]

    def _lists(self, way: Way, keys: tuple[Key, ...]) -> list[Copy]:
        places: dict[Form, Place] = {}
        if self._is_positional:
            (at,) = way.positions
            places = self._places(at, way.columns, keys)
            forms = list(places)
        else:
            each = [self._forms[at].of(keys) for at in way.positions]
            forms = each[0] if len(each) == 1 else list(dict.fromkeys(chain.from_iterable(each)))
        if not forms:
            return []
        members: list[Any] = [form[0] for form in forms]
        if way.names:
            typed = {"__typename": self._origin.typename} if self._origin.typename else {}
            members = [typed | dict(zip(way.names, form, strict=True)) for form in forms]
        return [Copy({way.variable: members}, keys, tuple(places.values()))]

    def _places(self, at: int, columns: Sequence[str], keys: tuple[Key, ...]) -> dict[Form, Place]:
        """Every form, and whose it is."""
        forms_of, keyless = self._forms[at], self._origin.keyless
        if forms_of.are_keys and not keyless:
            return {key: Place((key,), at, key, _NOTHING) for key in keys}
        found: dict[Form, Place] = {}
        for key in keys:
            forms = forms_of.of_key(key)
            for form in forms:
                before = found.get(form)
                if before is not None:
                    found[form] = structs.replace(before, keys=(*before.keys, key))
                    continue
                known = dict(zip(columns, forms[0], strict=True)) if keyless else _NOTHING
                found[form] = Place((key,), at, self._binding.expected(at, key), known)
        return found


def unwritable(keys: tuple[Key, ...]) -> list[Key]:
    """Those of the keys that JSON cannot hold: half of a surrogate pair has no bytes."""
    found = []
    for key in keys:
        for part in key:
            if isinstance(part, str) and not part.isascii() and _HALF_OF_A_PAIR.search(part):
                found.append(key)
                break
    return found


def shared_variables(request: Load | Scan, declared: GraphQLRequest) -> dict[str, Any] | None:
    """What is the same for all copies: arguments, the day, the filter, the size of pages.

    `None` where no row can pass the filter. Raises `SourceMisbehaved` for what the operation has no
    variable for.
    """
    found: dict[str, Any] = {}
    for name, value in request.arguments.items():
        if name not in declared.operation.variables:
            raise SourceMisbehaved("the operation has no variable for an argument")
        found[name] = value
    if request.as_of is not None:
        if declared.as_of is None:
            raise SourceMisbehaved("the operation has no variable for a day")
        found[declared.as_of] = request.as_of
    if request.predicate is not None:
        if declared.filter is None:
            raise SourceMisbehaved("the operation has no variable for a filter")
        condition = FilterWriter(declared.filter, request.resource).write(request.predicate)
        if condition is False:
            return None
        found |= {} if condition is True else {declared.filter.variable: condition}
    pages = declared.pages
    if pages is not None and pages.size_variable is not None:
        found[pages.size_variable] = pages.size
    return found


def require_place(origin: GraphQLOrigin, columns: tuple[str, ...]) -> None:
    """Raise `SourceMisbehaved` where a key in these columns cannot be given."""
    _way(origin, 0, columns)


def _way(origin: GraphQLOrigin, at: int, columns: tuple[str, ...]) -> Way:
    return (_alias_way if origin.keys == "aliases" else _list_way)(origin, at, columns)


def _alias_way(origin: GraphQLOrigin, at: int, columns: tuple[str, ...]) -> Way:
    lone = origin.key_variable if len(columns) == 1 else None
    names = [origin.variables.get(column, lone) for column in columns]
    if None in names or not origin.key_variables.issuperset(filter(None, names)):
        raise SourceMisbehaved("the operation has no variable for this key")
    return Way((at,), columns, tuple(filter(None, names)), "")


def _list_way(origin: GraphQLOrigin, at: int, columns: tuple[str, ...]) -> Way:
    own = {origin.variables[column] for column in columns if column in origin.variables}
    variable = own.pop() if len(own) == 1 else origin.key_variable
    if own or variable not in origin.key_variables:
        raise SourceMisbehaved("the operation has no variable for this key")
    is_value = len(columns) == 1 and columns[0] not in origin.parts and origin.typename is None
    names = () if is_value else tuple(origin.parts.get(column, column) for column in columns)
    return Way((at,), columns, names, variable)


def _grouped(ways: list[Way]) -> tuple[Way, ...]:
    """Alternatives whose keys go into the same list in the same form are asked as one."""
    groups: dict[tuple[tuple[str, ...], str], Way] = {}
    for way in ways:
        name = (way.names, way.variable)
        known = groups.get(name)
        groups[name] = way if known is None else replace(known, positions=known.positions + way.positions)
    return tuple(groups.values())
