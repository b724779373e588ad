"""CPU and memory are read from outside, for a whole process tree."""

import socket
import sys
import time

from benchmarks.processes import Process, free_port, start
from tests.patience import PATIENCE_SECONDS


def test_work_of_children_is_counted() -> None:
    port = free_port()
    child = "sum(i * i for i in range(3_000_000)); import time; time.sleep(300)"
    parent = (
        f"import socket, subprocess, sys; c = subprocess.Popen([sys.executable, '-c', {child!r}]);"
        f"s = socket.create_server(('127.0.0.1', {port})); s.accept(); s.accept()[0].recv(1); c.kill()"
    )
    process = start("parent", [sys.executable, "-c", parent], port)
    try:
        first = process.cpu_seconds()
        assert _grows(process, first + 0.05)
        assert process.resident_bytes() > 2 * 5_000_000
    finally:
        _end_child(process)


def _grows(process: Process, seconds: float) -> bool:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if process.cpu_seconds() > seconds:
            return True
        time.sleep(0.02)
    return False


def _end_child(process: Process) -> None:
    with socket.create_connection(("127.0.0.1", process.port)) as connection:
        connection.sendall(b"x")
        process.popen.wait(timeout=PATIENCE_SECONDS)
    process.output.close()
