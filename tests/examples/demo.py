"""Starts `jutong demo` as a user does: a real process with its department services."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson

from tests.patience import AGES_SECONDS, PATIENCE_SECONDS
from tests.plain_http import CLIENT
from tests.ports import held_port

ROOT = Path(__file__).parents[2]
CITY = ROOT / "examples/chongqing"
DOCUMENTS = CITY / "documents"


@dataclass
class Demo:
    """A running demo."""

    url: str
    state: Path
    process: "subprocess.Popen[bytes]"

    def ask(
        self,
        document: str,
        variables: dict[str, Any],
        key: str = "demo-transport",
        purpose: str | None = None,
        seconds: float = AGES_SECONDS,
    ) -> dict[str, Any]:
        """Ask with a demo key, and wait so long; an empty one asks the open graph."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        headers |= {"Jutong-Purpose": purpose} if purpose else {}
        headers["Jutong-Timeout"] = f"{seconds}"
        path = "/graphql" if key else "/open/graphql"
        body = {"query": document, "variables": variables}
        answer: dict[str, Any] = CLIENT.post(self.url + path, json=body, headers=headers).json()
        return answer

    def services(self) -> dict[str, int]:
        """Process ids of the department services."""
        found: dict[str, int] = orjson.loads((self.state / "var/chongqing/data/services.json").read_bytes())
        return found


@contextmanager
def run_demo(state: Path, **variables: str) -> Iterator[Demo]:
    """Run a small city until the block ends, with variables besides the environment's."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("JUTONG_")}
    environment |= {"JUTONG_TIMEOUT_SECONDS": f"{AGES_SECONDS}"} | variables
    program = str(Path(sys.executable).with_name("jutong"))
    with held_port() as port:
        command = [program, "demo", "--port", str(port), "--persons", "200"]
        with (state / "log").open("wb") as log:
            process = subprocess.Popen(command, cwd=state, stdout=log, stderr=log, env=environment)
        demo = Demo(f"http://127.0.0.1:{port}", state, process)
        try:
            _wait(demo)
            yield demo
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=PATIENCE_SECONDS)


def _wait(demo: Demo) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            if CLIENT.get(f"{demo.url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            assert time.monotonic() < until, (demo.state / "log").read_text()
            time.sleep(0.1)
