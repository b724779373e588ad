"""`jutong demo`: build the demo city, start its department services, serve it, and say what to try.

It knows no department: `examples/<city>/demo.json` says which services there are and which variable
of the catalogue takes each one's address. Ctrl-C stops everything that was started.
"""

import hashlib
import os
import runpy
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
from urllib.error import URLError
from urllib.request import urlopen

import orjson
import typer
from rich.console import Console

from gateway.cli.mistakes import Mistake
from gateway.cli.serve import listen, run_server, settings_with
from gateway.console.routes import load_queries
from gateway.settings import Settings
from gateway.store.state import open_store

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
START_SECONDS = 60
"""How long a department service may take to answer for the first time, on a slow machine."""
STOP_SECONDS = 2
"""How long all services together may take to end: with a request's 5, less than the 10 of a container."""


def demo(
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    city: Annotated[str, typer.Option(help="Folder below examples/.")] = "chongqing",
    persons: Annotated[int, typer.Option(help="Persons besides the personas.")] = 2_000,
    enterprises: Annotated[int, typer.Option(help="Enterprises besides the personas.")] = 800,
) -> None:
    """Build and serve the demo city."""
    folder = EXAMPLES / city
    if not (folder / "demo.json").exists():
        cities = ", ".join(sorted(one.parent.name for one in EXAMPLES.glob("*/demo.json")))
        raise Mistake(f"There is no demo city '{city}'. There are: {cities}.")
    described = orjson.loads((folder / "demo.json").read_bytes())
    state = Path("var") / city
    data = state / "data"
    settings = settings_with(
        catalogue=folder / "catalogue",
        documents=folder / "documents",
        state=state / "gateway",
        host=host,
        port=port,
        demo_keys=True,
    )
    signal.signal(signal.SIGTERM, _stop)  # first: a container's first process ignores what it does not handle
    settings, listener = listen(settings)  # before anything is built, or said of an address that is another's
    console = Console()
    with console.status("Building the city …"):
        _build(folder, data, persons, enterprises)
        for name in described["dropped"]:  # files that arrive anew every night
            (data / name).touch()
        databases = _databases(folder, data, described["databases"])
    with _services(folder, data, described["services"]) as addresses:
        os.environ["JUTONG_DEMO_DATA"] = str(data.resolve())
        os.environ.update(addresses | databases)
        _protect(settings, described["protected"])
        _say(console, described, settings, folder)
        run_server(settings, listener)


def _stop(_signal: int, _frame: object) -> None:
    raise SystemExit(0)


def _build(folder: Path, data: Path, persons: int, enterprises: int) -> None:
    """Build the data, unless the same generator has built the same before."""
    source = b"".join(path.read_bytes() for path in sorted(folder.rglob("*.py")))
    mark = hashlib.sha256(source + f"{persons}/{enterprises}".encode()).hexdigest()
    stamp = data / "built"
    if stamp.exists() and stamp.read_text(encoding="ascii") == mark:
        return
    runpy.run_path(str(folder / "generate.py"))["build"](data, persons, enterprises)
    stamp.write_text(mark, encoding="ascii")


def _databases(folder: Path, data: Path, variables: dict[str, str]) -> dict[str, str]:
    """The catalogue's variables with the databases' URLs: files, or copies in PostgreSQL if one is named."""
    server = os.environ.get("JUTONG_DEMO_POSTGRES_URL")
    if server:
        urls = runpy.run_path(str(folder / "postgres.py"))["copy"](data, variables, server)
    else:
        urls = {name: f"sqlite+pysqlite:///{(data / name).resolve()}.sqlite" for name in variables}
    return {variable: urls[name] for name, variable in variables.items()}


@contextmanager
def _services(folder: Path, data: Path, services: dict[str, str]) -> Iterator[dict[str, str]]:
    """Run the department services; give the catalogue's variables with their addresses."""
    running: list[subprocess.Popen[bytes]] = []
    addresses: dict[str, str] = {}
    try:
        for name, variable in services.items():
            free = _free_port()
            command = [
                sys.executable, str(folder / "simulators" / "serve.py"), name,
                "--data", str(data / f"{name}.sqlite"), "--port", str(free),
            ]  # fmt: skip
            running.append(subprocess.Popen(command))  # noqa: S603 - our own example's program
            addresses[variable] = f"http://127.0.0.1:{free}"
        (data / "services.json").write_bytes(
            orjson.dumps({n: p.pid for n, p in zip(services, running, strict=True)})
        )
        for address in addresses.values():
            _wait(address)
        yield addresses
    finally:
        for process in running:
            process.terminate()
        _end(running)


def _end(running: list["subprocess.Popen[bytes]"]) -> None:
    """Wait for services that were told to end; kill those that hang."""
    until = time.monotonic() + STOP_SECONDS
    for process in running:
        try:
            process.wait(timeout=max(0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(address: str) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            with urlopen(f"{address}/health", timeout=1):  # noqa: S310 - our own address
                return
        except (URLError, OSError):
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _protect(settings: Settings, protected: list[list[str]]) -> None:
    names, protections = open_store(settings)
    for entity, key in protected:
        protections.add(names.subject(entity, (key,)))
    protections.close()


def _say(console: Console, described: dict[str, Any], settings: Settings, folder: Path) -> None:
    base = f"http://127.0.0.1:{settings.port}"
    key, query = described["example"]
    lines = [
        f"[bold]聚通 Jutong · {described['title']}[/bold]  (synthetic data, keys for nothing else)",
        f"  explorer       {base}/graphiql",
        f"  share graph    {base}/graphql        Authorization: Bearer {key}",
        f"  open graph     {base}/open/graphql   no key",
        f"  ready / metrics {base}/readyz  {base}/metrics",
        "  keys           " + "  ".join(sorted(p.stem for p in (folder / "catalogue/access").glob("*.yaml"))),
        "Three queries to try (tabs of the explorer, or with curl):",
    ]
    for number, tab in enumerate(load_queries(folder / "documents")[:3], 1):
        lines.append(f"  {number}. {tab.title}")
    lines.append(
        f"  curl {base}/graphql -H 'Authorization: Bearer {key}' "
        f"-H 'Content-Type: application/json' -d '{orjson.dumps({'query': query}).decode()}'"
    )
    for line in lines:
        console.print(line, soft_wrap=True, highlight=False)
