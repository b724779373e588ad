"""A load or scan -> HTTP requests. What all loads of one shape share is put together once."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.errors import SourceMisbehaved
from connectors.http.target import encoded_part, encoded_path, text_of
from connectors.requests import Key, KeyBinding, Load, Scan
from connectors.rest.request import HttpRequest, started
from connectors.rest.settings import RestOrigin, RestRequest
from connectors.shaping import columns_needed, key_forms

Form = tuple[Any, ...]
"""One stored form of a key: a value for each of its columns."""
_HOLE = re.compile(r"\{([^{}]*)\}")


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
        self._binding = binding
        self._base = started(origin, prefix)
        if origin.fields is not None:
            self._base = self._base.given(origin.fields, ",".join(columns))
        self._has_path = origin.keys == "single" and "{" in origin.path
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
        if self._ones:
            return self._one_by_one(base, load.keys)
        keys = load.keys
        forms = self._forms(keys)
        if not all(map(self._is_askable, forms.values())):
            keys = tuple(key for key in keys if all(map(self._is_askable, self._forms((key,)).values())))
            forms = self._forms(keys)
        if not keys:
            return keys, []
        made = (self._many(base, way, forms) for way in self._manys)
        return keys, [request for request in made if request is not None]

    def _forms(self, keys: tuple[Key, ...]) -> Mapping[int, list[Form]]:
        """All forms of keys, by position of the alternative."""
        return {at: key_forms(self._binding, at, keys) for at in range(len(self._binding.alternatives))}

    def _is_askable(self, forms: Sequence[Form]) -> bool:
        """Whether every form can be written into a request so that it means only itself."""
        takes_any = not self._has_path and self._origin.keys != "joined"
        for form in forms:
            for value in form:
                if takes_any and value.__class__ is str and value.isascii():
                    continue
                text = text_of(value)
                if not text.isascii() and not _is_unicode(text):
                    return False
                if self._has_path and text in {"", ".", ".."}:
                    return False
                if self._origin.keys == "joined" and self._origin.separator in text:
                    return False
        return True

    def _one_by_one(
        self, base: HttpRequest, keys: tuple[Key, ...]
    ) -> tuple[tuple[Key, ...], list[HttpRequest]]:
        asked: list[Key] = []
        requests: list[HttpRequest] = []
        for key in keys:
            forms = self._forms((key,))
            if all(map(self._is_askable, forms.values())):
                asked.append(key)
                requests += self._ones_of(base, forms)
        return tuple(asked), requests

    def _ones_of(self, base: HttpRequest, forms: Mapping[int, list[Form]]) -> Iterator[HttpRequest]:
        for way in self._ones:
            of = forms[way.position]
            known = dict(zip(way.columns, of[0], strict=True)) if self._origin.keyless and of else {}
            for form in of:
                request = base.at(way.path.filled(form), known)
                for place, name in way.parameters:
                    request = request.given(name, form[place])
                yield request

    def _many(self, base: HttpRequest, way: ManyKeys, forms: Mapping[int, list[Form]]) -> HttpRequest | None:
        """Plain values under a parameter, or named ones; nothing where no key has a form."""
        first, *others = way.positions
        distinct = forms[first]
        if others:
            distinct = list(dict.fromkeys(form for at in way.positions for form in forms[at]))
        if not distinct:
            return None
        members: list[Any] = [form[0] for form in distinct]
        if way.members:
            members = [dict(zip(way.members, form, strict=True)) for form in distinct]
        if self._origin.keys == "joined":
            return base.given(way.parameter, self._origin.separator.join(map(text_of, members)))
        return (
            base.given(way.parameter, *members) if base.body is None else base.given(way.parameter, members)
        )


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
    if not path.places and not parameters:
        raise SourceMisbehaved("the request has no place for this key")
    return OneKey(position, columns, path, parameters)


def _path(prefix: str, path: str, columns: tuple[str, ...]) -> Path:
    texts, places = [prefix], []
    for index, part in enumerate(_HOLE.split(path)):
        if index % 2 == 0:
            texts[-1] += encoded_path(part)
        elif part in columns or (part == "key" and len(columns) == 1):
            places.append(columns.index(part) if part in columns else 0)
            texts.append("")
        else:
            texts[-1] += encoded_path(f"{{{part}}}")
    return Path(tuple(texts), tuple(places))


def _many_keys(origin: RestOrigin, binding: KeyBinding) -> tuple[ManyKeys, ...]:
    """Alternatives whose columns have parameters of their own are asked by requests of their own."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for position, by in enumerate(binding.alternatives):
        listed = tuple(origin.parts[column] for column in by.columns if column in origin.parts)
        if len(listed) == len(by.columns):
            names = listed
        elif len(by.columns) == 1 or origin.keys == "body":
            names = by.columns if len(by.columns) > 1 else ()
        else:
            raise SourceMisbehaved("the request has no place for this key")
        groups.setdefault(names, []).append(position)
    return tuple(_many_of(origin, names, tuple(positions)) for names, positions in groups.items())


def _many_of(origin: RestOrigin, names: tuple[str, ...], positions: tuple[int, ...]) -> ManyKeys:
    if origin.parameter is not None:
        return ManyKeys(origin.parameter, names, positions)
    if len(names) != 1:
        raise SourceMisbehaved("the request has no place for this key")
    return ManyKeys(names[0], (), positions)


def _is_unicode(text: str) -> bool:
    """Half of a surrogate pair has no bytes."""
    return not any("\ud800" <= character <= "\udfff" for character in text)
