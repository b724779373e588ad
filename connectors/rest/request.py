"""One HTTP request as it is put together. Nothing of it is shown: keys may stand anywhere."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from msgspec import Struct

from connectors.http.clients.client import Call
from connectors.http.target import encoded_pair, encoded_path, without
from connectors.rest.paths import placed
from connectors.rest.settings import RestRequest


class HttpRequest(Struct, frozen=True):
    """One request of a load or scan."""

    method: str
    path: str
    """From the root of the server, encoded."""
    pairs: tuple[str, ...] = ()
    """Of the query, encoded."""
    body: Any = None
    """Of JSON."""
    form: tuple[str, ...] | None = None
    """Encoded pairs."""
    known: Mapping[str, Any] = {}
    """By column: the key that all records of the answer belong to, where they do not say."""

    def __repr__(self) -> str:
        """Show the method alone."""
        return f"HttpRequest({self.method})"

    def given(self, name: str, *values: Any) -> "HttpRequest":
        """The same request with a parameter, where this one has its parameters; in a body the last holds."""
        if self.form is not None:
            form = (*self.form, *(encoded_pair(name, value) for value in values))
            return HttpRequest(self.method, self.path, self.pairs, None, form, self.known)
        if self.body is None:
            pairs = (*self.pairs, *(encoded_pair(name, value) for value in values))
            return HttpRequest(self.method, self.path, pairs, None, None, self.known)
        body = placed(self.body, name, values[-1])
        return HttpRequest(self.method, self.path, self.pairs, body, None, self.known)

    def at(self, path: str, known: Mapping[str, Any]) -> "HttpRequest":
        """The same request for one key: at its own path, an encoded one."""
        return HttpRequest(self.method, path, self.pairs, self.body, self.form, known)

    def written(self, secrets: Mapping[str, str], json_type: str) -> Call:
        """What is sent, with the secrets of every request: by name, as encoded pairs.

        A secret stands for any other value of its name.
        """
        pairs = self.pairs
        if secrets:
            pairs = (*without(pairs, frozenset(secrets)), *secrets.values())
        target = f"{self.path}?{'&'.join(pairs)}" if pairs else self.path
        if self.form is not None:
            form = "&".join(self.form).encode("ascii")
            return Call(self.method, target, form, "application/x-www-form-urlencoded")
        if self.body is None:
            return Call(self.method, target)
        return Call(self.method, target, orjson.dumps(self.body, default=str), json_type)


def started(request: RestRequest, prefix: str) -> HttpRequest:
    """What a declaration says without any key, below the prefix of the endpoint."""
    pairs = _pairs(request.query.items())
    path = prefix + encoded_path(request.path)
    if request.place == "form":
        return HttpRequest(request.method, path, pairs, form=_pairs(request.body.items()))
    return HttpRequest(request.method, path, pairs, None if request.place == "url" else request.body)


def _pairs(values: Iterable[tuple[str, Any]]) -> tuple[str, ...]:
    return tuple(encoded_pair(name, value) for name, value in values)
