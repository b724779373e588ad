"""What a `kind: rest` source and its resources declare."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from connectors.http.settings import HttpSettings, NoParameters, Path, Url

NOT_FOUND = 404
HOLE = re.compile(r"\{([^{}]*)\}")
"""The place of a key in a path."""


def _word(value: Any) -> Any:
    """Codes as text, however YAML or JSON read them: `0`, `"0"`, `true`."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else value


Word = Annotated[str, BeforeValidator(_word)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RestSettings(HttpSettings):
    """Settings of one service."""

    base_url: Url = Field(description="Without a slash at the end.")
    format: Literal["json", "xml"] = Field(default="json", description="Of every answer.")
    encoding: str | None = Field(
        default=None, description="Of JSON answers that name no charset, where it is not UTF-8: `gb18030`."
    )
    probe: Path = Field(default="/", description="Path asked for a sign of life.")
    max_keys: int = Field(default=100, ge=1, description="Keys in one request, where it takes many.")


class RestEnvelope(_Model):
    """Errors that come with HTTP 200."""

    code: str = Field(description="Path of the code in the answer.")
    ok: list[Word] = Field(default=["0", "200"], description="Codes that mean success.")
    no_record: list[Word] = Field(default=[], description="Codes that mean: no record.")
    refused: list[Word] = Field(default=[], description="Codes that mean: no right, wrong request.")


class RestPages(_Model):
    """How an answer goes on."""

    parameter: str | None = Field(
        default=None, description="Takes the page number, offset or cursor; not for links."
    )
    kind: Literal["number", "offset", "cursor", "link"] = Field(
        default="number", description="`link`: the answer holds the next page's URL, of the same server."
    )
    first: int = Field(default=1, description="Number of the first page; offsets begin with 0.")
    next: str | None = Field(default=None, description="Path of the next cursor or link in the answer.")
    total: str | None = Field(default=None, description="Path of the count of records on all pages.")
    size: int | None = Field(default=None, ge=1, description="Records of a full page.")
    size_parameter: str | None = Field(default=None, description="Takes `size`.")
    max_pages: int = Field(default=100, ge=1, description="Of one load; more are an error.")

    @model_validator(mode="after")
    def _says_how(self) -> Self:
        if self.kind != "link" and self.parameter is None:
            raise ValueError("pages need the parameter that takes their number, offset or cursor")
        if self.kind in {"cursor", "link"} and self.next is None:
            raise ValueError("pages by cursor or link need 'next', its path in the answer")
        if self.size_parameter is not None and self.size is None:
            raise ValueError("'size_parameter' needs a 'size'")
        return self


class RestRequest(_Model):
    """One request, and where its answer holds the records."""

    path: Annotated[Path, NoParameters] = Field(description="Below `base_url`; parameters go under `query`.")
    method: Literal["GET", "POST"] = "GET"
    send: Literal["url", "json", "form"] | None = Field(
        default=None, description="Where keys and parameters go; default: URL of a GET, JSON of a POST."
    )
    query: dict[str, Word] = Field(default={}, description="Further parameters in the URL, as they are.")
    body: dict[str, Any] = Field(default={}, description="Further members of the body, as they are.")
    records: str = Field(default="", description="Path of the list of records; empty: the answer itself.")
    total: str | None = Field(
        default=None, description="Path of the count of records in the answer; fewer are an error."
    )
    no_record_statuses: list[int] | None = Field(
        default=None, description="HTTP statuses that mean: no record. Default: 404 where keys are `single`."
    )
    envelope: RestEnvelope | None = Field(default=None, description="Errors that come with HTTP 200.")
    pages: RestPages | None = Field(default=None, description="How an answer goes on.")
    fields: str | None = Field(default=None, description="Parameter that takes the wanted columns, joined.")
    as_of: str | None = Field(
        default=None, description="Parameter that takes the day, of resources with `validity: at_source`."
    )

    @property
    def place(self) -> str:
        """Where keys and parameters go."""
        return self.send or ("url" if self.method == "GET" else "json")

    @model_validator(mode="after")
    def _has_a_body_to_write(self) -> Self:
        if self.method == "GET" and (self.place != "url" or self.body):
            raise ValueError("a GET has no body: say 'method: POST'")
        return self


class RestOrigin(RestRequest):
    """`from:` of a resource. In `path`, `{key}` or `{COLUMN}` stands for the key, URL-encoded."""

    keys: Literal["single", "repeated", "joined", "body"] = Field(
        default="single",
        description="One key a request; or many: repeated or joined parameter, JSON list.",
    )
    parameter: str | None = Field(
        default=None, description="Parameter or body path that takes the key or keys; '': the body itself."
    )
    parts: dict[str, str] = Field(
        default={}, description="Key column to parameter, for composite keys and for several attachments."
    )
    separator: str = Field(default=",", min_length=1, description="Between joined keys.")
    keyed: bool = Field(default=False, description="Records stand in an object by key, not in a list.")
    keyless: bool = Field(
        default=False, description="`single` only: records do not hold the key that they were asked by."
    )
    scan: RestRequest | None = Field(default=None, description="The request that reads without keys.")

    @property
    def places(self) -> list[str]:
        """What stands in the path: columns of keys, or `key`."""
        return HOLE.findall(self.path)

    @model_validator(mode="after")
    def _takes_keys(self) -> Self:
        if self.places and self.keys != "single":
            raise ValueError("of many keys none stands in the path: name their 'parameter' or 'parts'")
        if self.scan is not None and HOLE.search(self.scan.path):
            raise ValueError("a 'scan' has no key that could stand in its path")
        if not self.places and self.parameter is None and not self.parts:
            raise ValueError("the request has no place for keys: name its 'parameter' or 'parts'")
        if self.keys == "body" and self.place != "json":
            raise ValueError("'keys: body' is a JSON list: say 'method: POST'")
        if self.keyless and self.keys != "single":
            raise ValueError("'keyless' records need a request for each key")
        return self

    @property
    def empty_statuses(self) -> frozenset[int]:
        """HTTP statuses that mean: no record."""
        default = [NOT_FOUND] if self.keys == "single" else []
        return frozenset(default if self.no_record_statuses is None else self.no_record_statuses)
