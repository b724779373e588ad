"""SIGTERM ends what `jutong` started, as an orchestrator expects: at once, all of it, with 0."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from gateway.settings import read_settings
from gateway.store.state import open_store
from tests.patience import PATIENCE_SECONDS
from tests.plain_http import CLIENT

JUTONG = str(Path(sys.executable).with_name("jutong"))
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("JUTONG_")}


@contextmanager
def started(cwd: Path, *arguments: str) -> "Iterator[subprocess.Popen[bytes]]":
    with (cwd / "log").open("wb") as log:
        command = [JUTONG, *arguments, "--port", "0"]
        process = subprocess.Popen(command, cwd=cwd, stdout=log, stderr=log, env=ENVIRONMENT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(path: Path) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not path.exists():
        assert time.monotonic() < until, path
        time.sleep(0.02)


def wait_until_heard(pid: int, signal_: signal.Signals) -> None:
    """Until a process handles a signal, which before then ends it as it ends any other."""
    until = time.monotonic() + PATIENCE_SECONDS
    handled = 0
    while not handled >> (signal_ - 1) & 1:
        assert time.monotonic() < until
        time.sleep(0.02)
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
        handled = int(re.findall(r"^SigCgt:\s*(\w+)$", status, re.MULTILINE)[0], 16)


def test_sigterm_ends_the_demo_and_its_services(tmp_path: Path) -> None:
    state = tmp_path / "var/chongqing"
    with started(tmp_path, "demo", "--persons", "10", "--enterprises", "10") as process:
        wait_for(state / "gateway/record.sqlite")
        services = orjson.loads((state / "data/services.json").read_bytes())
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE_SECONDS) == 0
    for pid in services.values():
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_second_demo_on_the_same_port_leaves_the_first_alone(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [JUTONG, "demo", "--host", "127.0.0.1", "--port", str(taken.getsockname()[1])]
        done = subprocess.run(
            command, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, timeout=PATIENCE_SECONDS, check=False
        )
    assert (done.returncode, done.stdout, list(tmp_path.iterdir())) == (3, b"", [])
    assert b"Address already in use" in done.stderr


def test_a_service_that_hangs_is_ended_with_the_demo(tmp_path: Path) -> None:
    state = tmp_path / "var/chongqing"
    with started(tmp_path, "demo", "--persons", "10", "--enterprises", "10") as process:
        wait_for(state / "gateway/record.sqlite")
        services = list(orjson.loads((state / "data/services.json").read_bytes()).values())
        os.kill(services[0], signal.SIGSTOP)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE_SECONDS) == 0
    for pid in services:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_sigterm_ends_the_demo_while_it_builds(tmp_path: Path) -> None:
    """A container's first process ignores a signal that it does not handle, and is killed 10 s later."""
    with started(tmp_path, "demo", "--persons", "50000", "--enterprises", "10") as process:
        wait_for(tmp_path / "var/chongqing")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE_SECONDS) == 0
    assert not (tmp_path / "var/chongqing/data/built").exists()


def test_a_missing_catalogue_is_refused_and_not_served_empty(tmp_path: Path) -> None:
    with started(tmp_path, "serve", "--catalogue", "nowhere") as process:
        assert process.wait(timeout=PATIENCE_SECONDS) == 2
    assert "nowhere" in (tmp_path / "log").read_text(encoding="utf-8")


@pytest.mark.parametrize("sandbox", [(), ("--sandbox",)])
def test_an_empty_catalogue_is_refused_and_not_served(tmp_path: Path, sandbox: tuple[str, ...]) -> None:
    """Where nothing is, a mount makes an empty directory."""
    catalogue = tmp_path / "catalogue"
    (catalogue / "departments/parks").mkdir(parents=True)
    for file, said in (("city.yaml", "no city.yaml"), ("departments/parks/department.yaml", "no resource")):
        with started(tmp_path, "serve", *sandbox) as process:
            assert process.wait(timeout=PATIENCE_SECONDS) == 2
        assert f"There is {said}" in (tmp_path / "log").read_text(encoding="utf-8")
        (catalogue / file).write_text("city: 城 — City\n", encoding="utf-8")


@pytest.mark.parametrize("command", [("serve",), ("demo", "--persons", "10", "--enterprises", "10")])
def test_a_setting_that_does_not_exist_is_told_in_one_line(
    tmp_path: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ENVIRONMENT, "JUTONG_PROT", "8000")
    with started(tmp_path, *command) as process:
        assert process.wait(timeout=PATIENCE_SECONDS) == 2
    told = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    assert told[-1] == "JUTONG_PROT is no setting; docs/settings.md lists them all."
    assert "Traceback" not in "".join(told)


def test_sigterm_ends_a_gateway(tmp_path: Path) -> None:
    catalogue = Path(__file__).parents[2] / "cities/harbour"
    with started(tmp_path, "serve", "--catalogue", str(catalogue)) as process:
        wait_until_heard(process.pid, signal.SIGTERM)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE_SECONDS) == 0


WHILE_A_FINALIZER_RUNS = """
import signal, uvicorn
from gateway.cli.main import app

class Finalized:
    def __del__(self):
        signal.raise_signal(signal.SIGTERM)

class Server(uvicorn.Server):
    def run(self, sockets=None):
        Finalized()
        super().run(sockets)

uvicorn.Server = Server
app()
"""


def test_sigterm_is_heard_while_a_finalizer_runs(tmp_path: Path) -> None:
    """An exception that is raised there is lost."""
    catalogue = Path(__file__).parents[2] / "cities/harbour"
    command = [
        sys.executable,
        "-c",
        WHILE_A_FINALIZER_RUNS,
        "serve",
        "--catalogue",
        str(catalogue),
        "--port",
        "0",
    ]
    subprocess.run(command, cwd=tmp_path, env=ENVIRONMENT, timeout=PATIENCE_SECONDS, check=True)


WORKERS = ("--workers", "2")


@pytest.mark.parametrize(
    ("state", "options"),
    [
        ("var/jutong", ()),
        ("var/jutong", WORKERS),
        ("var/jutong/sandbox", ("--sandbox", *WORKERS)),
    ],
)
def test_a_gateway_that_cannot_open_its_record_says_so(
    tmp_path: Path, state: str, options: tuple[str, ...]
) -> None:
    catalogue = Path(__file__).parents[2] / "cities/harbour"
    open_store(read_settings({}, state=tmp_path / state))[1].close()
    (tmp_path / state / "record.sqlite").write_text("no database" * 1000, encoding="utf-8")
    with started(tmp_path, "serve", "--catalogue", str(catalogue), *options) as process:
        assert process.wait(timeout=PATIENCE_SECONDS) == 3
    assert "file is not a database" in (tmp_path / "log").read_text(encoding="utf-8")


@pytest.mark.parametrize("options", [(), WORKERS])
def test_a_gateway_says_that_it_serves_and_what(tmp_path: Path, options: tuple[str, ...]) -> None:
    """Each worker does; whoever reads the line reaches it, and a signal still ends all with 0."""
    catalogue = Path(__file__).parents[2] / "cities/harbour"
    with started(tmp_path, "serve", "--catalogue", str(catalogue), *options) as process:
        wait_for(tmp_path / "log")
        lines: list[dict[str, Any]] = []
        until = time.monotonic() + PATIENCE_SECONDS
        while len(lines) < (2 if options else 1):
            assert time.monotonic() < until
            time.sleep(0.05)
            lines = [orjson.loads(one) for one in (tmp_path / "log").read_bytes().splitlines()]
        assert {one["event"] for one in lines} == {"serving"}
        assert len({one["process"] for one in lines}) == len(lines)
        assert lines[0]["graphs"] == ["/graphql", "/open/graphql"]
        assert lines[0]["state"] == "var/jutong"
        assert lines[0]["version"]
        assert CLIENT.get(f"{lines[0]['address']}/readyz").status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE_SECONDS) == 0


def test_a_port_that_is_taken_is_told_before_anything_is_opened(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [JUTONG, "serve", "--catalogue", str(Path(__file__).parents[2] / "cities/harbour")]
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [*command, "--port", port],
            cwd=tmp_path,
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 3
    assert "Address already in use" in done.stderr
    assert not (tmp_path / "var").exists()
