"""Processes under test: started, pinned, waited for, and read from outside through /proc."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 60
SERVER_CORE, OTHER_CORE = 0, 1
"""The server has one core; load generator and upstream share the other. Not pinned on one-core machines."""


@dataclass
class Process:
    """A running program that listens on a port."""

    name: str
    port: int
    popen: "subprocess.Popen[bytes]"
    output: IO[bytes]

    def said(self) -> str:
        """The end of what it wrote on its outputs: logs go to a file, as in production."""
        self.output.seek(0)
        return self.output.read()[-2_000:].decode(errors="replace")

    def cpu_seconds(self) -> float:
        """User and system time of the whole process tree so far."""
        return sum(_cpu_seconds(pid) for pid in tree(self.popen.pid))

    def resident_bytes(self) -> int:
        """Resident memory of the whole process tree now."""
        return sum(_resident_bytes(pid) for pid in tree(self.popen.pid))

    def stop(self) -> None:
        """End it and wait."""
        self.output.close()
        self.popen.terminate()
        try:
            self.popen.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()


def start(
    name: str,
    command: Sequence[str],
    port: int,
    *,
    core: int = SERVER_CORE,
    environment: Mapping[str, str] | None = None,
    python_path: Sequence[Path] = (),
) -> Process:
    """Start a program and wait until it listens. `RuntimeError` if it does not."""
    paths = os.pathsep.join(str(path) for path in (ROOT, *python_path))
    own = {key: value for key, value in os.environ.items() if not key.startswith("JUTONG_")}
    said = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
    popen = subprocess.Popen(
        list(command), env={**own, "PYTHONPATH": paths, **(environment or {})}, stdout=said, stderr=said
    )
    pin(popen.pid, core)
    process = Process(name, port, popen, said)
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return process
        except OSError:
            if popen.poll() is not None or time.monotonic() > until:
                said_last = process.said()
                process.stop()
                raise RuntimeError(f"{name} does not listen: {said_last}") from None
            time.sleep(0.02)


def python(*arguments: str) -> list[str]:
    """A command of this Python."""
    return [sys.executable, *arguments]


def pin(pid: int, core: int) -> None:
    """Keep a process, and what it starts, on one core; on a machine with one, nothing is done."""
    if (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(pid, {core})


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def tree(pid: int) -> list[int]:
    """A process and all its descendants."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                fields = (path / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            except OSError:
                continue  # it has ended
            children.setdefault(int(fields[1]), []).append(int(path.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def _cpu_seconds(pid: int) -> float:
    """Nanoseconds on a CPU, of every thread: what user and system time are made of, unrounded."""
    total = 0
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += int((task / "schedstat").read_text(encoding="ascii").split()[0])
    except OSError:
        return 0.0 if not total else total / 1e9
    return total / 1e9


def _resident_bytes(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
