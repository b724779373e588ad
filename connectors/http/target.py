"""Paths and parameters as a URL holds them: percent-encoded, and so visible ASCII only."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from urllib.parse import SplitResult, quote, quote_plus, unquote_plus, urljoin, urlsplit

PORTS = {"http": 80, "https": 443}

_PATH = "/%:@!$&'()*+,;=-._~"
"""What stays in a path that somebody wrote (RFC 3986, 3.3), `%` with it: it may be encoded already."""
_QUERY = f"{_PATH}?"


def text_of(value: Any) -> str:
    """A value as a parameter: ISO for dates, `true` and `false`."""
    if type(value) is str:
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def encoded_path(path: str) -> str:
    """A path as it was declared."""
    return quote(path, safe=_PATH)


def encoded_part(value: Any) -> str:
    """A value inside a path: never a separator."""
    text = text_of(value)
    return text if text.isalnum() and text.isascii() else quote(text, safe="")


def encoded_pair(name: str, value: Any) -> str:
    """A parameter, in a URL or a form."""
    text = text_of(value)
    return f"{quote_plus(name)}={text if text.isalnum() and text.isascii() else quote_plus(text)}"


def without(pairs: Iterable[str], names: frozenset[str]) -> tuple[str, ...]:
    """Encoded pairs but those of some names."""
    return tuple(pair for pair in pairs if unquote_plus(pair.partition("=")[0]) not in names)


def follow_link(origin: str, path: str, link: str) -> tuple[str, tuple[str, ...]] | None:
    """Path and encoded pairs of a link that stands in the answer to a path.

    `None` if it is no link, or leads to another server: an answer must not send us and our secrets
    elsewhere.
    """
    try:
        here, found = urlsplit(origin), urlsplit(urljoin(origin + path, link))
        is_same = _server(found) == _server(here)
    except ValueError:
        return None
    pairs = quote(found.query, safe=_QUERY).split("&")
    return (encoded_path(found.path), tuple(pair for pair in pairs if pair)) if is_same else None


def _server(url: SplitResult) -> tuple[str, str | None, int | None]:
    return url.scheme, url.hostname, url.port or PORTS.get(url.scheme)
