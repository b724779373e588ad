"""Every persona's query gives exactly the answer written beside it; the page about them is current."""

import runpy
from typing import Any

import pytest

from tests.examples.demo import CITY, ROOT, Demo
from tests.patience import AGES_SECONDS

pytestmark = pytest.mark.xdist_group("demo")

PLANTED = {
    "a driver who is absent from the household register": "a driver from elsewhere",
    "15-digit, lower-case-x and padded ids; 15-digit history": "张伟",
    "lower-case x": "王芳",
    "dates in every dress, money in 分": "the same, in every dress",
    "an empty removal date that means still listed": "重庆渝北示范商贸",
    "a legal representative with a passport": "重庆渝中示范科技",
    "an agent mandated by an enterprise": "the filing agent",
    "two sources disagree on an address; changed name and representative": "重庆示范运输集团",
    "two sources disagree on a death; a deceased person": "赵福",
    "a stale reading": "沙坪坝示范大桥",
    "a file that is older than its cycle; an N-code": "示范村集体",
    "an Excel file": "李秀英",
    "listed and not connected": "张伟, about himself",
    "a corrected id": "刘改",
    "a duplicate id": "周一 and 周二",
    "a protected address": "陈静",
    "a minor": "张小宝",
    "a sole trader whose owner is a citizen": "沙坪坝区示范小面馆",
    "a 31-code organisation": "示范律师事务所",
    "a retired division code": "綦江",
    "a source that times out": "the plate that hangs",
    "a resource whose items were extended": "a driver from elsewhere",
}
"""What a demo must contain to be believable, and who shows it."""

GENERATOR = runpy.run_path(str(CITY / "generate.py"))


@pytest.mark.parametrize("persona", GENERATOR["PERSONAS"], ids=lambda one: one.identifier)
def test_the_persona_is_answered_as_written(city: Demo, persona: Any) -> None:
    seconds = 5 if persona.who == "the plate that hangs" else AGES_SECONDS
    body = city.ask(persona.query, {}, persona.key, persona.purpose, seconds)
    errors = sorted(error["extensions"]["code"] for error in body.get("errors", ()))
    assert body.get("data") == persona.answer
    assert tuple(errors) == persona.errors


def test_the_page_about_them_is_current() -> None:
    page = (ROOT / "docs/personas.md").read_text(encoding="utf-8")
    assert page == GENERATOR["render"](GENERATOR["PERSONAS"])


def test_everything_that_a_demo_must_contain_has_its_persona() -> None:
    assert set(PLANTED.values()) <= {one.who for one in GENERATOR["PERSONAS"]}
