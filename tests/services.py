"""Finds the servers and programs that some tests need; without them those tests are skipped, and say so."""

import os
import shutil
import socket
from functools import cache
from typing import NoReturn

import pytest
from sqlalchemy.engine import make_url

DEFAULTS = {
    "postgres": "postgresql+asyncpg://postgres@127.0.0.1:5432/test",
    "mariadb": "mysql+asyncmy://root@127.0.0.1:3306/test",
    "redis": "redis://127.0.0.1:6379/0",
}
PORTS = {"postgres": 5432, "mariadb": 3306, "redis": 6379}


PROGRAMS = ("node", "redis-server")


def require(name: str) -> str:
    """Give the URL of a server or the path of a program, or skip; `JUTONG_REQUIRE=all` fails instead."""
    if name in PROGRAMS:
        return shutil.which(name) or miss(f"{name} is not installed")
    url = os.environ.get(f"JUTONG_TEST_{name.upper()}", DEFAULTS[name])
    return url if _answers(url, PORTS[name]) else miss(f"{name} does not answer")


def miss(message: str) -> NoReturn:
    """Skip the test, or fail it where everything is required."""
    if os.environ.get("JUTONG_REQUIRE") == "all":
        pytest.fail(message)
    pytest.skip(message)  # a user's machine need not have every server: `make test` says which it lacked


@cache
def _answers(url: str, port: int) -> bool:
    parsed = make_url(url)
    try:
        with socket.create_connection((parsed.host or "127.0.0.1", parsed.port or port), 1):
            return True
    except OSError:
        return False
