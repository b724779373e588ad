"""SQL databases through SQLAlchemy: PostgreSQL, MySQL, MariaDB, SQLite, others by dialect."""

from connectors.registry import Kind
from connectors.sql.opening import open_sql
from connectors.sql.settings import SqlSettings

KIND = Kind(name="sql", settings=SqlSettings, origin=str, open=open_sql, can_scan=True)

__all__ = ["KIND"]
