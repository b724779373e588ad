"""Files -> a database file of one table, whole or not at all."""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

import duckdb

from connectors.files.engine import literal, open_engine, quoted
from connectors.files.finding import Found
from connectors.files.layout import ROW_GROUP, Layout
from connectors.files.relations import Relations, make_staged
from connectors.files.settings import FilesOrigin, FilesSettings
from connectors.files.typed import text_column, typed_column

TABLE = "rows"
"""Holds the drop."""
ABOUT = "about"
"""Holds on which moment the drop stands, in one row."""


def take_in(
    found: Found,
    origin: FilesOrigin,
    layout: Layout,
    settings: FilesSettings,
    place: Path,
    on_open: Callable[[Callable[[], None]], None],
) -> int:
    """Make the database of a drop at a place, and give the number of its rows.

    `on_open` is given what ends the work from another thread. Raises `DropRefused`, `OSError`, and what
    DuckDB raises.
    """
    folder = Path(mkdtemp(prefix="taking-", dir=place.parent))
    try:
        engine = open_engine(settings.memory_mb, [folder], found.paths)
        on_open(engine.interrupt)
        try:
            make_staged(engine, layout.columns)
            relations = Relations(engine, origin, layout, folder, settings.max_file_bytes)
            for path in found.paths:
                relations.stage(path)
            engine.execute(f"ATTACH {literal(folder / 'made')} AS made (ROW_GROUP_SIZE {ROW_GROUP})")
            rows = _store(engine, layout, found.as_of)
            engine.execute("DETACH made")
        finally:
            engine.close()
        (folder / "made").chmod(0o600)  # whoever made the store's folder, and however
        (folder / "made").replace(place)
        return rows
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _store(engine: duckdb.DuckDBPyConnection, layout: Layout, as_of: datetime) -> int:
    """Rows in the order of the layout; those without any value, as spreadsheets leave them, are none."""
    columns = {name: text_column(name) for name in layout.columns}
    for name, class_ in layout.typed.items():
        columns[name] = typed_column(engine, name, layout.columns[name], class_)
    some = f"coalesce({', '.join(map(quoted, columns))}) IS NOT NULL"
    counts = ", ".join(f"count({one.sorted})" for one in columns.values())
    (counted,) = engine.execute(f"SELECT count(*), {counts} FROM staged WHERE {some}").fetchall()
    rows, *filled = counted
    full = {name for name, count in zip(columns, filled, strict=True) if count == rows}
    declared = ", ".join(
        f"{quoted(name)} {one.type}{' NOT NULL' if name in full else ''}" for name, one in columns.items()
    )
    order = ", ".join(columns[name].sorted for name in layout.order) or "ALL"
    engine.execute(f"CREATE TABLE made.{TABLE} ({declared})")
    stored = ", ".join(one.stored for one in columns.values())
    engine.execute(f"INSERT INTO made.{TABLE} SELECT {stored} FROM staged WHERE {some} ORDER BY {order}")
    for place, name in enumerate(layout.keys):
        if columns[name].stored == columns[name].sorted:  # DuckDB has no index of values beside texts
            engine.execute(f"CREATE INDEX key{place} ON made.{TABLE} ({quoted(name)})")
    engine.execute(f"CREATE TABLE made.{ABOUT} AS SELECT ?::VARCHAR AS as_of", [as_of.isoformat()])
    return int(rows)
