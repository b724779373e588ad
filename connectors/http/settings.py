"""What sources over HTTP declare alike: who we are, whom we trust, and the bounds of an answer."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

_URL, _BEHIND_PATH = re.compile("https?://."), re.compile("[?#]")


def _is_url(text: str) -> str:
    if not _URL.match(text):
        raise ValueError("a URL begins with https:// or http://")
    return text


def _is_path(text: str) -> str:
    if not text.startswith("/"):
        raise ValueError("a path begins with '/'")
    return text


def _has_no_parameters(text: str) -> str:
    if _BEHIND_PATH.search(text):
        raise ValueError("parameters go under 'query', and not behind a '?'")
    return text


Url = Annotated[str, AfterValidator(_is_url)]
Path = Annotated[str, AfterValidator(_is_path)]
NoParameters = AfterValidator(_has_no_parameters)


class HttpSettings(BaseModel):
    """Settings of one service, whatever is spoken over HTTP."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    headers: dict[str, SecretStr] = Field(default={}, description="Sent with every request.")
    query: dict[str, SecretStr] = Field(
        default={}, description="Parameters sent with every request: keys that belong into the URL."
    )
    bearer: SecretStr | None = Field(default=None, description="Sent as `Authorization: Bearer`.")
    basic: SecretStr | None = Field(default=None, description="`user:password` of HTTP basic authentication.")
    ca_file: str | None = Field(default=None, description="PEM file of the authorities to trust instead.")
    client_certificate: str | None = Field(
        default=None, description="PEM file with our certificate and its key."
    )
    max_connections: int = Field(default=20, ge=1, description="At once; more requests wait.")
    max_body_bytes: int = Field(default=16 * 1_048_576, ge=1, description="Of one answer, decompressed.")
    transport: Literal["native", "aiohttp"] = Field(
        default="native", description="The HTTP client: ours, or the slower one of aiohttp."
    )
