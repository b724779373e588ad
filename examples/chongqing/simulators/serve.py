"""Department services of the demo city, as departments write them: each with habits of its own.

    python serve.py SERVICE --data FILE --port PORT [--log FILE]

    traffic     GET, one key a request, an envelope with HTTP 200, `404` in it for no record
    insurance   POST with a list of keys, pages by number with a total
    tax         GET with repeated parameters, status in the envelope, key in lower case accepted
    credit      POST with a list of codes of several kinds in one query
    records     POST, two levels: an index of districts, then only the districts that know the patient
    medical     POST with a list of keys, pages by a cursor
    fund        GET, one key a request, no batch, HTTP 404 for no record
    sensors     GET with joined keys, records in an object by key
    education   GraphQL over POST, with a list field that takes keys

Each service is a module of this folder: `answer(database, request) -> (status, body)`. Nothing of the
gateway, and but for GraphQL the standard library only: this is somebody else's program.
"""

import argparse
import importlib
import json
import sqlite3
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

SERVICES = ("traffic", "insurance", "tax", "credit", "records", "medical", "fund", "sensors", "education")


@dataclass(frozen=True)
class Request:
    """What a service gets to see."""

    method: str
    path: list[str]
    query: dict[str, list[str]]
    body: dict[str, Any]


class Database:
    """A service's own database: one connection for each thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()

    def rows(
        self, table: str, where: str = "1", values: tuple[Any, ...] | list[Any] = ()
    ) -> list[dict[str, Any]]:
        """Rows of a table in the order in which they were written."""
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)
            connection.row_factory = sqlite3.Row
        found = connection.execute(f'SELECT * FROM "{table}" WHERE {where} ORDER BY rowid', values)
        return [dict(row) for row in found]

    def among(self, table: str, column: str, keys: list[str]) -> list[dict[str, Any]]:
        """Rows of which a column holds one of the keys."""
        places = ", ".join("?" for _ in keys)
        return self.rows(table, f'"{column}" IN ({places})', keys)


def handler(service: str, database: Database, log: Path | None) -> type[BaseHTTPRequestHandler]:
    answer = importlib.import_module(service).answer

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.reply("GET", {})

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            self.reply("POST", json.loads(self.rfile.read(length) or b"{}"))

        def reply(self, method: str, body: dict[str, Any]) -> None:
            url = urlsplit(self.path)
            path = [unquote(part) for part in url.path.strip("/").split("/")]
            if path == ["health"]:
                status, found = 200, {"ok": True}
            else:
                try:
                    status, found = answer(database, Request(method, path, parse_qs(url.query), body))
                except (KeyError, ValueError, TypeError, sqlite3.Error):
                    status, found = 400, {"code": "400", "message": "bad request"}
                if log is not None:
                    with log.open("a", encoding="utf-8") as file:
                        file.write(f"{method} {path[0]}\n")
            data = json.dumps(found, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_arguments: object) -> None:
            """Requests hold identifiers and are not logged."""

    return Handler


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("service", choices=SERVICES)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--log", type=Path)
    given = parser.parse_args()
    handle = handler(given.service, Database(given.data), given.log)
    server = ThreadingHTTPServer(("127.0.0.1", given.port), handle)
    server.daemon_threads = True
    server.serve_forever()


if __name__ == "__main__":
    main()
