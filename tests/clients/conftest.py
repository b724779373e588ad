"""A served gateway, and Node with the packages of this folder."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.faults.city import write_city
from tests.faults.department import open_department
from tests.faults.served import Served, serve
from tests.patience import PATIENCE_SECONDS
from tests.services import miss, require

HERE = Path(__file__).parent
INSTALL_SECONDS = 400


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A gateway over the small city."""
    folder: Path = tmp_path_factory.mktemp("quay")
    with open_department() as department:
        settings = {"JUTONG_DEMO_DATA": str(folder), "JUTONG_DEMO_LICENCES": department.url}
        with serve(folder, write_city(folder, 50), **settings) as opened:
            yield opened


@pytest.fixture(scope="session")
def node() -> Callable[..., Any]:
    """Run a script of this folder; give the JSON that it prints."""
    program = require("node")
    if shutil.which("npm") is None:
        miss("npm is not installed")
    lock, installed = (HERE / "package-lock.json").read_bytes(), HERE / "node_modules/.installed-from"
    if not installed.exists() or installed.read_bytes() != lock:
        install = ["npm", "ci", "--no-audit", "--no-fund"]
        done = subprocess.run(install, check=False, cwd=HERE, capture_output=True, timeout=INSTALL_SECONDS)
        if done.returncode != 0:
            miss("node's packages cannot be installed: npm ci in tests/clients")
        installed.write_bytes(lock)

    def run(script: str, *arguments: str) -> Any:
        command = [program, str(HERE / script), *arguments]
        done = subprocess.run(command, check=False, capture_output=True, timeout=PATIENCE_SECONDS, text=True)
        assert done.returncode == 0, done.stderr
        return orjson.loads(done.stdout)

    return run
