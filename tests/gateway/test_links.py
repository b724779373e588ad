"""Links as careless registers keep them: several kinds of keys in one column, parts in any order, blanks."""

from typing import Any

import pytest

from connectors.capabilities import Capabilities
from connectors.memory import KIND
from schema.catalogue.read import compile_declarations
from schema.catalogue.reader import CheckedCatalogue
from schema.policy.model import Application, Grant, Policy
from tests.cities.harbour_rows import FLEET, SHOP, X_CHECK, ZHANG
from tests.kit import ALL, DESK, NOTHING, City, open_catalogue

TEXTS = {
    "city.yaml": "city: 港 — Quay\nuse: [Person, Enterprise]\n",
    "codes/plate_colour.yaml": """\
codes: PlateColour
title: 号牌颜色 — Plate colour
enum: true
values: { BLUE: { label: 蓝, stored: "1" }, YELLOW: { label: 黄, stored: "2" } }
""",
    "entities/vehicle.yaml": """\
entity: Vehicle
title: 机动车 — Vehicle
argument: plate
keys: { plate: { number: String, colour: PlateColour }, tag: String }
""",
    "departments/quay/department.yaml": """\
department: quay
title: 港口 — Quay
sources: { quayDb: { kind: memory } }
""",
    "departments/quay/pass.yaml": """\
resource: pass
title: 通行证 — Pass
source: quayDb
from: PASS
identity: ["NO"]
attach: [{ on: Enterprise, field: passes, by: { uscc: ISSUER } }]
items:
  holder:
    title: 持有人 — Holder
    column: HOLDER
    stored: ["18", "15", lower-x]
    link:
      kind_column: KIND
      kinds: { "1": Person.citizenId, "2": Enterprise.uscc, "3": Vehicle.plate, "4": Vehicle.tag }
      parts: { colour: COLOUR, number: PLATE }
      reverse: passesHeld
  operator: { title: 业户 — Operator, column: OPERATOR, link: { to: Enterprise } }
  depot: { title: 车场 — Depot, column: DEPOT, link: { to: Enterprise, by: registrationNo } }
  lorry: { title: 货车 — Lorry, column: PLATE, link: { to: Vehicle, parts: { colour: COLOUR, number: PLATE } } }
""",
}
PATH = "departments/quay/pass.yaml"
BARE = {"ISSUER": FLEET, "OPERATOR": "", "DEPOT": "  ", "PLATE": None, "COLOUR": None}
ROWS: list[dict[str, Any]] = [
    {**BARE, "NO": "1", "KIND": "1", "HOLDER": "500000850214001", "OPERATOR": FLEET.lower(), "DEPOT": "R1"},
    {**BARE, "NO": "2", "KIND": "1", "HOLDER": ZHANG[:-1] + "8", "OPERATOR": "nonsense"},
    {**BARE, "NO": "3", "KIND": 2, "HOLDER": SHOP.lower()},
    {**BARE, "NO": "4", "KIND": "3", "HOLDER": "-", "PLATE": "A-9", "COLOUR": "2"},
    {**BARE, "NO": "5", "KIND": "9", "HOLDER": X_CHECK.lower(), "PLATE": "A-9", "COLOUR": "7"},
    {**BARE, "NO": "6", "KIND": "4", "HOLDER": ZHANG},
    {**BARE, "NO": "7", "KIND": None, "HOLDER": ""},
]
HELD = """{ enterprise(uscc: "%s") { quay { passes {
  holder { __typename ... on Person { citizenId } ... on Enterprise { uscc }
           ... on Vehicle { plate { number colour } tag } }
  operator { uscc } depot { registrationNo } lorry { plate { number colour } } } } } }"""


def check(change: dict[str, str] | None = None) -> CheckedCatalogue:
    return compile_declarations(TEXTS | (change or {}), {"memory": KIND})


def quay(
    capabilities: Capabilities = ALL,
    change: dict[str, str] | None = None,
    rows: list[dict[str, Any]] = ROWS,
) -> City:
    checked = check(change)
    assert checked.problems == ()
    rights = frozenset({"show", "use", "match"})
    grant = Grant("G-1", ("*",), frozenset({"PERMIT"}), 4, rights)  # type: ignore[arg-type] # the three rights
    desk = Application("desk", "Desk", "share", "quay", frozenset({"PERMIT"}), (), (grant,))
    return open_catalogue(checked.catalogue, Policy({"desk": desk}), capabilities, {"quay.pass": rows})


async def passes() -> tuple[list[Any], dict[str, Any]]:
    body = await quay().ask(HELD % FLEET, caller=DESK)
    return body["data"]["enterprise"]["quay"]["passes"], body


async def test_a_key_is_read_as_the_kind_in_its_row() -> None:
    found, body = await passes()
    holders = [one["holder"] for one in found]
    assert holders[0] == {"__typename": "Person", "citizenId": ZHANG}
    assert holders[2] == {"__typename": "Enterprise", "uscc": SHOP}
    assert holders[3]["plate"] == {"number": "A-9", "colour": "YELLOW"}
    assert holders[5] == {"__typename": "Vehicle", "plate": None, "tag": ZHANG}
    assert holders[6] is None
    invalid = [e["path"] for e in body["errors"] if e["extensions"]["code"] == "INVALID_VALUE"]
    assert ["enterprise", "quay", "passes", 1, "holder"] in invalid
    assert [holders[1], holders[4]] == [None, None]


async def test_an_item_without_a_type_is_read_as_the_key_it_holds() -> None:
    found, body = await passes()
    assert found[0]["operator"] == {"uscc": FLEET}
    assert found[1]["operator"] is None
    assert ["enterprise", "quay", "passes", 1, "operator"] in [e["path"] for e in body["errors"]]


async def test_blank_text_leads_nowhere() -> None:
    found, _ = await passes()
    assert [one["depot"] for one in found] == [{"registrationNo": "R1"}, *[None] * 6]
    assert found[2]["operator"] is None


async def test_parts_of_a_key_stand_in_any_order() -> None:
    found, body = await passes()
    assert found[3]["lorry"] == {"plate": {"number": "A-9", "colour": "YELLOW"}}
    assert found[4]["lorry"] is None
    assert ["enterprise", "quay", "passes", 4, "lorry"] in [e["path"] for e in body["errors"]]


BERTH = {
    "entities/berth.yaml": "entity: Berth\ntitle: 泊位 — Berth\nkeys: { place: { pier: String, number: Int } }\n",
    PATH: TEXTS[PATH]
    + "  paint: { title: 漆 — Paint, column: COLOUR, link: { to: Vehicle, parts: { colour: COLOUR, number: PLATE } } }\n"
    "  berth: { title: 泊位 — Berth, column: BERTH, link: { to: Berth, parts: { pier: PIER, number: BERTH } } }\n",
}


async def test_an_item_on_a_part_of_a_key_is_read_as_that_part() -> None:
    row = {**BARE, "NO": "8", "PLATE": "A-9", "COLOUR": "2", "PIER": "east", "BERTH": "7"}
    city = quay(change=BERTH, rows=[row])
    items = city.catalogue.resources["quay.pass"].items
    assert {name: items[name].type for name in ("lorry", "paint", "berth")} == {
        "lorry": "String",
        "paint": "PlateColour",
        "berth": "Int",
    }
    asked = "quay { passes { paint { plate { colour } } berth { place { pier number } } } }"
    body = await city.ask(f'{{ enterprise(uscc: "{FLEET}") {{ {asked} }} }}', caller=DESK)
    found = {"paint": {"plate": {"colour": "YELLOW"}}, "berth": {"place": {"pier": "east", "number": 7}}}
    assert body["data"]["enterprise"]["quay"] == {"passes": [found]}


@pytest.mark.parametrize("capabilities", [ALL, NOTHING])
async def test_a_row_of_another_kind_is_not_listed_backwards(capabilities: Capabilities) -> None:
    city = quay(capabilities)
    held = "quay { passesHeld { operator { uscc } } }"
    body = await city.ask(
        f'{{ person(id: "{ZHANG}") {{ {held} }} vehicleBy(key: {{ tag: "{ZHANG}" }}) {{ {held} }} }}',
        caller=DESK,
    )
    assert "errors" not in body
    assert body["data"]["person"]["quay"]["passesHeld"] == [{"operator": {"uscc": FLEET}}]
    assert body["data"]["vehicleBy"]["quay"]["passesHeld"] == [{"operator": None}]


async def test_the_condition_on_the_kind_needs_no_right_and_is_pushed_down() -> None:
    city = quay()
    await city.ask(
        f'{{ person(id: "{ZHANG}") {{ quay {{ passesHeld {{ operator {{ uscc }} }} }} }} }}', caller=DESK
    )
    (load,) = city.loads
    assert load.items == ("operator",)
    assert load.predicate.item == "column:KIND"
    assert load.predicate.operand == ("1",)


def test_a_column_of_persons_is_of_level_3_also_beside_others() -> None:
    items = check().catalogue.resources["quay.pass"].items
    assert {name: item.level for name, item in items.items()} == {
        "holder": 3,
        "operator": 1,
        "depot": 1,
        "lorry": 1,
    }


async def test_a_resource_of_links_alone_is_in_the_graph() -> None:
    assert "errors" not in await quay().ask('{ __type(name: "QuayPass") { name } }', caller=DESK)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("column: OPERATOR,", "column: OPERATOR, type: Int,"),
        ("column: HOLDER", "column: HOLDER\n    type: Date"),
        ("items:", "columns: { COLOUR: { type: Int } }\nitems:"),
    ],
)
def test_a_column_that_is_read_as_something_else_is_a_problem(old: str, new: str) -> None:
    assert old in TEXTS[PATH]
    codes = {problem.code for problem in check({PATH: TEXTS[PATH].replace(old, new)}).problems}
    assert codes == {"KEY_TYPE"}


def test_rows_that_name_persons_are_personal_unless_it_is_said() -> None:
    assert check().catalogue.resources["quay.pass"].is_personal
    said = check({PATH: TEXTS[PATH].replace("items:", "personal: false\nitems:")})
    assert not said.catalogue.resources["quay.pass"].is_personal
