"""Rules of the house, as code."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
PACKAGES = ("schema", "connectors", "gateway")


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (p for p in (ROOT / package).rglob("*.py") if "node_modules" not in p.parts)


def shipped() -> Iterator[Path]:
    """What the packages ship and people wrote: code, data, the explorer's sources."""
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*"):
            is_written = path.suffix in {".py", ".yaml", ".js", ".jsx", ".css", ".html"}
            if is_written and not {"node_modules", "dist"} & set(path.parts):
                yield path


def test_no_word_of_the_demo_is_in_the_packages() -> None:
    """Neither its city and departments, nor a resource that has a name of its own (two words or more)."""
    catalogue = ROOT / "examples/chongqing/catalogue"
    departments = {
        yaml.safe_load(p.read_text(encoding="utf-8"))["title"] for p in catalogue.rglob("department.yaml")
    }
    chinese = {"重庆", "渝"} | {title.partition(" — ")[0] for title in departments}
    declared = {p.name for p in (catalogue / "departments").iterdir()}
    declared |= {
        first["resource"]
        for first in (yaml.safe_load(p.read_text(encoding="utf-8")) for p in catalogue.rglob("*.yaml"))
        if "resource" in first
    }
    english = {name for name in declared if not name.islower()}
    assert len(chinese) == 22
    assert len(english) > 20
    for path in shipped():
        text = path.read_text(encoding="utf-8")
        assert [word for word in chinese if word in text] == [], path
        if path.name == "dictionary.yaml":  # the vocabulary of all cities; names are what it is for
            continue
        assert [word for word in english if re.search(rf"\b{word}\b", text)] == [], path


def test_files_and_functions_keep_their_size() -> None:
    """A file of more than 300 lines says at its top why it is one, "however long"."""
    for path in sources():
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        lines = len(text.splitlines())
        assert lines <= 400, path
        assert lines <= 300 or "however long" in (ast.get_docstring(tree) or ""), path
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 80, f"{path}: {node.name}"


def test_simulators_import_nothing_of_ours() -> None:
    for path in (ROOT / "examples").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".")[0] for name in names} & set(PACKAGES), path


def test_no_catalogue_field_has_a_resolver_of_its_own() -> None:
    from gateway.compose import compose
    from schema.policy.visibility import visible_to
    from schema.types.meaning import meaning_of
    from schema.types.splice import resolve_entry, resolve_planned
    from tests.kit import read_city

    catalogue = read_city("harbour")[0]
    _, schema = compose("share", catalogue, visible_to("share", catalogue))
    fields = [
        f
        for t in schema.type_map.values()
        for f in getattr(t, "fields", {}).values()
        if hasattr(f, "resolve")
    ]
    planned = [field for field in fields if meaning_of(field) is not None]
    assert len(planned) > 50
    shared: set[object] = {resolve_entry, resolve_planned}
    assert {field.resolve for field in planned} <= shared


def test_nothing_generated_or_private_is_tracked() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert not re.search(r"(^|/)(node_modules|\.venv|var)/", tracked)


def test_the_second_catalogue_is_another_country() -> None:
    """English only, and neither an entity, a scalar nor a resource of the first or of the demo."""
    texts = {path: path.read_text(encoding="utf-8") for path in (ROOT / "tests/cities/fjord").rglob("*.yaml")}
    assert len(texts) > 20
    theirs = [
        *(ROOT / "tests/cities/harbour").rglob("*.yaml"),
        *(ROOT / "examples/chongqing/catalogue").rglob("*.yaml"),
    ]
    declared = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in theirs]
    words = {"Person", "Enterprise", "Place", "Certificate", "CitizenId", "CreditCode", "Vehicle"}
    words |= {one[kind] for one in declared for kind in ("resource", "codes", "department") if kind in one}
    for path, text in texts.items():
        assert text.isascii(), path
        assert [word for word in words if re.search(rf"\b{word}\b", text)] == [], path
