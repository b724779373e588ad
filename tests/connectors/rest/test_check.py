"""What `jutong check` says of a REST declaration before anybody asks: every place of a key, with its line."""

import pytest

from connectors.registry import find_kinds
from schema.catalogue.problems import Problem
from schema.catalogue.read import compile_declarations

TEXTS = {
    "city.yaml": "city: Port\nuse: [Enterprise]\n",
    "entities/berth.yaml": "entity: Berth\ntitle: Berth\nkeys: { place: { pier: String, number: Int } }\n",
    "departments/port/department.yaml": """department: port
title: Port
sources:
  ships: { kind: rest, base_url: "https://ships.example" }
""",
}
SHIP, PORT = "departments/port/ship.yaml", "departments/port/department.yaml"
RESOURCE = """resource: ship
title: Ships
source: ships
from:
  path: %s
  %s
identity: ["no"]
attach:
  - { on: Enterprise, field: ships, by: { registrationNo: owner } }
  - { on: Berth, field: ships, by: { place: { pier: pier, number: number } } }
limits: { max_keys: 1, unbatched: true }
open: unconditional
columns:
  number: { type: Int }
items:
  no: { title: Number, column: "no" }
  pier: { title: Pier, column: pier }
  agent: { title: Agent, column: agent, link: { to: Enterprise, by: registrationNo, reverse: tended } }
"""
CONNECTORS = "docs/connectors.md"
OWN = "parts: { owner: o, pier: p, number: n, agent: a }"
"""Every column of a key has a parameter."""


def problems(path: str, more: str) -> list[Problem]:
    texts = {**TEXTS, SHIP: RESOURCE % (path, more)}
    return list(compile_declarations(texts, find_kinds()).problems)


@pytest.mark.parametrize("keys", ["single", "body, method: POST"])
def test_what_has_a_place_for_every_key_is_right(keys: str) -> None:
    more = OWN + "\n  parameter: ''" * (keys != "single") + f"\n  keys: {keys}".replace(", ", "\n  ")
    assert problems("/ships", more) == []


PIER_ALONE = "parts: { owner: o, pier: p, agent: a }"


def test_records_that_hold_their_key_may_be_asked_by_a_part_of_it_and_others_not() -> None:
    assert problems("/ships", PIER_ALONE) == []
    assert problems("/ships", OWN + "\n  keyless: true") == []
    (whose,) = problems("/ships", PIER_ALONE + "\n  keyless: true")
    assert (whose.code, whose.line) == ("NO_PLACE", 11)
    assert "the request has no place for 'number', and 'keyless' records do not say it" in whose.message


@pytest.mark.parametrize(
    ("path", "more", "code", "lines"),
    [
        ('"/ships/{ownr}"', OWN, "NO_KEY_COLUMN", [5]),
        ('"/ships/{owner}"', "", "NO_PLACE", [10, 18]),
        ('"/ships/{owner}"', "parts: { pier: p, number: n }", "NO_PLACE", [10, 18]),
        ('"/ships/{key}"', "", "NO_PLACE", [10]),
        ('"/ships/{pier}/{number}"', OWN, "NO_PLACE", [9, 18]),
        ("/ships", "parts: { owner: o }", "NO_PLACE", [10, 18]),
        ("/ships", "keys: repeated\n  parts: { owner: o, agent: a }", "NO_PLACE", [10]),
        ("/ships", "keys: joined\n  parameter: o", "NO_PLACE", [10]),
        ('"/ships/{owner}"', "keys: repeated\n  parameter: o", "VALUE_ERROR", [4]),
        ("/ships", OWN + '\n  scan: { path: "/ships/{owner}" }', "VALUE_ERROR", [4]),
    ],
)
def test_a_key_without_a_place_is_told_with_its_line(
    path: str, more: str, code: str, lines: list[int]
) -> None:
    found = problems(path, more)
    shift = more.count("\n")
    expected = [(code, SHIP, line + shift * (line > 6)) for line in lines]
    assert [(one.code, one.file, one.line) for one in found] == expected, found


NAMES = "Fields begin with a small letter"


@pytest.mark.parametrize(
    ("file", "old", "new", "message", "hint"),
    [
        (SHIP, '"/ships/{key}"', "ships", "from.path: a path begins with '/'", CONNECTORS),
        (SHIP, '"/ships/{key}"', "/ships?x=1", "from.path: parameters go under 'query', and not behind a '?'", CONNECTORS),
        (SHIP, "method", "methods", "from.methods: Extra inputs are not permitted", f"No such key here: check its spelling against {CONNECTORS}"),
        (SHIP, "method: GET", "method: PUT", "from.method: Input should be 'GET' or 'POST'", CONNECTORS),
        (PORT, "https://ships.example", "ships.example", "sources.ships.base_url: a URL begins with https:// or http://", CONNECTORS),
        (PORT, "base_url", "base", "sources.ships.base: Extra inputs are not permitted", f"No such key here: check its spelling against {CONNECTORS}"),
        (SHIP, "limits:", "limit:", "limit: Extra inputs are not permitted", "No such key here: check its spelling against docs/catalogue.md"),
        (SHIP, "field: ships", "field: Ships", "attach.0.field: String should match pattern", NAMES),
    ],
)  # fmt: skip
def test_a_hint_leads_to_where_a_key_is_told_of(
    file: str, old: str, new: str, message: str, hint: str
) -> None:
    texts = {**TEXTS, SHIP: RESOURCE % ('"/ships/{key}"', "method: GET\n  parts: { pier: p, number: n }")}
    assert old in texts[file]
    found = compile_declarations({**texts, file: texts[file].replace(old, new, 1)}, find_kinds()).problems
    (told,) = [one for one in found if one.message.startswith(message)]
    assert hint in told.hint


def test_a_place_that_is_nowhere_is_called_by_its_name() -> None:
    (typo,) = problems('"/ships/{ownr}"', OWN)
    assert typo.message == "'ownr' in 'path' is no column by which rows are asked for"
    first, _ = problems("/ships", "parts: { owner: o }")
    assert first.message == "pier, number: the request has no place for this key"
