"""What `jutong check` says of a GraphQL declaration before anybody asks: where it is and what to do."""

import pytest

from connectors.registry import find_kinds
from schema.catalogue.read import compile_declarations

TEXTS = {
    "city.yaml": "city: Port\nuse: [Enterprise]\n",
    "departments/port/department.yaml": """department: port
title: Port
sources:
  ships: { kind: graphql, endpoint: "https://ships.example/graphql", codes: { GONE: no_record } }
""",
    "departments/port/ship.yaml": """resource: ship
title: Ships
source: ships
from:
  query: "query ($keys: [ID!]!, $flag: String) { ships(ids: $keys, flag: $flag) { __typename } }"
  fields: { 船名: name }
  scan: { query: "{ all { __typename } }" }
identity: ["no"]
attach: [{ on: Enterprise, field: ships, by: { registrationNo: owner } }]
open: unconditional
arguments:
  flag: { title: Flag }
  word: { title: Word, required: false }
collection: { field: ships }
items:
  no: { title: Number, column: "no" }
  name: { title: Name, column: 船名 }
  isWord: { title: The word, type: Boolean, derive: { equals: { item: name, argument: word } } }
""",
}
SHIP, PORT = "departments/port/ship.yaml", "departments/port/department.yaml"


@pytest.mark.parametrize("column", ["owner", "captain"])
def test_a_column_of_a_key_may_have_its_own_variable(column: str) -> None:
    text = TEXTS[SHIP].replace("  fields:", f"  variables: {{ {column}: keys }}\n  fields:")
    text += "  captain: { title: Captain, column: captain, link: { to: Enterprise, reverse: sails } }\n"
    assert compile_declarations(TEXTS | {SHIP: text}, find_kinds()).problems == ()


def test_a_key_without_a_variable_is_told_with_its_line() -> None:
    text = TEXTS[SHIP].replace("$keys: [ID!]!", "$owner: ID!").replace("ids: $keys", "of: $owner")
    text = text.replace("  fields:", "  keys: aliases\n  variables: { owner: owner }\n  fields:")
    assert compile_declarations(TEXTS | {SHIP: text}, find_kinds()).problems == ()
    text += "  captain: { title: Captain, column: captain, link: { to: Enterprise, reverse: sails } }\n"
    (found,) = compile_declarations(TEXTS | {SHIP: text}, find_kinds()).problems
    assert (found.code, found.file, found.line) == ("NO_PLACE", SHIP, text.count("\n"))
    assert found.message == "captain: the operation has no variable for this key"


def test_what_is_right_is_right() -> None:
    checked = compile_declarations(TEXTS, find_kinds())
    assert checked.problems == ()
    collection = checked.catalogue.resources["port.ship"].collection
    assert collection is not None
    assert not collection.is_searchable


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "line"),
    [
        (SHIP, "column: 船名", "column: 船号", "NO_PLACE", 17),
        (SHIP, 'column: "no"', "column: ../../no", "NO_PLACE", 16),
        (SHIP, "flag: { title: Flag }", "flagged: { title: Flag }", "NO_PLACE", 12),
        (SHIP, "$keys: [ID!]!", "$ids: [ID!]!", "VALUE_ERROR", 5),
        (SHIP, "{ ships(ids: $keys, flag: $flag) { __typename } }", "{ ships", "VALUE_ERROR", 5),
        (SHIP, '  scan: { query: "{ all { __typename } }" }\n', "", "CANNOT_SCAN", 13),
        (SHIP, "  fields:", "  variables: { ownr: keys }\n  fields:", "NO_KEY_COLUMN", 6),
        (SHIP, "  fields:", "  parts: { name: id }\n  fields:", "NO_KEY_COLUMN", 6),
        (PORT, "no_record", "missing", "LITERAL_ERROR", 4),
        (PORT, "endpoint", "base_url", "EXTRA_FORBIDDEN", 4),
    ],
)
def test_what_cannot_work_is_told_with_its_line(file: str, old: str, new: str, code: str, line: int) -> None:
    assert old in TEXTS[file]
    given = TEXTS | {file: TEXTS[file].replace(old, new)}
    found = compile_declarations(given, find_kinds()).problems
    assert [(one.code, one.line) for one in found][:1] == [(code, line)], found
    assert not any("Value error" in one.message for one in found)
