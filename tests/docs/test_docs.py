"""Docs tell what is there."""

import re
from pathlib import Path

from pydantic import BaseModel

import gateway.errors
from gateway.settings import PREFIX, Settings
from schema.catalogue import declarations
from schema.policy import declarations as access
from schema.types.states import STATE_TITLES

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
        assert f"| `{PREFIX}{name.upper()}` | `{field.default}` |" in text


def test_every_key_of_the_grammar_is_in_the_reference() -> None:
    text = (ROOT / "docs/catalogue.md").read_text(encoding="utf-8")
    for module in (declarations, access):
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, BaseModel):
                for name, field in value.model_fields.items():
                    assert f"| `{field.alias or name}` |" in text


def test_links_between_docs_lead_somewhere() -> None:
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name} -> {target}"


def test_both_readmes_show_the_same() -> None:
    """Code, tables, pictures and links to docs; prose is each language's own."""
    english, chinese = (
        (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md")
    )
    for pattern in (
        r"```(?:graphql|json|yaml)\n.*?```",
        r"^\| `(\w+)`",
        r"!\[.*\]\((.*)\)",
        r"\b(?:STALE|DISPUTED|MASKED|PARTIAL|TRUNCATED)\b",
        r"^make \w+",
    ):
        shown = re.findall(pattern, english, re.DOTALL if "```" in pattern else re.MULTILINE)
        assert shown
        assert re.findall(pattern, chinese, re.DOTALL if "```" in pattern else re.MULTILINE) == shown
    assert english.count("\n## ") == chinese.count("\n## ")
    linked = [set(re.findall(r"\]\((docs/[^)#]+)", text)) for text in (english, chinese)]
    assert linked[0] == linked[1]
