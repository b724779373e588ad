"""Every persona's query gives exactly the answer written beside it; the page about them is current."""

import runpy
from typing import Any

import pytest

from tests.examples.demo import CITY, ROOT, Demo

pytestmark = pytest.mark.xdist_group("demo")

GENERATOR = runpy.run_path(str(CITY / "generate.py"))


@pytest.mark.parametrize("persona", GENERATOR["PERSONAS"], ids=lambda one: one.identifier)
def test_the_persona_is_answered_as_written(city: Demo, persona: Any) -> None:
    body = city.ask(persona.query, {}, persona.key, persona.purpose)
    errors = sorted(error["extensions"]["code"] for error in body.get("errors", ()))
    assert body.get("data") == persona.answer
    assert tuple(errors) == persona.errors


def test_the_page_about_them_is_current() -> None:
    page = (ROOT / "docs/personas.md").read_text(encoding="utf-8")
    assert page == GENERATOR["render"](GENERATOR["PERSONAS"])
