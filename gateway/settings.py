"""All settings of a gateway: name, default, unit and a sentence. From `JUTONG_*` variables.

An unknown `JUTONG_*` variable is a mistake and is refused at start; secrets are never printed. An empty
one is as if it were not set: compose and Kubernetes make such of what nobody has set. Only what is kept, and
whom it protects, has no default then: it is refused.
"""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from connectors.caching.redis_url import check_redis_url

PREFIX = "JUTONG_"
FOREIGN = ("JUTONG_REQUIRE", "JUTONG_TEST_", "JUTONG_DEMO_")
"""Variables with our prefix that are not settings of a gateway."""
NEVER_EMPTY = ("state", "secret")
"""Another state, or another secret, knows nobody who is protected."""
MIN_SECRET = 16
"""Characters of a secret: if they are random, nobody guesses it from what was made with it."""


class Settings(BaseModel):
    """One gateway's settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    catalogue: Path = Field(default=Path("catalogue"), description="Directory of the catalogue.")
    documents: Path | None = Field(default=None, description="Directory of queries for the explorer's tabs.")
    state: Path = Field(
        default=Path("var/jutong"), description="Directory of the record, the store and the secret."
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on.")
    workers: int = Field(
        default=1, ge=1, le=256, description="Worker processes; each has a cache of `JUTONG_CACHE_BYTES`."
    )
    secret: SecretStr | None = Field(
        default=None,
        description="Secret of all pseudonyms, at least 16 characters;"
        " without it one is made and kept in `JUTONG_STATE`.",
    )
    redis_url: SecretStr | None = Field(
        default=None, description="Second-level cache, for what is not personal; without it there is none."
    )
    timeout_seconds: float = Field(default=10, gt=0, description="Seconds that one request may take.")
    max_body_bytes: int = Field(
        default=1_048_576, gt=0, description="Bytes of a request's body, and of a message on a WebSocket."
    )
    max_sockets: int = Field(
        default=1_000, ge=0, description="WebSockets that each graph keeps open in one process; 0: none."
    )
    socket_operations: int = Field(
        default=100, gt=0, description="Operations under way on one WebSocket; more are refused."
    )
    socket_idle_seconds: float = Field(
        default=300, gt=0, description="Seconds after which a WebSocket closes for which nothing is asked."
    )
    socket_origins: str | None = Field(
        default=None,
        description="Other sites whose pages may open a WebSocket, with commas: `https://portal.example`.",
    )
    max_tokens: int = Field(default=5_000, gt=0, description="Tokens of a document.")
    max_depth: int = Field(default=25, gt=0, description="Levels of a document, fragments opened.")
    max_fields: int = Field(default=2_000, gt=0, description="Selections of a document, fragments opened.")
    max_keys: int = Field(default=5_000, gt=0, description="Distinct keys before each load.")
    max_rows: int = Field(default=200_000, gt=0, description="Rows that one plan may promise.")
    max_nodes: int = Field(default=200_000, gt=0, description="Fields of one answer.")
    cache_bytes: int = Field(default=64 * 1_048_576, ge=0, description="Bytes of the first-level cache.")
    sandbox: bool = Field(default=False, description="Answer with synthetic data: no source is reached.")
    reload_seconds: float = Field(
        default=2, ge=0, description="Seconds between looks at the catalogue's files; 0: never."
    )
    demo_keys: bool = Field(
        default=False, description="Show the applications' names as keys in the explorer."
    )

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            check_redis_url(value.get_secret_value())
        return value


class SettingsError(Exception):
    """A setting is wrong; the message says which and how to mend it."""


def read_settings(environment: Mapping[str, str], **given: Any) -> Settings:
    """Read settings from the environment; keyword arguments win."""
    values: dict[str, Any] = {}
    for name, value in environment.items():
        if not name.startswith(PREFIX):
            continue
        field = name.removeprefix(PREFIX).lower()
        if field not in Settings.model_fields:
            if name.startswith(FOREIGN):
                continue
            raise SettingsError(f"{name} is no setting; docs/settings.md lists them all.")
        if value == "" and field in NEVER_EMPTY:
            raise SettingsError(
                f"{name} is empty, and what is kept so far hangs on it: set it, or leave it out."
            )
        values[field] = value
    values |= {name: value for name, value in given.items() if value is not None}
    values = {name: value for name, value in values.items() if value != ""}
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        places = "; ".join(
            f"{PREFIX}{str(one['loc'][0]).upper()}: {one['msg']}"
            for one in error.errors(include_input=False, include_url=False)
        )
        raise SettingsError(places) from None


def environment_of(settings: Settings) -> dict[str, str]:
    """The variables from which other processes read the same settings; those that are given, no defaults."""
    found = {}
    for name in sorted(settings.model_fields_set):
        value = getattr(settings, name)
        if value is not None:
            plain = value.get_secret_value() if isinstance(value, SecretStr) else value
            found[f"{PREFIX}{name.upper()}"] = str(plain)
    return found


def read_secret(settings: Settings) -> bytes:
    """The secret of all pseudonyms: as set, or one that is made once and kept for its owner alone."""
    if settings.secret is not None:
        return _long_enough(settings.secret.get_secret_value().encode(), f"{PREFIX}SECRET")
    path = settings.state / "secret"
    if not path.exists():
        settings.state.mkdir(parents=True, exist_ok=True)
        made = path.with_name(f"secret.{os.getpid()}")
        made.touch(mode=0o600)
        made.write_text(secrets.token_urlsafe(48), encoding="ascii")
        with suppress(FileExistsError):  # another process was first: its secret is the one
            os.link(made, path)
        made.unlink()
    return _long_enough(path.read_bytes(), str(path))


def _long_enough(secret: bytes, place: str) -> bytes:
    if len(secret.strip()) < MIN_SECRET:
        raise SettingsError(
            f"{place} is too short: a secret has at least {MIN_SECRET} characters. This makes one: "
            'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    return secret
