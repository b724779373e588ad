"""A load or scan -> HTTP requests. What all loads of one shape share is put together once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.columns import columns_needed
from connectors.errors import SourceMisbehaved
from connectors.forms import Form, Forms
from connectors.http.target import encoded_part, encoded_path, text_of
from connectors.requests import Key, KeyBinding, Load, Scan
from connectors.rest.request import HttpRequest, started
from connectors.rest.settings import HOLE, RestOrigin, RestRequest


@dataclass(frozen=True, slots=True)
class Path:
    """A declared path with places for the columns of a key."""

    texts: tuple[str, ...]
    """Encoded; one more than places."""
    places: tuple[int, ...]
    """Positions in a form."""

    def filled(self, form: Form) -> str:
        """The path of one key."""
        parts = [self.texts[0]]
        for place, text in zip(self.places, self.texts[1:], strict=True):
            parts += (encoded_part(form[place]), text)
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class OneKey:
    """How one alternative is asked where every key is a request."""

    position: int
    columns: tuple[str, ...]
    path: Path
    parameters: tuple[tuple[int, str], ...]
    """Positions in a form, and the parameters that take them."""


@dataclass(frozen=True, slots=True)
class ManyKeys:
    """Alternatives whose keys stand in one request."""

    parameter: str
    members: tuple[str, ...]
    """Names of the parts of a key; none where a key is a plain value."""
    positions: tuple[int, ...]


class Asking:
    """Makes the requests of loads of one shape."""

    def __init__(self, origin: RestOrigin, prefix: str, binding: KeyBinding, columns: Sequence[str]) -> None:
        """Prepare; raises `SourceMisbehaved` where the declaration has no place for the key."""
        self._origin = origin
        self._forms = tuple(Forms(binding, at) for at in range(len(binding.alternatives)))
        self._base = started(origin, prefix)
        if origin.fields is not None:
            self._base = self._base.given(origin.fields, ",".join(columns))
        self._unwritable = frozenset(
            {"", ".", ".."} if origin.keys == "single" and "{" in origin.path else ()
        )
        """Parts of a path that would mean another path."""
        self._separator = origin.separator if origin.keys == "joined" else None
        self._ones: tuple[OneKey, ...] = ()
        self._manys: tuple[ManyKeys, ...] = ()
        if origin.keys == "single":
            self._ones = tuple(
                _one_key(origin, prefix, at, by.columns) for at, by in enumerate(binding.alternatives)
            )
        else:
            self._manys = _many_keys(origin, binding)

    def requests(self, load: Load) -> tuple[tuple[Key, ...], list[HttpRequest]]:
        """The keys that can be asked, and the requests that ask them.

        One request for all keys, or one for each form of each key. A key of which any form would mean
        something else in a request is left out.
        """
        base = self._base
        for name, value in load.arguments.items():
            base = base.given(name, value)
        if load.as_of is not None:
            base = base.given(_day_parameter(self._origin), load.as_of)
        keys, forms = self._askable(load.keys)
        requests: list[HttpRequest] = []
        for many in self._manys:
            requests += self._many(base, many, forms)
        if self._ones:
            each = [forms] if len(keys) == 1 else [[one.of_key(key) for one in self._forms] for key in keys]
            for of in each:
                for way in self._ones:
                    requests += self._one(base, way, of[way.position])
        return keys, requests

    def _askable(self, keys: tuple[Key, ...]) -> tuple[tuple[Key, ...], list[list[Form]]]:
        """The keys of which every form can be written into a request so that it means only itself.

        With all their forms, by position of the alternative.
        """
        forms = [one.of(keys) for one in self._forms]
        if all(map(self._are_askable, forms)):
            return keys, forms
        left = tuple(key for key in keys if all(self._are_askable(one.of_key(key)) for one in self._forms))
        return left, [one.of(left) for one in self._forms]

    def _are_askable(self, forms: Iterable[Form]) -> bool:
        texts = [value if value.__class__ is str else text_of(value) for form in forms for value in form]
        together = "\0".join(texts)
        if not together.isascii() and not _is_unicode(together):
            return False
        if self._separator is not None and self._separator in together:
            return False
        return self._unwritable.isdisjoint(texts)

    def _one(self, base: HttpRequest, way: OneKey, forms: list[Form]) -> list[HttpRequest]:
        """A request for each form of one key."""
        known = dict(zip(way.columns, forms[0], strict=True)) if self._origin.keyless and forms else {}
        requests = []
        for form in forms:
            request = base.at(way.path.filled(form), known)
            for place, name in way.parameters:
                request = request.given(name, form[place])
            requests.append(request)
        return requests

    def _many(self, base: HttpRequest, way: ManyKeys, forms: list[list[Form]]) -> list[HttpRequest]:
        """One request, with plain values under a parameter, or named ones; none where no key has a form."""
        first, *others = way.positions
        distinct = forms[first]
        if others:
            distinct = list(dict.fromkeys(form for at in way.positions for form in forms[at]))
        if not distinct:
            return []
        members: list[Any] = [form[0] for form in distinct]
        if way.members:
            members = [dict(zip(way.members, form, strict=True)) for form in distinct]
        if self._separator is not None:
            return [base.given(way.parameter, self._separator.join(map(text_of, members)))]
        values = members if base.body is None else [members]
        return [base.given(way.parameter, *values)]


def require_place(origin: RestOrigin, columns: tuple[str, ...]) -> None:
    """Raise `SourceMisbehaved` where a key in these columns cannot be given."""
    if origin.keys == "single":
        _one_key(origin, "", 0, columns)
    else:
        _many_of(origin, _names_of(origin, columns), (0,))


def scan_request(scan: Scan, request: RestRequest, prefix: str) -> HttpRequest:
    """The first request of a scan."""
    base = started(request, prefix)
    for name, value in scan.arguments.items():
        base = base.given(name, value)
    if scan.as_of is not None:
        base = base.given(_day_parameter(request), scan.as_of)
    if request.fields is not None:
        # Binding no key: only items and identity are needed.
        base = base.given(request.fields, ",".join(columns_needed(scan.resource, None, scan.items)))
    return base


def _day_parameter(request: RestRequest) -> str:
    if request.as_of is None:
        raise SourceMisbehaved("the request has no place for a day")
    return request.as_of


def _one_key(origin: RestOrigin, prefix: str, position: int, columns: tuple[str, ...]) -> OneKey:
    """A lone `parameter` takes a key of one part; `parts` name a parameter for each column."""
    lone = origin.parameter if len(columns) == 1 else None
    named = [(place, origin.parts.get(column, lone)) for place, column in enumerate(columns)]
    parameters = tuple((place, name) for place, name in named if name is not None)
    path = _path(prefix, origin.path, columns)
    placed = {*path.places, *(place for place, _ in parameters)}
    if not placed:
        raise SourceMisbehaved("the request has no place for this key")
    if origin.keyless and len(placed) < len(columns):  # nobody could tell whose its records are
        missing = ", ".join(f"'{one}'" for place, one in enumerate(columns) if place not in placed)
        raise SourceMisbehaved(f"the request has no place for {missing}, and 'keyless' records do not say it")
    return OneKey(position, columns, path, parameters)


def _path(prefix: str, path: str, columns: tuple[str, ...]) -> Path:
    texts, places = [prefix], []
    for index, part in enumerate(HOLE.split(path)):
        if index % 2 == 0:
            texts[-1] += encoded_path(part)
        elif part in columns or (part == "key" and len(columns) == 1):
            places.append(columns.index(part) if part in columns else 0)
            texts.append("")
        else:
            raise SourceMisbehaved(f"the path has a place for '{part}', which this key does not hold")
    return Path(tuple(texts), tuple(places))


def _many_keys(origin: RestOrigin, binding: KeyBinding) -> tuple[ManyKeys, ...]:
    """Alternatives whose columns have parameters of their own are asked by requests of their own."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for position, by in enumerate(binding.alternatives):
        groups.setdefault(_names_of(origin, by.columns), []).append(position)
    return tuple(_many_of(origin, names, tuple(positions)) for names, positions in groups.items())


def _names_of(origin: RestOrigin, columns: tuple[str, ...]) -> tuple[str, ...]:
    """What the parts of a key are called in a request; none of them, where a key is a plain value."""
    listed = tuple(origin.parts[column] for column in columns if column in origin.parts)
    if len(listed) == len(columns):
        return listed
    if len(columns) == 1:
        return ()
    if origin.keys != "body":
        raise SourceMisbehaved("the request has no place for this key")
    return columns


def _many_of(origin: RestOrigin, names: tuple[str, ...], positions: tuple[int, ...]) -> ManyKeys:
    if origin.parameter is not None:
        return ManyKeys(origin.parameter, names, positions)
    if len(names) != 1:
        raise SourceMisbehaved("the request has no place for this key")
    return ManyKeys(names[0], (), positions)


def _is_unicode(text: str) -> bool:
    """Half of a surrogate pair has no bytes."""
    return not any("\ud800" <= character <= "\udfff" for character in text)
