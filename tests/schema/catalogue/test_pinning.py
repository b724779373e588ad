"""Drafted names are written into a file once, and nothing else of it changes."""

import pytest
import yaml

from connectors.registry import find_kinds
from schema.catalogue.pinning import list_items, pin_names
from schema.catalogue.read import compile_declarations

BEFORE = """\
resource: garden
title: 公园
source: db
from: GARDEN
identity: ["NO"]
attach: [{ on: Enterprise, field: gardens, by: { uscc: KEEPER } }]
sharing: { type: unconditional }
open: { type: unconditional, rows: { 状态: { eq: "1" } } }
items:
  # what it is called
  公园名称: GYMC   # in full
  "开放日期": { column: KFRQ, type: Date, read: { format: yyyyMMdd } }
  状态:
    column: ZT
    level: 1
  面积(公顷): { title: 面积, column: MJ, type: Decimal }
  有无面积: { type: Boolean, derive: { positive: 面积(公顷) } }
  大小: { derive: { band: { item: 面积(公顷), bounds: [1], labels: [小, 大] } } }
  备注: "BZ: 1"
  name: { title: 曾用名 — Formerly, column: CYM }
"""
AFTER = """\
resource: garden
title: 公园
source: db
from: GARDEN
identity: ["NO"]
attach: [{ on: Enterprise, field: gardens, by: { uscc: KEEPER } }]
sharing: { type: unconditional }
open: { type: unconditional, rows: { status: { eq: "1" } } }
items:
  # what it is called
  parkName: { title: 公园名称 — Park name, column: GYMC }   # in full
  openedOn: { title: 开放日期 — Opened on, column: KFRQ, type: Date, read: { format: yyyyMMdd } }
  status:
    title: 状态 — Status
    column: ZT
    level: 1
  area: { title: 面积, column: MJ, type: Decimal }
  youWuMianJi: { title: 有无面积, type: Boolean, derive: { positive: area } }
  daXiao: { title: 大小, derive: { band: { item: area, bounds: [1], labels: [小, 大] } } }
  remarks: { title: 备注 — Remarks, column: "BZ: 1" }
  name: { title: 曾用名 — Formerly, column: CYM }
"""
REST = {
    "city.yaml": "city: 城 — City\n",
    "departments/parks/department.yaml": (
        "department: parks\ntitle: 园林局 — Parks\n"
        'sources: { db: { kind: sql, url: "sqlite+pysqlite:///parks.sqlite" } }\n'
    ),
}


def test_names_are_written_and_nothing_else_changes() -> None:
    pinned = pin_names(BEFORE)
    assert pinned.text == AFTER
    assert [(pin.line, pin.draft.name) for pin in pinned.pins] == [
        (11, "parkName"), (12, "openedOn"), (13, "status"), (16, "area"),
        (17, "youWuMianJi"), (18, "daXiao"), (19, "remarks"),
    ]  # fmt: skip


def test_what_was_written_is_a_sound_catalogue() -> None:
    texts = REST | {"departments/parks/garden.yaml": AFTER}
    assert compile_declarations(texts, find_kinds(), {}).problems == ()


def test_a_written_name_stays_whatever_the_dictionary_says() -> None:
    renamed = AFTER.replace("  openedOn:", "  since:")
    assert pin_names(renamed).text == renamed
    assert pin_names(renamed).pins == ()


@pytest.mark.parametrize(
    "text", ["", "city: 城\n", "resource: a\nitems: [姓名]\n", "codes: A\nitems: { 姓名: A }\n"]
)
def test_other_files_stay_as_they_are(text: str) -> None:
    assert pin_names(text).text == text


def test_an_item_without_anything_gets_its_title() -> None:
    pinned = pin_names("resource: a\nitems:\n  姓名:\n  性别: {}\n")
    assert yaml.safe_load(pinned.text)["items"] == {
        "name": {"title": "姓名 — Name"},
        "sex": {"title": "性别 — Sex"},
    }


def test_a_list_of_titles_is_the_items_of_a_resource() -> None:
    listed = list_items(["姓名,XM", "", "出生日期\tCSRQ", "性别，XB", "盆栽: 数", "是否有效,no"])
    assert yaml.safe_load(listed)["items"] == {
        "name": {"title": "姓名 — Name", "column": "XM"},
        "birthDate": {"title": "出生日期 — Date of birth", "column": "CSRQ"},
        "sex": {"title": "性别 — Sex", "column": "XB"},
        "penZaiShu": {"title": "盆栽: 数"},
        "isValid": {"title": "是否有效 — Whether valid", "column": "no"},
    }
