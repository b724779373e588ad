"""Runs a document as a reader would: writes its files, runs its commands, compares what they print.

Blocks are told apart by what stands behind the fence:

    ```yaml some/file.yaml       a file to write
    ```sh                        commands; a `text` or `json` block right behind them is what they print
    ```sh background             a program that goes on (in a terminal of its own)
    ```sh stop                   ends it
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.patience import PATIENCE_SECONDS

FENCE = re.compile(r"^```(\w+)(?: ([^\n]+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One fenced block."""

    language: str
    info: str
    text: str
    place: tuple[int, int]
    """Of the text in the document."""


def read_blocks(text: str) -> list[Block]:
    """All blocks, in order."""
    return [Block(m[1], m[2] or "", m[3], m.span(3)) for m in FENCE.finditer(text)]


@dataclass
class Walkthrough:
    """A folder in which a document's steps are taken."""

    folder: Path
    ports: Mapping[str, str]
    """Port in the document to the one that is free here."""
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def take(self, block: Block) -> str | None:
        """Take one step; gives what commands printed, with the document's ports."""
        text = self._translate(block.text, self.ports)
        if block.language == "sh" and not block.info:
            return self._translate(self._run(text), {free: port for port, free in self.ports.items()})
        if block.info == "background":
            self._start(text)
        elif block.info == "stop":
            end(self.running.pop(text))
        elif block.info:
            path = self.folder / block.info
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return None

    def close(self) -> None:
        """End what still runs."""
        for process in self.running.values():
            end(process)

    def _run(self, commands: str) -> str:
        done = subprocess.run(
            ["bash", "-c", commands],
            cwd=self.folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
        return done.stdout.decode()

    def _start(self, command: str) -> None:
        with (self.folder / "background.log").open("ab") as log:
            process = subprocess.Popen(
                ["bash", "-c", f"exec {command}"],
                cwd=self.folder, env=environment(), stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.running[command] = process
        port = next(int(free) for free in self.ports.values() if free in command)
        until = time.monotonic() + PATIENCE_SECONDS
        while not listens(port):
            assert process.poll() is None, (self.folder / "background.log").read_text(encoding="utf-8")
            assert time.monotonic() < until
            time.sleep(0.05)

    def _translate(self, text: str, ports: Mapping[str, str]) -> str:
        for old, new in ports.items():
            text = re.sub(rf"\b{old}\b", new, text)
        return text


def environment() -> dict[str, str]:
    """A reader's: our commands on the path, none of our settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JUTONG_")}
    tools = str(Path(sys.executable).parent)
    return kept | {"PATH": f"{tools}:{kept['PATH']}", "PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8"}


def listens(port: int) -> bool:
    """Whether somebody answers there."""
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


def end(process: "subprocess.Popen[bytes]") -> None:
    """As Ctrl-C in its terminal."""
    os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
