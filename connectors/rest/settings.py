"""What a `kind: rest` source and its resources declare."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RestSettings(_Model):
    """Settings of one service."""

    base_url: str = Field(pattern=r"^https?://", description="Without a slash at the end.")
    headers: dict[str, SecretStr] = Field(default={}, description="Sent with every request.")
    bearer: SecretStr | None = Field(default=None, description="Sent as `Authorization: Bearer`.")
    format: Literal["json", "xml"] = "json"
    probe: str = Field(default="/", description="Path asked for a sign of life.")
    max_connections: int = Field(default=20, ge=1)
    max_keys: int = Field(default=100, ge=1, description="Keys in one request, where it takes many.")
    max_body_bytes: int = Field(default=16 * 1_048_576, ge=1, description="Of one answer, decompressed.")
    transport: Literal["aiohttp", "httpx"] = Field(
        default="aiohttp", description="The faster one, or httpx's own."
    )


class RestEnvelope(_Model):
    """Errors that come with HTTP 200."""

    code: str = Field(description="Path of the code in the answer.")
    ok: list[str] = Field(default=["0", "200"], description="Codes that mean success.")
    no_record: list[str] = Field(default=[], description="Codes that mean: no record.")


class RestPages(_Model):
    """How an answer goes on: by page number, or by a cursor."""

    parameter: str = Field(description="Request parameter for the page number or the cursor.")
    kind: Literal["number", "cursor"] = "number"
    first: int = Field(default=1, description="Number of the first page.")
    next: str | None = Field(default=None, description="Cursor: path of the next one in the answer.")
    total: str | None = Field(default=None, description="Number: path of the count of records.")
    size: int | None = Field(default=None, description="Number: records of a full page.")
    size_parameter: str | None = None
    max_pages: int = Field(default=100, ge=1)


class RestOrigin(_Model):
    """`from:` of a resource: one request, and where its answer holds the records."""

    path: str = Field(pattern=r"^/", description="`{key}` or `{PART}` stands for the key, URL-encoded.")
    method: Literal["GET", "POST"] = "GET"
    keys: Literal["single", "repeated", "joined", "body"] = Field(
        default="single",
        description="One key a request; or many: repeated or joined parameter, JSON list.",
    )
    parameter: str | None = Field(
        default=None, description="Parameter or body path that takes the key or keys."
    )
    separator: str = ","
    query: dict[str, str] = Field(default={}, description="Further parameters, as they are.")
    body: dict[str, Any] = Field(default={}, description="Further members of a POST body, as they are.")
    records: str = Field(default="", description="Path of the list of records; empty: the answer itself.")
    keyed: bool = Field(default=False, description="Records stand in an object by key, not in a list.")
    envelope: RestEnvelope | None = None
    pages: RestPages | None = None
    fields: str | None = Field(default=None, description="Parameter that takes the wanted columns, joined.")
