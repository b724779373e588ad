"""Ratios are made of neighbours in time, and only between the marks of the page is written."""

from pathlib import Path

import pytest

from benchmarks.report import put_section, ratios, spread


def _one(round_: int, contestant: str, cpu: float) -> dict[str, object]:
    return {
        "upstream": "memory",
        "case": "a",
        "round": round_,
        "contestant": contestant,
        "cpu_seconds": cpu,
    }


def test_ratios_pair_rounds() -> None:
    measured = [_one(0, "jutong", 2), _one(0, "bytes", 1), _one(1, "bytes", 2), _one(1, "jutong", 8)]
    assert ratios(measured, "memory", "a", "bytes") == [2, 4]
    assert ratios(measured, "memory", "b", "bytes") == []


def test_spread_is_minimum_median_maximum() -> None:
    assert spread([3, 1, 10]) == (1, 3, 10)


def test_section_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- x -->\nold\n<!-- /x -->\nb\n")
    put_section(page, "x", "new \\1")
    put_section(page, "x", "newer \\1")
    assert page.read_text() == "a\n<!-- x -->\n\nnewer \\1\n\n<!-- /x -->\nb\n"
    with pytest.raises(ValueError, match="no section y"):
        put_section(page, "y", "")
