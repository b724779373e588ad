"""Several worker processes behind one listening socket: each with its own sources, all with one store.

The parent has the socket, makes what the workers share in `state` and watches them: one that dies is
replaced, and all end with the parent, whatever ends it.
"""

import multiprocessing
import os
import signal
import sqlite3
import tempfile
import threading
from socket import socket

import typer
from uvicorn.supervisors import Multiprocess

from gateway.app import App
from gateway.audit.sqlite import SqliteRecorder
from gateway.http.server import server_config
from gateway.sandbox.opening import with_own_state
from gateway.settings import Settings, environment_of, read_settings
from gateway.store.state import RECORD
from gateway.telemetry.logs import set_up_logs

START_SECONDS = 60
"""How long a worker may be busy, with a city's catalogue on a slow machine, before it counts as hung."""


def run_workers(settings: Settings, listener: socket) -> None:
    """Serve with several processes until stopped; the exit code is 3 if they cannot start."""
    try:
        prepare_record(settings)
    except (OSError, sqlite3.Error) as error:
        typer.echo(f"The record in {settings.state} cannot be opened: {error}.", err=True)
        raise typer.Exit(3) from None
    os.environ |= environment_of(settings)
    with tempfile.TemporaryDirectory(prefix="jutong-metrics-") as metrics:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = metrics  # read when metrics are imported: by workers
        config = server_config(
            "gateway.cli.workers:make_app",
            settings,
            factory=True,
            workers=settings.workers,
            timeout_worker_healthcheck=START_SECONDS,
        )
        workers = Workers(config, [listener])
        workers.run()
    if workers.has_failed:
        raise typer.Exit(3)


class Workers(Multiprocess):
    """The worker processes. A signal ends them, or that one of them cannot start."""

    has_failed = False

    def keep_subprocess_alive(self) -> None:
        """Replace whoever has died. Who cannot start is not replaced, and ends all."""
        is_told_to_end = self.should_exit.is_set()
        for process in self.processes:
            # The end of the pipe on which a worker answers is its own: else one that dies while it is asked
            # whether it lives would be waited for as one that is busy.
            process.child_conn.close()
        super().keep_subprocess_alive()
        self.has_failed = self.should_exit.is_set() and not is_told_to_end

    def terminate_all(self) -> None:
        """Take no more connections, here either: nobody would answer what comes while requests end."""
        for listener in self.sockets:
            listener.close()
        super().terminate_all()


def make_app() -> App:
    """The application of a worker, from the parent's settings."""
    set_up_logs()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    return App(read_settings(os.environ))


def prepare_record(settings: Settings) -> None:
    """Make the record before several processes do it at once; secret and store are there."""
    SqliteRecorder(with_own_state(settings).state / RECORD).close()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
