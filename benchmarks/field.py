"""Who takes part: how each contestant is started over an upstream, and who is missing and why."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.catalogue import write_catalogue, write_plugin
from benchmarks.packaged import PACKAGED
from benchmarks.postgres import PERSONS, fill
from benchmarks.processes import OTHER_CORE, Process, free_port, python, start

UPSTREAMS = {
    "memory": "rows computed in the server's own process",
    "postgres": "PostgreSQL, tables of some ten thousands of rows",
    "rest": "a REST service that answers at once",
    "rest-5ms": "a REST service that answers after 5 ms",
    "graphql": "a GraphQL service that answers at once",
}
CONTESTANTS = {
    "jutong": "Jutong as `jutong serve` runs it: authorization, cache and record on",
    "strawberry": "plain Strawberry as its documentation teaches it",
    "stitching": "GraphQL Yoga with @graphql-tools/stitch on Node, one subschema per department",
    "tailcall": "Tailcall, a gateway in Rust that is configured, not programmed",
    "fan-out": "floor: the same calls in asyncio with aiohttp or asyncpg and orjson, no GraphQL",
    "bytes": "floor: a bare ASGI handler that returns the same bytes",
}


@dataclass
class Field:
    """Servers of one upstream, running."""

    upstream: str
    servers: dict[str, Process] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    """Contestant to the reason why it does not take part."""
    service: Process | None = None
    """The REST or GraphQL service, where there is one."""


@contextmanager
def open_field(
    upstream: str, folder: Path, postgres_url: str, persons: int = PERSONS, only: tuple[str, ...] = ()
) -> Iterator[Field]:
    """Start upstream and contestants; stop them in the end."""
    found = Field(upstream)
    with ExitStack() as stack:
        url = ""
        if upstream == "postgres":
            url = postgres_url
            asyncio.run(fill(url, persons))
        elif upstream != "memory":
            found.service = _start_service(stack, "5" if upstream == "rest-5ms" else "0")
            url = f"http://127.0.0.1:{found.service.port}"
        for name in CONTESTANTS:
            if only and name not in only:
                continue
            if name in PACKAGED and (reason := PACKAGED[name].missing(upstream)) is not None:
                found.missing[name] = reason
                continue
            found.servers[name] = _keep(stack, _start(name, upstream, url, folder))
        yield found


def start_jutong(catalogue: Path, state: Path, plugin: Path | None = None) -> Process:
    """Jutong as its own command serves it."""
    port = free_port()
    command = python(
        "-c", "from gateway.cli.main import app; app()",
        "serve", "--catalogue", str(catalogue), "--port", str(port),
    )  # fmt: skip
    environment = {"JUTONG_STATE": str(state)}
    paths = [] if plugin is None else [plugin]
    return start("jutong", command, port, environment=environment, python_path=paths)


def _start(name: str, upstream: str, url: str, folder: Path) -> Process:
    if name == "jutong":
        home = folder / upstream
        plugin = write_plugin(home / "plugin")
        return start_jutong(write_catalogue(home / "catalogue", upstream, url), home / "state", plugin)
    if name in PACKAGED:
        return PACKAGED[name].start(url, folder / upstream / name)
    port = free_port()
    module = "benchmarks.contestants.serve"
    command = python("-m", module, name, "--port", str(port), "--upstream", upstream, "--url", url)
    return start(name, command, port)


def _start_service(stack: ExitStack, delay_ms: str) -> Process:
    port = free_port()
    command = python("-m", "benchmarks.upstream", "--port", str(port), "--delay-ms", delay_ms)
    return _keep(stack, start("service", command, port, core=OTHER_CORE))


def _keep(stack: ExitStack, process: Process) -> Process:
    stack.callback(process.stop)
    return process
