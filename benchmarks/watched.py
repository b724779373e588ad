"""`jutong serve` with a watch on its loop, for `benchmarks.reload` alone: how long is it kept from its work?

A task wakes every millisecond and notes how much later than the last time it is: on the clock, in CPU time
of the whole process and in CPU time of the loop's own thread. A loop that waits for the interpreter, which
another thread holds, is late in the first two; a loop that works itself in all three; a process that waits
for a processor, which another process has, in the first alone. So the second is what this process owes,
however busy the machine is.
"""

import argparse
import asyncio
import os
import threading
import time
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway import planner
from gateway.app import App
from gateway.http.server import server_config
from gateway.reload import Reloader
from gateway.settings import read_settings
from gateway.telemetry.logs import set_up_logs

TICK_SECONDS = 0.001


class Watch:
    """What the loop of this process was kept from; all moments are seconds of `time.monotonic`."""

    def __init__(self) -> None:
        self.ticks = array("d")
        """Four numbers each: when, and seconds since the tick before on the three clocks."""
        self.reloads: list[tuple[float, float]] = []
        """From the look that found a change to the moment when the new gateway was in its place."""
        self.planned: list[float] = []
        """When a request had to make its plan."""
        self._loop_thread = threading.get_ident()

    async def tick(self) -> None:
        """Note ticks until cancelled."""
        before = _clocks()
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = _clocks()
            self.ticks.extend((now[0], *(late - early for late, early in zip(now, before, strict=True))))
            before = now

    def count_plans(self) -> None:
        """Note every plan that is made on the loop."""
        make = planner.build_draft  # type: ignore[attr-defined]

        def noted(*given: Any) -> Any:
            if threading.get_ident() == self._loop_thread:
                self.planned.append(time.monotonic())
            return make(*given)

        planner.build_draft = noted  # type: ignore[attr-defined, assignment] # of this process alone

    def note_reloads(self, told: Path) -> None:
        """Note when a reload began and ended; how many there were is told in a file, after each."""
        look: Callable[[Reloader], Any] = Reloader.look

        async def noted(reloader: Reloader) -> bool:
            began = time.monotonic()
            changed: bool = await look(reloader)
            if changed:
                self.reloads.append((began, time.monotonic()))
                _tell(told, len(self.reloads))
            return changed

        Reloader.look = noted  # type: ignore[method-assign, assignment]

    def write(self, path: Path) -> None:
        """Write the notes as JSON."""
        notes = {"ticks": self.ticks.tolist(), "reloads": self.reloads, "planned": self.planned}
        path.write_bytes(orjson.dumps(notes))


class Watched:
    """An application whose loop is watched while it is served."""

    def __init__(self, app: ASGIApp, notes: Path) -> None:
        self._app, self._notes = app, notes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve as ASGI; the lifespan is the watch's."""
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return
        watch = Watch()
        watch.count_plans()
        watch.note_reloads(reloads_of(self._notes))
        ticking = asyncio.create_task(watch.tick())

        async def note(message: Message) -> None:
            if message["type"] == "lifespan.shutdown.complete":  # the last that a server waits for
                ticking.cancel()
                watch.write(self._notes)
            await send(message)

        await self._app(scope, receive, note)


def reloads_of(notes: Path) -> Path:
    """Where the number of reloads is told, beside the notes; there is none before the first."""
    return notes.with_suffix(".reloads")


def told_reloads(path: Path) -> int:
    """How many reloads are told there."""
    return int(path.read_bytes()) if path.exists() else 0


def _tell(path: Path, reloads: int) -> None:
    new = path.with_suffix(".new")
    new.write_text(str(reloads), encoding="ascii")
    new.replace(path)


def _clocks() -> tuple[float, float, float]:
    return time.monotonic(), time.process_time(), time.thread_time()


def main() -> None:
    """Serve until stopped, then write the notes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--catalogue", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--notes", type=Path, required=True)
    given = parser.parse_args()
    set_up_logs()
    settings = read_settings(os.environ, catalogue=given.catalogue, port=given.port)
    uvicorn.Server(server_config(Watched(App(settings), given.notes), settings)).run()


if __name__ == "__main__":
    main()
