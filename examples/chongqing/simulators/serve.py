"""Department services of the demo city, as departments write them: each with habits of its own.

    python serve.py SERVICE --data FILE --port PORT [--log FILE]

    traffic     GET, one key a request, an envelope with HTTP 200, `404` in it for no record
    insurance   POST with a list of keys, pages by number with a total
    tax         GET with repeated parameters, status in the envelope, key in lower case accepted
    credit      POST with a list of codes of several kinds in one query

Standard library only, and nothing of the gateway: this is somebody else's program.
"""

import argparse
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit


def traffic(tables, method, path, query, body):
    kind, *keys = [unquote(part) for part in path.strip("/").split("/")]
    columns = {
        "licences": ["idNo"],
        "vehicles": ["plate", "colour"],
        "insurances": ["plate", "colour"],
    }
    names = columns.get(kind)
    if method != "GET" or names is None or len(keys) != len(names):
        return 400, {"code": "400", "message": "bad request"}
    for row in tables[kind]:
        if [row[name] for name in names] == keys:
            return 200, {"code": "0", "message": "ok", "data": row}
    return 200, {"code": "404", "message": "no such record", "data": None}


def insurance(tables, method, path, query, body):
    table, name, column = {
        "/employers": ("employers", "codes", "code"),
        "/persons": ("persons", "idNos", "idNo"),
    }[path]
    wanted = set(body[name])
    rows = [row for row in tables[table] if row[column] in wanted]
    page, size = int(body.get("page", 1)), int(body.get("size", 50))
    shown = rows[(page - 1) * size : page * size]
    return 200, {"result": {"total": len(rows), "page": page, "list": shown}}


def tax(tables, method, path, query, body):
    wanted = {code.upper() for code in query.get("nsrsbh", [])}
    rows = [row for row in tables[path.strip("/")] if row["nsrsbh"] in wanted]
    return 200, {"status": 200, "data": rows[::-1]}


def credit(tables, method, path, query, body):
    wanted = set(body["query"]["codes"])
    rows = [
        row for row in tables[path.strip("/")] if wanted & {row.get("dm1"), row.get("dm2"), row.get("dm3")}
    ]
    return 200, {"code": 0, "data": {"records": rows}}


SERVICES = {"traffic": traffic, "insurance": insurance, "tax": tax, "credit": credit}


def handler(service, tables, log):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.reply("GET", {})

        def do_POST(self):
            length = int(self.headers.get("content-length", 0))
            self.reply("POST", json.loads(self.rfile.read(length) or b"{}"))

        def reply(self, method, body):
            url = urlsplit(self.path)
            if url.path == "/health":
                status, answer = 200, {"ok": True}
            else:
                try:
                    status, answer = SERVICES[service](tables, method, url.path, parse_qs(url.query), body)
                except (KeyError, ValueError, TypeError):
                    status, answer = 400, {"code": "400", "message": "bad request"}
                if log is not None:
                    with log.open("a", encoding="utf-8") as file:
                        file.write(f"{method} {url.path.split('/')[1]}\n")
            data = json.dumps(answer, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_arguments):
            """Requests hold identifiers and are not logged."""

    return Handler


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("service", choices=SERVICES)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--log", type=Path)
    given = parser.parse_args()
    tables = json.loads(given.data.read_text(encoding="utf-8"))
    server = ThreadingHTTPServer(("127.0.0.1", given.port), handler(given.service, tables, given.log))
    server.daemon_threads = True
    server.serve_forever()


if __name__ == "__main__":
    main()
