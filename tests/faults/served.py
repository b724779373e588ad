"""`jutong serve` as a real process, on a port of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import orjson

from tests.patience import AGES_SECONDS, PATIENCE_SECONDS
from tests.plain_http import CLIENT
from tests.ports import held_port


@dataclass
class Served:
    """A gateway process."""

    url: str
    port: int
    state: Path
    log: Path
    process: "subprocess.Popen[bytes]"

    def kill(self) -> None:
        """End it the hard way: no handler of ours runs."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def log_lines(self) -> list[dict[str, object]]:
        """What it has logged."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [orjson.loads(line) for line in lines if line.startswith("{")]


JUTONG = (str(Path(sys.executable).with_name("jutong")),)


@contextmanager
def serve(
    folder: Path, catalogue: Path, *arguments: str, program: Sequence[str] = JUTONG, **settings: str
) -> Iterator[Served]:
    """A gateway that is ready, and gives up no request before a test does; its state is in `folder/state`."""
    state, log = folder / "state", folder / "log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JUTONG_")}
    environment |= {"JUTONG_CATALOGUE": str(catalogue), "JUTONG_STATE": str(state)}
    environment |= {"JUTONG_TIMEOUT_SECONDS": f"{AGES_SECONDS}", **settings}
    with held_port() as port:
        command = [*program, "serve", "--port", str(port), *arguments]
        with log.open("ab") as output:
            process = subprocess.Popen(command, env=environment, stdout=output, stderr=output, cwd=folder)
        served = Served(f"http://127.0.0.1:{port}", port, state, log, process)
        try:
            _wait(served)
            yield served
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_SECONDS)


def _wait(served: Served) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            if CLIENT.get(f"{served.url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            assert served.process.poll() is None, served.log.read_text(encoding="utf-8")
            assert time.monotonic() < until, served.log.read_text(encoding="utf-8")
            time.sleep(0.05)
