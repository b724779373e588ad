"""No identifier that could be somebody's enters the repository."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schema.identifiers import IdentifierError, parse_citizen_id, parse_credit_code

ROOT = Path(__file__).parents[2]
EXEMPT = ("tests/schema/vectors.py", "gateway/console/dist/")
CANDIDATE = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NP-RT-UW-Ya-hj-np-rt-uw-y]{18}(?![0-9A-Za-z])")


def real_looking(text: str) -> list[str]:
    """List the valid citizen ids and credit codes in a text that are not synthetic."""
    return [found[0] for found in CANDIDATE.finditer(text) if _is_real_looking(found[0])]


def _is_real_looking(candidate: str) -> bool:
    is_citizen = _parses(parse_citizen_id, candidate) and not candidate.startswith("500000")
    is_enterprise = _parses(parse_credit_code, candidate) and candidate[8:11].upper() != "DEM"
    return is_citizen or is_enterprise


def _parses(parse: Callable[[str], str], candidate: str) -> bool:
    try:
        parse(candidate)
    except IdentifierError:
        return False
    return True


def tracked_texts() -> Iterator[tuple[str, str]]:
    """Give path and content of every text file under version control."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if not name or name.startswith(EXEMPT) or not path.is_file():
            continue
        content = path.read_bytes()
        if b"\0" not in content[:8192]:
            yield name, content.decode("utf-8", "replace")


def test_tracked_files_hold_only_synthetic_identifiers() -> None:
    found = {name: real_looking(text) for name, text in tracked_texts()}
    assert {name: numbers for name, numbers in found.items() if numbers} == {}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("id: 500000198502140017", 0),
        ("code: 91500103DEM000014M", 0),
        ("id: " + "4405241880" + "01010014,", 1),
        ("id: " + "1101051949" + "1231002x", 1),
        ("code: '" + "91350100M0" + "00100Y43'", 1),
        ("id: " + "1101051949" + "12310021", 0),
    ],
)
def test_scan_tells_real_from_synthetic(text: str, count: int) -> None:
    assert len(real_looking(text)) == count
