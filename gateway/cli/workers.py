"""Several worker processes behind one listening socket: each with its own sources, all with one store.

The parent binds the socket, makes what the workers share in `state` and watches them: one that dies is
replaced, and all end with the parent, whatever ends it.
"""

import multiprocessing
import os
import signal
import tempfile
import threading

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


def run_workers(settings: Settings) -> None:
    """Serve with several processes until stopped."""
    prepare_record(settings)
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
        Multiprocess(config, [config.bind_socket()]).run()


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
