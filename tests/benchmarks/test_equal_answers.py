"""Before speeds are compared: every contestant answers every document alike, at a tiny scale."""

import asyncio
from pathlib import Path

import pytest

from benchmarks.cases import CASES
from benchmarks.equality import compare
from benchmarks.field import STITCHING, open_field
from benchmarks.load import burst
from tests.services import require

PERSONS = 200


@pytest.mark.parametrize("upstream", ["memory", "rest", "postgres", "graphql"])
def test_contestants_answer_alike(tmp_path: Path, upstream: str) -> None:
    url = require("postgres").replace("+asyncpg", "") if upstream == "postgres" else ""
    only = ("jutong", "strawberry", "fan-out", "bytes", *(["stitching"] if _has_stitching() else []))
    with open_field(upstream, tmp_path, url, PERSONS, only) as field:
        for case in CASES.values():
            sizes = asyncio.run(compare(field, case, number=7))
            assert set(sizes) == set(field.servers)
            assert sizes["bytes"] == sizes["fan-out"]
        measured = asyncio.run(burst(field.servers["jutong"].port, CASES["b"], 20, seconds=0))
        assert measured.requests >= 8
        assert field.servers["jutong"].cpu_seconds() > 0.1
        assert field.servers["jutong"].resident_bytes() > 10_000_000


def _has_stitching() -> bool:
    return (STITCHING / "node_modules").is_dir()
