"""A load or scan and its resource's declaration -> HTTP requests. Keys are encoded and never logged."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from connectors.errors import SourceMisbehaved
from connectors.requests import Key, Load, Scan
from connectors.rest.paths import put
from connectors.rest.settings import RestOrigin, RestRequest
from connectors.shaping import columns_needed, columns_of, key_forms

Form = tuple[Any, ...]
"""One stored form of a key: a value for each of its columns."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request; nothing in it is shown, since keys may stand anywhere."""

    method: str
    path: str = field(repr=False)
    parameters: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: Any = field(default=None, repr=False)
    """Of JSON."""
    form: tuple[tuple[str, str], ...] | None = field(default=None, repr=False)
    key: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """By column: the key that all records of the answer belong to, where they do not say."""

    def given(self, name: str, value: Any) -> "HttpRequest":
        """The same request with one more parameter, where this one has its parameters."""
        if self.form is not None:
            return replace(self, form=(*self.form, (name, text_of(value))))
        if self.body is None:
            return replace(self, parameters=(*self.parameters, (name, text_of(value))))
        if name == "":
            return replace(self, body=value)
        if not isinstance(self.body, dict):
            raise SourceMisbehaved("a body that is a list takes no further parameters")
        body = deepcopy(self.body)
        put(body, name, value)
        return replace(self, body=body)


def requests_of(load: Load, origin: RestOrigin) -> Iterator[HttpRequest]:
    """The requests of a load: one for all keys, or one for each form of each key.

    Alternatives whose columns have parameters of their own are asked by requests of their own.
    """
    base = _started(origin)
    for name, value in load.arguments.items():
        base = base.given(name, value)
    if origin.fields is not None:
        base = base.given(origin.fields, ",".join(columns_of(load)))
    if origin.keys == "single":
        for key in load.keys:
            yield from _single(load, origin, base, key)
        return
    for names, positions in _asked_together(load, origin).items():
        forms: dict[Form, None] = {}
        for position in positions:
            forms.update(dict.fromkeys(key_forms(load.key, position, load.keys)))
        if forms:
            yield _many(origin, base, names, list(forms))


def scan_request(scan: Scan, request: RestRequest) -> HttpRequest:
    """The first request of a scan."""
    base = _started(request)
    for name, value in scan.arguments.items():
        base = base.given(name, value)
    if request.fields is not None:
        # Binding no key: only items and identity are needed.
        needed = columns_needed(scan.resource, None, scan.items)
        base = base.given(request.fields, ",".join(needed))
    return base


def is_askable(load: Load, origin: RestOrigin, key: Key) -> bool:
    """Whether every form of a key can be written into a request so that it means only itself."""
    forms = [
        form for place in range(len(load.key.alternatives)) for form in key_forms(load.key, place, (key,))
    ]
    texts = [text_of(value) for form in forms for value in form]
    if any(not _is_unicode(text) for text in texts):
        return False
    if origin.keys == "single" and "{" in origin.path:
        return all(text not in {"", ".", ".."} for text in texts)
    return origin.keys != "joined" or not any(origin.separator in text for text in texts)


def text_of(value: Any) -> str:
    """A value as a parameter: ISO for dates, `true` and `false`."""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _is_unicode(text: str) -> bool:
    """Half of a surrogate pair has no bytes."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _started(request: RestRequest) -> HttpRequest:
    made = HttpRequest(request.method, request.path, tuple(request.query.items()))
    if request.place == "form":
        return replace(made, form=tuple((name, text_of(value)) for name, value in request.body.items()))
    return made if request.place == "url" else replace(made, body=request.body)


def _single(load: Load, origin: RestOrigin, base: HttpRequest, key: Key) -> Iterator[HttpRequest]:
    for position, by in enumerate(load.key.alternatives):
        forms = key_forms(load.key, position, (key,))
        names = _names(origin, by.columns)
        for form in forms:
            request = replace(base, path=_filled(origin.path, by.columns, form))
            for name, value in zip(names, form, strict=True):
                if name is not None:
                    request = request.given(name, value)
            if request.path == origin.path and not any(name is not None for name in names):
                raise SourceMisbehaved("the request has no place for this key")
            known = dict(zip(by.columns, forms[0], strict=True)) if origin.keyless else {}
            yield replace(request, key=known)


def _names(origin: RestOrigin, columns: tuple[str, ...]) -> tuple[str | None, ...]:
    """The parameter of each column of a key; a lone `parameter` takes a key of one part."""
    lone = origin.parameter if len(columns) == 1 else None
    return tuple(origin.parts.get(column, lone) for column in columns)


def _asked_together(load: Load, origin: RestOrigin) -> dict[tuple[str, ...], list[int]]:
    """Positions of alternatives by the names of the members or parameters that take them."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for position, by in enumerate(load.key.alternatives):
        listed = tuple(origin.parts[column] for column in by.columns if column in origin.parts)
        if len(listed) == len(by.columns):
            names = listed
        elif len(by.columns) == 1 or origin.keys == "body":
            names = by.columns if len(by.columns) > 1 else ()
        else:
            raise SourceMisbehaved("the request has no place for this key")
        groups.setdefault(names, []).append(position)
    return groups


def _many(
    origin: RestOrigin, base: HttpRequest, names: tuple[str, ...], forms: Sequence[Form]
) -> HttpRequest:
    """A request for many keys: plain values under `parameter`, or named ones."""
    if origin.parameter is None:
        if len(names) != 1:
            raise SourceMisbehaved("the request has no place for this key")
        parameter, members = names[0], [form[0] for form in forms]
    elif names:
        parameter = origin.parameter
        members = [dict(zip(names, form, strict=True)) for form in forms]
    else:
        parameter, members = origin.parameter, [form[0] for form in forms]
    if origin.keys == "joined":
        return base.given(parameter, origin.separator.join(map(text_of, members)))
    if base.body is not None:
        return base.given(parameter, members)
    for member in members:
        base = base.given(parameter, member)
    return base


def _filled(path: str, columns: tuple[str, ...], form: Form) -> str:
    for column, value in zip(columns, form, strict=True):
        path = path.replace(f"{{{column}}}", quote(text_of(value), safe=""))
    return path.replace("{key}", quote(text_of(form[0]), safe="")) if len(form) == 1 else path
