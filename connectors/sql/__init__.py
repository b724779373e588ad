"""SQL databases through SQLAlchemy: PostgreSQL, MySQL, MariaDB, SQLite, others by dialect."""

from connectors.protocol import Connector
from connectors.registry import Kind
from connectors.sql.settings import SqlSettings
from schema.catalogue.model import Resource, Source


def open_sql(source: Source, resources: tuple[Resource, ...]) -> Connector:
    """Open a source; SQLAlchemy is loaded with the first, since a catalogue may have none."""
    from connectors.sql.opening import open_sql as open_it

    return open_it(source, resources)


KIND = Kind(name="sql", settings=SqlSettings, origin=str, open=open_sql, can_scan=True)

__all__ = ["KIND"]
