"""Docs tell what is there."""

import os
import re
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

import gateway.errors
from connectors.registry import find_kinds
from gateway.settings import PREFIX, Settings
from schema.types.states import STATE_TITLES
from tests.docs import reference

ROOT = Path(__file__).parents[2]


def test_every_code_has_its_section_and_no_section_is_left_over() -> None:
    errors = {
        value.code
        for value in vars(gateway.errors).values()
        if isinstance(value, type) and issubclass(value, gateway.errors.GatewayError)
    }
    text = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
    sections = set(re.findall(r"^### (\w+)$", text, re.MULTILINE))
    assert sections == set(STATE_TITLES) | errors | {"PLANNER_BYPASSED"}


def test_every_setting_is_listed_with_its_default() -> None:
    text = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        default = "—" if field.default is None else f"`{field.default}`"
        assert f"| `{PREFIX}{name.upper()}` | {default} |" in text


def test_the_reference_says_every_key_with_its_meaning() -> None:
    path = ROOT / "docs/catalogue.md"
    written, found = reference.split(path)
    if os.environ.get(reference.UPDATE):
        path.write_text(written + reference.tables(), encoding="utf-8")
    assert found == reference.tables()
    for model in reference.models():
        for name, field in model.model_fields.items():
            assert field.description, f"{model.__name__}.{name}"
            assert "|" not in field.description


def test_every_setting_of_a_connector_is_listed() -> None:
    text = (ROOT / "docs/connectors.md").read_text(encoding="utf-8")
    for kind in find_kinds().values():
        _, mark, section = text.partition(f"\n## {kind.name}\n")
        assert mark, kind.name
        section = section.partition("\n## ")[0]
        for model in (kind.settings, *models_in(kind.origin)):
            for name, field in model.model_fields.items():
                assert f"| `{field.alias or name}` |" in section, f"{kind.name}: {name}"


def models_in(origin: Any) -> list[type[BaseModel]]:
    """The models of `from:`, those that stand in their keys included."""
    if not (isinstance(origin, type) and issubclass(origin, BaseModel)):
        return [model for inner in get_args(origin) for model in models_in(inner)]
    inner = [
        one
        for field in origin.model_fields.values()
        for one in get_args(field.annotation) or [field.annotation]
    ]
    return [origin, *(model for one in inner if one is not origin for model in models_in(one))]


def test_links_between_docs_lead_somewhere() -> None:
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name} -> {target}"


def test_files_that_docs_and_docstrings_name_are_there() -> None:
    ours = ("schema", "connectors", "gateway", "tests", "benchmarks", "examples", "docker", "docs")
    known = {path.relative_to(ROOT).as_posix() for of in ours for path in (ROOT / of).rglob("*.*")}
    sources = [path for of in ours[:3] for path in (ROOT / of).rglob("*.py")]
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *sources]:
        for name in re.findall(r"`([\w./-]+/[\w.-]+\.py)\b", path.read_text(encoding="utf-8")):
            assert any(f"/{one}".endswith(f"/{name}") for one in known), f"{path.name} -> {name}"


def test_both_readmes_show_the_same() -> None:
    """Code, tables, pictures and links to docs; prose is each language's own."""
    english, chinese = (
        (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md")
    )
    for pattern in (
        r"```(?:graphql|json|yaml)\n.*?```",
        r"^\| `(\w+)`",
        r"!\[.*\]\((.*)\)",
        r"\b(?:STALE|MASKED|PARTIAL|TRUNCATED)\b",
        r"^make \w+",
    ):
        shown = re.findall(pattern, english, re.DOTALL if "```" in pattern else re.MULTILINE)
        assert shown
        assert re.findall(pattern, chinese, re.DOTALL if "```" in pattern else re.MULTILINE) == shown
    assert english.count("\n## ") == chinese.count("\n## ")
    linked = [set(re.findall(r"\]\((docs/[^)#]+)", text)) for text in (english, chinese)]
    assert linked[0] == linked[1]
