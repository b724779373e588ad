"""Serve one contestant with uvicorn, uvloop and httptools, as Jutong is served."""

import argparse

import uvicorn

from benchmarks.contestants.floors import make_bytes, make_fan_out
from benchmarks.contestants.plain_strawberry import make_app
from benchmarks.contestants.sources import open_source


def main() -> None:
    """Read arguments and serve."""
    parser = argparse.ArgumentParser(description="one contestant of the benchmarks")
    parser.add_argument("name", choices=("strawberry", "fan-out", "bytes"))
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--upstream", default="memory")
    parser.add_argument("--url", default="")
    given = parser.parse_args()
    if given.name == "bytes":
        app = make_bytes()
    elif given.name == "fan-out":
        app = make_fan_out(open_source(given.upstream, given.url, fast=True))
    else:
        app = make_app(open_source(given.upstream, given.url, fast=False))
    uvicorn.run(
        app, host="127.0.0.1", port=given.port, loop="uvloop", http="httptools",
        log_level="warning", access_log=False, server_header=False, lifespan="off",
    )  # fmt: skip


if __name__ == "__main__":
    main()
