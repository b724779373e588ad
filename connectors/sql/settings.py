"""What a `kind: sql` source declares."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr


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
