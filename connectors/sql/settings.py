"""What a `kind: sql` source declares."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError


class SqlSettings(BaseModel):
    """Settings of one database."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: SecretStr = Field(
        description="`postgresql+asyncpg://…`, `mysql+asyncmy://…`, `sqlite+pysqlite:///file`."
    )
    max_keys: int = Field(default=500, ge=1, description="Keys in one statement.")
    pool_size: int = Field(
        default=5, ge=1, description="Connections kept open; up to ten more while there is work for them."
    )
    statement_timeout_seconds: float | None = Field(
        default=None, gt=0, description="Statements that run longer are ended at the database."
    )

    @field_validator("url")
    @classmethod
    def _is_of_a_database(cls, value: SecretStr) -> SecretStr:
        """Refuse what no engine could be made for; what the URL says is not repeated."""
        try:
            dialect = make_url(value.get_secret_value()).get_dialect()
        except (ArgumentError, ValueError):  # a dialect that nobody knows is an ArgumentError, too
            raise ValueError("no URL of a database whose dialect is installed") from None
        if not dialect.is_async and dialect.name != "sqlite":
            raise ValueError("its driver blocks: name asyncpg, asyncmy or another that does not")
        return value
