"""What sources over HTTP declare alike: who we are, whom we trust, and the bounds of an answer."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


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
