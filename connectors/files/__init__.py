"""Files that departments drop: CSV, Excel, JSON lines, Parquet, and databases of DuckDB.

    watch ── follower ── tables ── served ── reading ── driver
                 │
    finding, taking, shelf

One thread, on the left, finds what was dropped, takes it into a database on the shelf and attaches that as
tables; loads, on the right, read what is served at that moment through the SQL driver.
"""

from connectors.files.settings import FilesOrigin, FilesSettings
from connectors.protocol import Connector
from connectors.registry import Kind
from schema.catalogue.model import Resource, Source


def open_files(source: Source, resources: tuple[Resource, ...]) -> Connector:
    """Open a folder; DuckDB is loaded with the first, since a catalogue may have none."""
    from connectors.files.driver import open_files as open_it

    return open_it(source, resources)


KIND = Kind(name="files", settings=FilesSettings, origin=FilesOrigin, open=open_files, can_scan=True)

__all__ = ["KIND"]
