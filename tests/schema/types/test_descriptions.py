"""What descriptions tell an audience."""

from typing import Any

import yaml

from connectors.memory import KIND
from gateway.compose import compose
from schema.catalogue.read import compile_declarations
from schema.policy.visibility import visible_to

COMPANY: dict[str, Any] = {
    "resource": "company",
    "title": "企业 — Company",
    "source": "marketDb",
    "from": "COMPANY",
    "identity": ["USCC"],
    "attach": [{"on": "Enterprise", "field": "company", "by": {"uscc": "USCC"}, "many": False}],
    "update_cycle": "daily",
    "sharing": {"type": "unconditional"},
    "open": "unconditional",
    "items": {
        "name": {
            "title": "名称 — Name",
            "column": "NAME",
            "level": 1,
            "open": True,
            "quality": {"required": True, "same_as": "market.watchlist.suspectName"},
        },
        "formerName": {
            "title": "曾用名 — Former name",
            "column": "OLD_NAME",
            "level": 1,
            "open": True,
            "quality": {"same_as": "market.watchlist.suspectName"},
        },
    },
}
WATCHLIST: dict[str, Any] = {
    **COMPANY,
    "resource": "watchlist",
    "title": "名单 — List",
    "from": "WATCHLIST",
    "attach": [{"on": "Enterprise", "field": "watchlist", "by": {"uscc": "USCC"}, "many": False}],
    "sharing": {"type": "withheld", "basis": "保密法 — Secrecy Act"},
    "open": "closed",
    "items": {"suspectName": {"title": "嫌疑 — Suspect", "column": "NAME", "level": 3}},
}


def test_a_rule_of_quality_names_no_item_that_is_closed() -> None:
    texts = {
        "city.yaml": {"city": "城 — City", "use": ["Enterprise"]},
        "departments/market/department.yaml": {
            "department": "market",
            "title": "市场 — Market",
            "sources": {"marketDb": {"kind": "memory"}},
        },
        "departments/market/company.yaml": COMPANY,
        "departments/market/watchlist.yaml": WATCHLIST,
    }
    written = {
        path: yaml.safe_dump(value, allow_unicode=True, sort_keys=False) for path, value in texts.items()
    }
    checked = compile_declarations(written, {"memory": KIND}, {})
    assert checked.problems == ()
    told = {}
    for audience in ("open", "share"):
        _, schema = compose(audience, checked.catalogue, visible_to(audience, checked.catalogue))
        fields = schema.type_map["MarketCompany"].fields  # type: ignore[attr-defined]
        told[audience] = [fields[name].description for name in ("name", "formerName")]
    assert told["share"] == [
        "名称 — Name · L1\n\n质量 — Quality: 必填 not empty; 一致 same as market.watchlist.suspectName",
        "曾用名 — Former name · L1\n\n质量 — Quality: 一致 same as market.watchlist.suspectName",
    ]
    assert told["open"] == [
        "名称 — Name · L1\n\n质量 — Quality: 必填 not empty",
        "曾用名 — Former name · L1",
    ]
