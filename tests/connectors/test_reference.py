"""The reference of connectors lists every setting, its examples are valid, and its code runs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel

from connectors.files.settings import FilesOrigin, FilesSettings
from connectors.graphql.settings import GraphQLFilter, GraphQLOrigin, GraphQLPages, GraphQLSettings
from connectors.memory import MemorySettings
from connectors.registry import find_kinds
from connectors.rest.settings import RestEnvelope, RestOrigin, RestPages, RestSettings
from connectors.sql.settings import SqlSettings
from schema.catalogue.yaml_file import parse_yaml
from tests.patience import PATIENCE_SECONDS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/connectors.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
YAML = [parse_yaml("docs", body).value for language, body in BLOCKS if language == "yaml"]


MODELS = [
    SqlSettings, RestSettings, RestOrigin, RestEnvelope, RestPages, GraphQLSettings, GraphQLOrigin, GraphQLPages,
    GraphQLFilter, FilesSettings, FilesOrigin, MemorySettings,
]  # fmt: skip


@pytest.mark.parametrize("model", MODELS)
def test_every_setting_is_listed(model: type[BaseModel]) -> None:
    for name, field in model.model_fields.items():
        default = field.default
        shown = f"`{default}`" if isinstance(default, int) and not isinstance(default, bool) else ""
        assert f"| `{name}` | {'required' if field.is_required() else shown}" in TEXT, name


def test_every_kind_that_ships_has_its_section() -> None:
    assert set(re.findall(r"^## ([a-z]+)$", TEXT, re.MULTILINE)) == set(find_kinds())


def test_every_example_is_valid() -> None:
    sources = [source for block in YAML for source in block.get("sources", {}).values()]
    origins = [block["from"] for block in YAML if isinstance(block.get("from"), dict)]
    assert {source["kind"] for source in sources} == set(find_kinds())
    assert len(origins) > 8
    for source in sources:
        settings = {name: value for name, value in source.items() if name != "kind"}
        find_kinds()[source["kind"]].settings.model_validate(settings)
    for origin in origins:
        kind = FilesOrigin if "file" in origin else RestOrigin if "path" in origin else GraphQLOrigin
        kind.model_validate(origin)


def test_the_connector_in_the_reference_stands_the_suite(tmp_path: Path) -> None:
    (tmp_path / "lines").mkdir()
    for language, body in BLOCKS:
        named = re.match(r"# (lines/\w+\.py)\n", body)
        if language == "python" and named:
            (tmp_path / named[1]).write_text(body, encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}",
        "JUTONG_HARNESS": "lines.harness:Harness",
    }
    files = [f"tests/conformance/test_{name}.py" for name in ("load", "scan", "predicates")]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-o", "addopts=", *files],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=3 * PATIENCE_SECONDS, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-3000:]
