"""`jutong check` as people and scripts run it."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema

from tests.patience import PATIENCE_SECONDS

ROOT = Path(__file__).parents[3]
HARBOUR = ROOT / "tests/cities/harbour"


def run(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "gateway.cli.main", "check", *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )


def test_a_sound_catalogue_ends_with_0() -> None:
    done = run(HARBOUR)
    assert done.returncode == 0
    assert "0 problem(s)" in done.stdout


def test_mistakes_end_with_1_and_are_listed(tmp_path: Path) -> None:
    (tmp_path / "city.yaml").write_text("city: X\nnonsense: 1\n", encoding="utf-8")
    done = run(tmp_path)
    assert done.returncode == 1
    assert "city.yaml:2" in done.stdout
    done = run(tmp_path, "--json")
    assert done.returncode == 1
    (problem,) = json.loads(done.stdout)["problems"]
    assert (problem["file"], problem["line"], problem["code"]) == ("city.yaml", 2, "EXTRA_FORBIDDEN")
    assert problem["hint"]


def test_a_directory_that_is_not_there_ends_with_2() -> None:
    done = run("/nowhere")
    assert done.returncode == 2
    assert "/nowhere" in done.stderr


def test_the_schema_for_editors_is_one() -> None:
    done = run("--schema")
    assert done.returncode == 0
    jsonschema.Draft202012Validator.check_schema(json.loads(done.stdout))
