"""A load and its resource's declaration -> HTTP requests. Keys are encoded and never logged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from connectors.requests import Key, Load
from connectors.rest.paths import put
from connectors.rest.settings import RestOrigin
from connectors.shaping import columns_of, key_forms


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request."""

    method: str
    path: str
    parameters: tuple[tuple[str, str], ...] = ()
    body: dict[str, Any] | None = field(default=None, repr=False)


def requests_of(load: Load, origin: RestOrigin) -> Iterator[HttpRequest]:
    """The requests of a load: one for all keys, or one for each key."""
    if origin.keys == "single":
        for key in load.keys:
            for form in key_forms(load.key, 0, (key,))[:1]:  # a request takes one form: the usual one
                yield _request(load, origin, [form])
        return
    forms = _forms(load, load.keys)
    if forms:
        yield _request(load, origin, forms)


def with_parameter(request: HttpRequest, name: str, value: Any) -> HttpRequest:
    """The same request with one more parameter, in the body of a POST and in the URL of a GET."""
    if request.body is None:
        return HttpRequest(request.method, request.path, (*request.parameters, (name, str(value))))
    body = dict(request.body)
    put(body, name, value)
    return HttpRequest(request.method, request.path, request.parameters, body)


def _forms(load: Load, keys: tuple[Key, ...]) -> list[tuple[Any, ...]]:
    """All stored forms of keys, by all alternatives: a service takes them in one list."""
    forms: dict[tuple[Any, ...], None] = {}
    for position in range(len(load.key.alternatives)):
        forms.update(dict.fromkeys(key_forms(load.key, position, keys)))
    return list(forms)


def _request(load: Load, origin: RestOrigin, forms: Sequence[tuple[Any, ...]]) -> HttpRequest:
    columns = load.key.alternatives[0].columns
    path, parameters = origin.path, list(origin.query.items())
    body: dict[str, Any] | None = None if origin.method == "GET" else dict(origin.body)
    if origin.keys == "single":
        path = _filled(path, columns, forms[0])
        if origin.parameter is not None:
            parameters, body = _given(parameters, body, origin.parameter, str(forms[0][0]))
    elif origin.keys == "repeated":
        parameters += [(origin.parameter or "key", str(form[0])) for form in forms]
    elif origin.keys == "joined":
        joined = origin.separator.join(str(form[0]) for form in forms)
        parameters.append((origin.parameter or "keys", joined))
    else:
        body = {} if body is None else body
        put(body, origin.parameter or "keys", [_member(columns, form) for form in forms])
    for name, value in load.arguments.items():
        parameters, body = _given(parameters, body, name, value)
    if origin.fields is not None:
        wanted = ",".join(columns_of(load))
        parameters, body = _given(parameters, body, origin.fields, wanted)
    return HttpRequest("POST" if body is not None else "GET", path, tuple(parameters), body)


def _filled(path: str, columns: tuple[str, ...], form: tuple[Any, ...]) -> str:
    for column, value in zip(columns, form, strict=True):
        encoded = quote(str(value), safe="")
        path = path.replace(f"{{{column}}}", encoded)
    return path.replace("{key}", quote(str(form[0]), safe=""))


def _given(
    parameters: list[tuple[str, str]], body: dict[str, Any] | None, name: str, value: Any
) -> tuple[list[tuple[str, str]], dict[str, Any] | None]:
    if body is None:
        return [*parameters, (name, str(value))], None
    put(body, name, value)
    return parameters, body


def _member(columns: tuple[str, ...], form: tuple[Any, ...]) -> Any:
    return form[0] if len(form) == 1 else dict(zip(columns, form, strict=True))
