"""What a client takes and sends: media types of GraphQL over HTTP, compared exactly, and gzip.

Wishes have quality values (RFC 9110, sections 12.4.2 and 12.5).
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

MediaType = Literal["application/graphql-response+json", "application/json", "text/event-stream"]
RESPONSE: MediaType = "application/graphql-response+json"
JSON: MediaType = "application/json"
EVENTS: MediaType = "text/event-stream"
_QUALITY = re.compile(r"^(0(\.\d{0,3})?|1(\.0{0,3})?)$")


@lru_cache(maxsize=256)
def choose_media_type(accept: str | None) -> MediaType | None:
    """What to answer with; `None` where nothing we speak is acceptable.

    Without a wish it is `application/json`, for clients that know nothing else
    (GraphQL over HTTP, section 4.1, legacy watershed). An event stream is given to whom asks for one by name
    and for nothing else as much: many clients name it among what they could read.
    """
    if accept is None or not accept.strip():
        return JSON
    wishes = {type_: _wish(type_, accept) for type_ in (RESPONSE, JSON)}
    stream = _wish(EVENTS, accept)
    if stream[0] > 0 and stream[1] == _BY_NAME and stream > max(wishes.values()):
        return EVENTS
    if max(quality for quality, _ in wishes.values()) <= 0:
        return None
    if wishes[RESPONSE] == wishes[JSON]:  # both by name, or both by a range
        return RESPONSE if wishes[RESPONSE][1] == _BY_NAME else JSON
    return RESPONSE if wishes[RESPONSE] > wishes[JSON] else JSON


@lru_cache(maxsize=256)
def is_json(content_type: str | None) -> bool:
    """Whether a body is JSON in UTF-8."""
    if content_type is None:
        return False
    type_, *parameters = (part.strip().lower() for part in content_type.split(";"))
    given = dict(part.partition("=")[::2] for part in parameters if part)
    charset = given.get("charset", "utf-8").strip('"')
    return type_ == JSON and charset in {"utf-8", "utf8"}


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether an answer may be packed (RFC 9110, section 12.5.3); without a wish it is not."""
    wishes = dict(_qualities(accept_encoding))
    return wishes.get("gzip", wishes.get("*", 0.0)) > 0


_BY_NAME = 2


def _wish(type_: str, accept: str) -> tuple[float, int]:
    """The quality of the most specific range that matches, and how specific it is."""
    best, quality = -1, 0.0
    for range_, q in _qualities(accept):
        specific = {type_: _BY_NAME, "application/*": 1, "*/*": 0}.get(range_, -1)
        if specific > best:
            best, quality = specific, q
    return quality, best


def _qualities(accept: str) -> Iterator[tuple[str, float]]:
    """What is named, in small letters, and how good it is."""
    for part in accept.split(","):
        named, *parameters = (piece.strip().lower() for piece in part.split(";"))
        yield named, _q(parameters)


def _q(parameters: list[str]) -> float:
    """RFC 9110, section 12.4.2; what is no quality wishes nothing."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return float(value) if _QUALITY.match(value.strip()) else 0.0
    return 1.0
