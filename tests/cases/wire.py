"""A test city over real sources, with a log of what crossed the wire.

One department is an HTTP service; the other departments are in SQLite, whose driver hands us every
statement. Each answers after a pause, so that the times tell what waited for what.
"""

import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from re import DOTALL, findall, search
from typing import Any

import orjson
from sqlalchemy import event
from sqlalchemy.engine import Engine

from connectors.registry import find_kinds
from schema.catalogue.model import Catalogue
from schema.catalogue.read import compile_declarations
from schema.catalogue.yaml_file import parse_yaml

PAUSES_SECONDS = (0.05, 0.2, 1, 4)
"""Before each answer; what begins later than a pause would seem to have waited, and is tried with the next."""
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class WireCall:
    """One statement or request."""

    resource: str
    columns: frozenset[str]
    text: str
    started: float
    ended: float


@dataclass
class WireLog:
    """What crossed the wire since the last `clear`."""

    calls: list[WireCall] = field(default_factory=list)
    pause_seconds: float = PAUSES_SECONDS[0]
    faults: frozenset[str] = frozenset()
    """Resources whose service answers 503."""

    def hops(self) -> int:
        """The longest chain of calls in which each began after the one before had ended."""
        depth: dict[int, int] = {}
        calls = sorted(self.calls, key=lambda call: call.ended)
        for position, call in enumerate(calls):
            before = [depth[n] for n, other in enumerate(calls[:position]) if other.ended <= call.started]
            depth[position] = 1 + max(before, default=0)
        return max(depth.values(), default=0)

    def texts(self) -> list[str]:
        """The calls as text, one order for every run."""
        return sorted(call.text for call in self.calls)


class Wire:
    """Serves the rows of a memory city; `catalogue` is the same city, declared over these sources."""

    def __init__(
        self, directory: Path, texts: Mapping[str, str], tables: Mapping[str, Rows], over_http: str
    ) -> None:
        self.log = WireLog()
        self._tables = tables
        self._over_http = over_http
        self._file = directory / "city.sqlite"
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.log, tables))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.catalogue = self._declare(texts)
        self._names = {str(r.origin): r.code for r in self.catalogue.resources.values()}
        self._store()

    def close(self) -> None:
        """Stop the service."""
        self._server.shutdown()
        self._server.server_close()

    @contextmanager
    def listening(self) -> Iterator[WireLog]:
        """Log every SQLite statement, too, of engines opened inside."""
        event.listen(Engine, "connect", self._listen)
        try:
            yield self.log
        finally:
            event.remove(Engine, "connect", self._listen)

    def _listen(self, connection: sqlite3.Connection, _record: object) -> None:
        connection.set_trace_callback(self._statement)

    def _statement(self, statement: str) -> None:
        columns = search(r"SELECT (.*?)\s+FROM", statement, DOTALL)
        table = search(r'FROM "(\w+)"', statement)
        if columns is None or table is None:
            return
        started = time.monotonic()
        time.sleep(self.log.pause_seconds)
        text = " ".join(statement.split())
        asked = frozenset(findall(r'"(\w+)"', columns[1]))
        self.log.calls.append(WireCall(self._names[table[1]], asked, text, started, time.monotonic()))

    def _store(self) -> None:
        connection = sqlite3.connect(self._file)
        for code, rows in self._tables.items():
            resource = self.catalogue.resources[code]
            if not isinstance(resource.origin, str) or not rows:
                continue
            columns = ", ".join(f'"{name}" {_type_of(row.get(name) for row in rows)}' for name in rows[0])
            marks = ", ".join("?" for _ in rows[0])
            connection.execute(f'CREATE TABLE "{resource.origin}" ({columns})')
            connection.executemany(
                f'INSERT INTO "{resource.origin}" VALUES ({marks})', [tuple(row.values()) for row in rows]
            )
        connection.commit()
        connection.close()

    def _declare(self, texts: Mapping[str, str]) -> Catalogue:
        url = f"http://127.0.0.1:{self._server.server_address[1]}"
        changed: dict[str, str] = {}
        for path, text in texts.items():
            value = parse_yaml(path, text).value
            is_sql = not path.startswith(f"departments/{self._over_http}/")
            if "department" in value:
                settings = {"kind": "sql", "url": f"sqlite+pysqlite:///{self._file}"}
                other = {"kind": "rest", "base_url": url, "max_keys": 500}
                value["sources"] = dict.fromkeys(value["sources"], settings if is_sql else other)
            elif "resource" in value and "source" in value:
                code = f"{path.split('/')[1]}.{value['resource']}"
                value["from"] = self._origin(code, value) if not is_sql else value["resource"]
            changed[path] = orjson.dumps(value).decode()  # JSON is YAML
        checked = compile_declarations(changed, find_kinds(), {})
        assert not checked.problems, checked.problems
        return checked.catalogue

    def _origin(self, code: str, declared: Mapping[str, Any]) -> dict[str, Any]:
        by = [_columns(columns) for one in declared["attach"] for columns in one["by"].values()]
        items = declared["items"].values()
        by += [[item["column"]] for item in items if "reverse" in item.get("link", {})]
        return {
            "path": f"/{code}",
            "method": "POST",
            "keys": "body",
            "parameter": "keys",
            "fields": "columns",
            "body": {"by": by},
        }


def _columns(declared: Any) -> list[str]:
    return list(declared.values()) if isinstance(declared, dict) else [declared]


def _handler(log: WireLog, tables: Mapping[str, Rows]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            started = time.monotonic()
            body = orjson.loads(self.rfile.read(int(self.headers["content-length"])))
            time.sleep(log.pause_seconds)
            code = self.path.removeprefix("/")
            columns = body["columns"].split(",")
            found = [
                {name: row.get(name) for name in columns}
                for row in tables[code]
                if any(_value(row, by) in body["keys"] for by in body["by"])
            ]
            status, answer = (503, {}) if code in log.faults else (200, found)
            content = orjson.dumps(answer)
            text = f"POST {self.path} {orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode()}"
            log.calls.append(WireCall(code, frozenset(columns), text, started, time.monotonic()))
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: object) -> None: ...

    return Handler


def _value(row: Mapping[str, Any], by: Sequence[str]) -> Any:
    return row.get(by[0]) if len(by) == 1 else {name: row.get(name) for name in by}


def _type_of(values: Iterable[Any]) -> str:
    """The type that whoever made a table gave a column of such values."""
    types = {type(value) for value in values if value is not None}
    return {frozenset({int}): "INTEGER", frozenset({float}): "REAL"}.get(frozenset(types), "TEXT")
