"""Media types of GraphQL over HTTP: exact comparison, quality values (RFC 9110, section 12.5.1)."""

from typing import Literal

MediaType = Literal["application/graphql-response+json", "application/json"]
RESPONSE: MediaType = "application/graphql-response+json"
JSON: MediaType = "application/json"


def choose_media_type(accept: str | None) -> MediaType | None:
    """What to answer with; `None` where nothing we speak is acceptable.

    Without a wish it is `application/json`, for clients that know nothing else
    (GraphQL over HTTP, section 4.1, legacy watershed).
    """
    if accept is None or not accept.strip():
        return JSON
    qualities = {type_: _quality(type_, accept) for type_ in (RESPONSE, JSON)}
    best = max(qualities.values())
    if best <= 0:
        return None
    wished_any = qualities[RESPONSE] == qualities[JSON] and RESPONSE not in accept
    if wished_any:
        return JSON
    return RESPONSE if qualities[RESPONSE] == best else JSON


def is_json(content_type: str | None) -> bool:
    """Whether a body is JSON in UTF-8."""
    if content_type is None:
        return False
    type_, *parameters = (part.strip().lower() for part in content_type.split(";"))
    given = dict(part.partition("=")[::2] for part in parameters if part)
    charset = given.get("charset", "utf-8").strip('"')
    return type_ == JSON and charset in {"utf-8", "utf8"}


def _quality(type_: str, accept: str) -> float:
    """The quality of the most specific range that matches."""
    best, quality = -1, 0.0
    for part in accept.split(","):
        range_, *parameters = (piece.strip().lower() for piece in part.split(";"))
        specific = {type_: 2, "application/*": 1, "*/*": 0}.get(range_, -1)
        if specific > best:
            best, quality = specific, _q(parameters)
    return quality


def _q(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
