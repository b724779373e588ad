"""Workers that cannot start end their parent, which knows that no signal did."""

import subprocess
import sys
from typing import Any

from gateway.cli.workers import Workers
from gateway.http.server import bind, server_config
from gateway.settings import Settings
from tests.patience import PATIENCE_SECONDS


def make_failing() -> Any:
    async def app(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "cannot"})

    return app


def serve() -> None:
    settings = Settings(port=0)
    config = server_config(f"{__name__}:make_failing", settings, factory=True, workers=2)
    workers = Workers(config, [bind(settings)])
    workers.run()
    print(workers.has_failed, file=sys.stderr)


def test_a_worker_that_cannot_start_ends_all() -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"from {__name__} import serve; serve()"],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=True,
    )
    assert done.stderr.endswith("True\n")
    assert "worker_not_started" in done.stdout
