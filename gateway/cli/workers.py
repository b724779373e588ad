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
from time import monotonic

import structlog
import typer
from uvicorn.config import STARTUP_FAILURE, Config
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

from gateway.app import App
from gateway.audit.sqlite import SqliteRecorder
from gateway.http.server import server_config
from gateway.sandbox.opening import with_own_state
from gateway.settings import Settings, environment_of, read_settings
from gateway.store.state import RECORD
from gateway.telemetry.logs import set_up_logs

log = structlog.get_logger()

START_SECONDS = 60
"""How long a worker may be busy, with a city's catalogue on a slow machine, before it counts as hung."""
RETRY_SECONDS = 5
"""Between two tries to start a worker that cannot, while others serve."""
END_SECONDS = 8
"""How long workers may take to end: with a request's 5, less than the 10 of a container."""


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
    """The worker processes. A signal ends them, or that one of them cannot start at the start of all."""

    has_failed = False
    _have_started = False
    """Whether all of them served at once, some time: then what they are started with is right."""
    _starts_at = 0.0
    """Before, no worker is started: the last one could not."""

    def __init__(self, config: Config, sockets: list[socket]) -> None:
        super().__init__(config, sockets)
        self._watched: dict[int | None, _Watched] = {}
        """By number of the process."""

    def keep_subprocess_alive(self) -> None:
        """Replace whoever has died or hangs. Waits for nobody, so that a signal is heard meanwhile."""
        watched = [self._watch(process) for process in self.processes]
        self._have_started = self._have_started or all(one.has_started for one in watched)
        for place, process in enumerate(self.processes):
            if self.should_exit.is_set():
                return
            if not watched[place].lives() and monotonic() >= self._starts_at:
                self._replace(place, process)
        self._watched = {process.pid: self._watch(process) for process in self.processes}

    def terminate_all(self) -> None:
        """Take no more connections, here either: nobody would answer what comes while requests end."""
        for listener in self.sockets:
            listener.close()
        super().terminate_all()

    def join_all(self) -> None:
        """Wait for the workers to end, and kill those that hang."""
        until = monotonic() + END_SECONDS
        for process in self.processes:
            process.process.join(max(0, until - monotonic()))
            process.process.kill()
            process.process.join()

    def _watch(self, process: Process) -> "_Watched":
        return self._watched.setdefault(process.pid, _Watched(process))

    def _replace(self, place: int, process: Process) -> None:
        process.kill()
        process.process.join()
        if process.exitcode == STARTUP_FAILURE:
            if not self._have_started:
                log.error("worker_not_started", process=process.pid)
                self.has_failed = True
                self.should_exit.set()
                return
            self._starts_at = monotonic() + RETRY_SECONDS
        log.error("worker_died", process=process.pid, exit_code=process.exitcode)
        another = Process(self.config, self.sockets)
        another.start()
        self.processes[place] = another


class _Watched:
    """A worker as its parent sees it, which asks it whether it lives and does not wait for the answer."""

    has_started = False

    def __init__(self, process: Process) -> None:
        # The end of the pipe on which a worker answers is its own: else one that dies while it is asked
        # whether it lives would be waited for as one that is busy.
        process.child_conn.close()
        self._process = process
        self._asked_at: float | None = None

    def lives(self) -> bool:
        """Whether it does, as far as it has said; who has been silent for START_SECONDS does not."""
        pipe = self._process.parent_conn
        try:
            if self._asked_at is not None and pipe.poll():
                self.has_started = bool(pipe.recv())
                self._asked_at = None
            if self._asked_at is None:
                pipe.send(b"ping")
                self._asked_at = monotonic()
        except (OSError, EOFError):  # it is gone
            return False
        return self._process.process.is_alive() and monotonic() - self._asked_at < START_SECONDS


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
