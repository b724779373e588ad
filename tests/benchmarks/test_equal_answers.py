"""Before speeds are compared: every contestant answers every document alike, at a tiny scale."""

import asyncio
from pathlib import Path

import pytest

from benchmarks.cases import CASES
from benchmarks.equality import compare
from benchmarks.field import open_field
from benchmarks.load import burst
from benchmarks.packaged import PACKAGED
from tests.services import miss, require

PERSONS = 200


@pytest.mark.parametrize("upstream", ["memory", "rest", "postgres", "graphql"])
def test_contestants_answer_alike(tmp_path: Path, upstream: str) -> None:
    url = require("postgres").replace("+asyncpg", "") if upstream == "postgres" else ""
    only = ("jutong", "strawberry", "fan-out", "bytes")
    with open_field(upstream, tmp_path, url, PERSONS, only) as field:
        for case in CASES.values():
            sizes = asyncio.run(compare(field, case, number=7))
            assert set(sizes) == set(field.servers)
            assert sizes["bytes"] == sizes["fan-out"]
        measured = asyncio.run(burst(field.servers["jutong"].port, CASES["b"], 20, seconds=0))
        assert measured.requests >= 8
        assert field.servers["jutong"].cpu_seconds() > 0.1
        assert field.servers["jutong"].resident_bytes() > 10_000_000


@pytest.mark.parametrize("name", PACKAGED)
def test_gateway_from_npm_answers_alike(tmp_path: Path, name: str) -> None:
    reason = PACKAGED[name].install()
    if reason is not None:
        miss(f"{name}: {reason}")
    with open_field("rest", tmp_path, "", only=(name, "fan-out")) as field:
        for case in CASES.values():
            assert set(asyncio.run(compare(field, case, number=7))) == {name, "fan-out"}
