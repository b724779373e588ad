"""The SQL driver: requests are taken apart into shape and values, shapes are compiled once."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from connectors.capabilities import Capabilities
from connectors.deadline import Until
from connectors.errors import SourceError, SourceMisbehaved, SourceRefused, SourceTimeout, SourceTruncated
from connectors.identity import check_distinct
from connectors.reading import reader_of
from connectors.requests import Load, Scan
from connectors.results import Health, Loaded, Page
from connectors.sql import duckdb, mysql, postgres, sqlite
from connectors.sql.arrays import Arrays
from connectors.sql.columns import DUCKDB, MYSQL, SQLITE, Inspection, Kinds
from connectors.sql.duckdb import DuckMarks
from connectors.sql.lists import Lists, Values
from connectors.sql.marks import Marks
from connectors.sql.names import table_path
from connectors.sql.plain import Rows
from connectors.sql.prepared import Prepared, PreparedCache, prepare
from connectors.sql.runner import Runner
from connectors.sql.shaper import Shaper, row_bound
from connectors.sql.shapes import CountShape, LoadShape, ScanShape, keyset_of
from connectors.sql.statements import Statements
from schema.catalogue.model import Resource
from schema.predicate import OPERATORS

Shape = LoadShape | ScanShape | CountShape
_INSPECTIONS: Mapping[str, Inspection] = {
    "postgresql": postgres.INSPECTION,
    **dict.fromkeys(MYSQL, mysql.INSPECTION),
    DUCKDB: duckdb.INSPECTION,
    SQLITE: sqlite.INSPECTION,
}
"""By dialect; with others nothing is known but what the catalogue says."""


class SqlConnector:
    """One database."""

    def __init__(
        self, runner: Runner, max_keys: int, longest: float | None = None, *, max_concurrent: int = 16
    ) -> None:
        self._runner = runner
        self._dialect = runner.dialect.name
        self._longest = longest
        self._shapers: dict[str, Shaper] = {}
        self._standing: dict[str, tuple[str, ...]] = {}
        self.prepared = PreparedCache()
        self.capabilities = Capabilities(
            max_keys=max_keys,
            projects=True,
            operators=OPERATORS,
            orders=True,
            limits_per_key=True,
            scans=True,
            max_concurrent=max_concurrent,
        )

    async def load(self, load: Load) -> Loaded:
        """Read rows by key in one statement."""
        if not load.keys:
            return Loaded((), datetime.now(UTC))
        try:
            return await self._load(load)
        except (SourceRefused, SourceMisbehaved):
            if not await self._has_changed(load.resource, load.deadline):
                raise
            return await self._load(load)

    async def scan(self, scan: Scan) -> Page:
        """Read a page; a cursor is what the database sorts the row before it by."""
        try:
            return await self._scan(scan)
        except (SourceRefused, SourceMisbehaved):
            if not await self._has_changed(scan.resource, scan.deadline):
                raise
            return await self._scan(scan)

    async def probe(self, deadline: float) -> Health:
        """Ask for 1."""
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            await self.run(text("SELECT 1"), deadline)
        except SourceError as error:
            return Health(is_up=False, latency_seconds=clock() - started, detail=error.detail)
        return Health(is_up=True, latency_seconds=clock() - started)

    async def run(self, statement: Any, deadline: float, **values: Any) -> Rows:
        """Run a statement of SQLAlchemy's and give its rows."""
        return await self._run(prepare(statement, self._runner.dialect, values), values, deadline)

    def forget(self, origin: str) -> None:
        """A table that is gone, and whose name does not come again."""
        self._shapers.pop(origin, None)
        self._standing.pop(origin, None)

    def know_order(self, origin: str, columns: tuple[str, ...]) -> None:
        """A table of DuckDB whose rows stand in the order of columns, each ascending. In whatever thread."""
        self._standing[origin] = columns
        self._shapers.pop(origin, None)

    async def aclose(self) -> None:
        """Close connections."""
        await self._runner.aclose()

    async def _load(self, load: Load) -> Loaded:
        shaper = await self._shaper(load.resource, load.deadline)
        loading = shaper.loading(load)
        asked, values = shaper.load(load, loading)
        rows = await self._run(self._prepared(shaper, asked, values), values, load.deadline)
        if len(rows) >= row_bound(load):
            truncated = SourceTruncated("more rows than the bound of all keys")
            return Loaded((truncated,) * len(load.keys), datetime.now(UTC))
        entries = await loading.shaping.entries_in_turns(load.keys, rows, load.limit_per_key)
        return Loaded(entries, datetime.now(UTC))

    async def _scan(self, scan: Scan) -> Page:
        shaper = await self._shaper(scan.resource, scan.deadline)
        asked, values = shaper.scan(scan)
        prepared = self._prepared(shaper, asked, values)
        rows, total = await asyncio.gather(
            self._run(prepared, values, scan.deadline), self._count(shaper, scan)
        )
        read = reader_of(asked.table.shown, scan.items, prepared.columns)
        keyset = keyset_of(scan, prepared.columns)
        cursors = tuple(tuple(row[position] for position in keyset) for row in rows)
        check_distinct(cursors)
        cursors = cursors[: scan.limit]
        return Page(
            rows=tuple(read(rows[: scan.limit])),
            cursor=cursors[-1] if len(rows) > scan.limit else None,
            fetched_at=datetime.now(UTC),
            cursors=cursors,
            total=total,
        )

    async def _count(self, shaper: Shaper, scan: Scan) -> int | None:
        if not scan.with_total:
            return None
        asked, values = shaper.count(scan)
        ((total,),) = await self._run(self._prepared(shaper, asked, values), values, scan.deadline)
        return int(total)

    def _prepared(self, shaper: Shaper, asked: Shape, values: Values) -> Prepared:
        return self.prepared.get(asked, lambda: self._compile(shaper, asked, values))

    def _compile(self, shaper: Shaper, asked: Shape, values: Values) -> Prepared:
        statements = Statements(self._dialect, shaper.lists)
        match asked:
            case LoadShape():
                statement, columns = statements.load(asked)
            case ScanShape():
                statement, columns = statements.scan(asked)
            case CountShape():
                statement, columns = statements.count(asked), ()
        return prepare(statement, self._runner.dialect, values, columns)

    async def _shaper(self, resource: Resource, deadline: float) -> Shaper:
        """What takes apart the requests for a table; the server is asked once how it is stored."""
        name = str(resource.origin)
        return self._shapers.get(name) or await self._look_at(name, deadline)

    async def _has_changed(self, resource: Resource, deadline: float) -> bool:
        """Whether a table is stored in another way than was known, which is known from now on."""
        name = str(resource.origin)
        known = self._shapers.pop(name, None)
        if known is None or self._dialect not in {"postgresql", SQLITE, *MYSQL}:
            return False
        with suppress(SourceError):
            found = await self._look_at(name, deadline)
            return not found.kinds.is_same(known.kinds)
        return False

    async def _look_at(self, name: str, deadline: float) -> Shaper:
        kinds = await self._kinds(table_path(name), deadline)
        shaper = self._shapers[name] = Shaper(kinds, self._lists(kinds))
        if name in self._standing:  # looked at last: whoever tells it later takes away what was put in before
            kinds = replace(kinds, stands_by=self._standing[name])
            shaper = self._shapers[name] = Shaper(kinds, shaper.lists)
        return shaper

    def _lists(self, kinds: Kinds) -> Lists:
        if self._dialect == "postgresql":
            return Arrays(kinds.by_column)
        if self._dialect == DUCKDB:
            return DuckMarks(kinds)
        return Marks(self._dialect, kinds)

    async def _kinds(self, path: tuple[str, ...], deadline: float) -> Kinds:
        inspection = _INSPECTIONS.get(self._dialect)
        if inspection is None:
            return Kinds()
        return inspection.kinds_of(await self.run(inspection.query, deadline, **inspection.values_of(path)))

    async def _run(self, prepared: Prepared, values: Mapping[str, Any], deadline: float) -> Rows:
        if self._longest is not None:
            deadline = min(deadline, asyncio.get_running_loop().time() + self._longest)
        try:
            with Until(deadline):
                return await self._runner.run(prepared, values)
        except TimeoutError as error:
            raise SourceTimeout("the deadline passed") from error
