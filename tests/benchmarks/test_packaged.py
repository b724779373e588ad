"""A gateway that cannot take part is left out, by name, with its reason."""

import sys
from pathlib import Path

import pytest

from benchmarks.field import open_field
from benchmarks.packaged import PACKAGED, Packaged


def test_one_that_is_not_installed_is_named(tmp_path: Path) -> None:
    assert Packaged(tmp_path, sys.executable, ()).missing("rest") == "its packages are not installed"


def test_one_whose_program_does_not_run_is_named(tmp_path: Path) -> None:
    (tmp_path / "node_modules").mkdir()
    assert Packaged(tmp_path, sys.executable, ()).missing("rest-5ms") is None
    for program in (str(tmp_path / "none"), "false"):
        one = Packaged(tmp_path, program, ())
        assert one.missing("rest") == one.install() == "its program does not run on this machine"


def test_nothing_is_installed_without_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Packaged(tmp_path, sys.executable, ()).install() == "npm is not installed"


def test_other_upstreams_go_on_without_them(tmp_path: Path) -> None:
    with open_field("memory", tmp_path, "", only=(*PACKAGED, "fan-out")) as field:
        assert set(field.servers) == {"fan-out"}
        assert field.missing == dict.fromkeys(PACKAGED, "is written over the REST service")
