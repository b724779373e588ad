"""The catalogue's check knows what a source of files and its resources may say."""

from pathlib import Path

import pytest

from connectors.registry import find_kinds
from schema.catalogue.read import read_catalogue

DEPARTMENT = """department: parks
title: Parks
sources:
  nightly: { kind: files, directory: drops%s }
"""
RESOURCE = """resource: tree
title: Tree
source: nightly
from: %s
identity: [no]
attach:
  - { on: Enterprise, field: trees, by: { uscc: uscc } }
sharing: { type: unconditional }
collection: { field: trees }
items:
  no: { title: No, column: no, level: 1 }
"""


def problems(folder: Path, settings: str, origin: str) -> list[str]:
    home = folder / "departments" / "parks"
    home.mkdir(parents=True)
    (folder / "city.yaml").write_text("city: Town\nuse: [Enterprise]\n")
    (home / "department.yaml").write_text(DEPARTMENT % settings)
    (home / "tree.yaml").write_text(RESOURCE % origin)
    found = read_catalogue(folder, find_kinds(), {}).problems
    return [f"{Path(one.file).name}:{one.line}: {one.message}" for one in found]


def test_what_is_right_has_no_problem(tmp_path: Path) -> None:
    """Collections included: files can be scanned, filtered and sorted."""
    assert problems(tmp_path, ", store: kept", '{ file: "trees_{yyyyMMdd}.csv", encoding: gb18030 }') == []


@pytest.mark.parametrize(
    ("settings", "origin", "place"),
    [
        (", folder: x", "{ file: a.csv }", "department.yaml:4: "),
        (", memory_mb: 1", "{ file: a.csv }", "department.yaml:4: "),
        ("", "{ file: ../a.csv }", "tree.yaml:4: "),
        ("", "{ file: a.pdf }", "tree.yaml:4: "),
        ("", "trees.csv", "tree.yaml:4: "),
        ("", "{ file: a.csv, header_row: 0 }", "tree.yaml:4: "),
    ],
)
def test_mistakes_are_told_with_their_place(tmp_path: Path, settings: str, origin: str, place: str) -> None:
    (found,) = problems(tmp_path, settings, origin)
    assert found.startswith(place)


def test_an_ending_that_says_nothing_is_told_each_format_once(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, "", "{ file: voyages.csv.gz }")
    assert found.endswith("one of csv, xlsx, jsonl, parquet, duckdb")
