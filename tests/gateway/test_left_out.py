"""A change of one department's files takes nothing of another away, nor the graph: at the start and at a reload."""

from collections.abc import Callable, Mapping

import pytest

from connectors.memory import KIND
from gateway.snapshot import take_snapshot
from schema.catalogue.last_good import LastGood
from schema.catalogue.model import Catalogue
from schema.catalogue.read import compile_declarations
from schema.catalogue.reader import CatalogueReader, CheckedCatalogue
from schema.policy.model import Policy

Texts = dict[str, str]

SHARED = "identity: [ID]\nsharing: { type: unconditional }\n"
CITY: Texts = {
    "city.yaml": "city: 城 — City\nuse: [Person, Enterprise]\npromoted: { Person: [alpha.card, beta.pass] }\n",
    "entities/district.yaml": "entity: District\ntitle: 区 — District\nargument: code\nkeys: { code: String }\n",
    "codes/colour.yaml": "codes: Colour\ntitle: 色 — Colour\nenum: true\nvalues: { RED: 红 — Red }\n",
    "themes/both.yaml": (
        "theme: both\ntitle: 两 — Both\nresources: [alpha.card, beta.pass]\nitems: [alpha.area.name, beta.visit.at]\n"
    ),
    "departments/alpha/department.yaml": (
        "department: alpha\ntitle: 甲 — Alpha\nsources:\n  alphaDb: { kind: memory, tables: {} }\n"
    ),
    "departments/alpha/card.yaml": (
        f"resource: card\ntitle: 卡 — Cards\nsource: alphaDb\nfrom: {{}}\n{SHARED}"
        "attach:\n  - { on: Person, field: cards, by: { citizenId: P } }\n"
        "items:\n  number: { title: 号 — Number, column: N }\n"
    ),
    "departments/alpha/company.yaml": (
        f"resource: company\ntitle: 企 — Companies\nsource: alphaDb\nfrom: {{}}\n{SHARED}"
        "attach:\n  - { on: Enterprise, core: true, by: { uscc: U } }\n"
        "items:\n  name: { title: 名 — Name, column: N }\n"
    ),
    "departments/alpha/merger.yaml": (
        f"resource: merger\ntitle: 并 — Mergers\nsource: alphaDb\nfrom: {{}}\n{SHARED}"
        "aliases: { of: Enterprise, old: { uscc: O }, current: { uscc: C }, kind: merged }\n"
        "items:\n  old: { title: 旧 — Old, column: O, type: CreditCode }\n"
        "  current: { title: 新 — Current, column: C, type: CreditCode }\n"
    ),
    "departments/alpha/area.yaml": (
        f"resource: area\ntitle: 界 — Areas\nsource: alphaDb\nfrom: {{}}\n{SHARED}"
        "attach:\n  - { on: District, field: area, by: { code: D } }\nboundary: { item: area, system: CGCS2000 }\n"
        "items:\n  area: { title: 界 — Area, column: A, type: GeoJSON }\n  name: { title: 名 — Name, column: N }\n"
    ),
    "departments/beta/department.yaml": (
        "department: beta\ntitle: 乙 — Beta\nsources:\n  betaDb: { kind: memory, tables: {} }\n"
    ),
    "departments/beta/pass.yaml": (
        f"resource: pass\ntitle: 证 — Passes\nsource: betaDb\nfrom: {{}}\n{SHARED}"
        "attach:\n  - { on: Person, field: passes, by: { citizenId: P } }\n"
        "items:\n  number: { title: 号 — Number, column: N, quality: { same_as: alpha.card.number } }\n"
        "  owner: { title: 主 — Owner, column: U, link: { to: Enterprise, reverse: passesOwned } }\n"
        "  colour: { title: 色 — Colour, column: C, type: Colour }\n"
    ),
    "departments/beta/visit.yaml": (
        f"resource: visit\ntitle: 访 — Visits\nsource: betaDb\nfrom: {{}}\n{SHARED}"
        "attach:\n  - { on: Person, field: visits, via: alpha.card.number, by: N }\n"
        "  - { on: Enterprise, field: visits, by: { uscc: U } }\n"
        "items:\n  at: { title: 时 — At, column: T, type: DateTime }\n"
    ),
    "departments/beta/lamp.yaml": (
        f"resource: lamp\ntitle: 灯 — Lamps\nsource: betaDb\nfrom: {{}}\n{SHARED}"
        "attach:\n  - { on: District, field: lamps, by: { code: D } }\ncollection: { field: lamps }\n"
        "coordinates: { lon: lon, lat: lat, system: CGCS2000 }\n"
        "items:\n  lon: { title: 经 — Lon, column: X, type: Decimal }\n"
        "  lat: { title: 纬 — Lat, column: Y, type: Decimal }\n"
    ),
    "departments/beta/loan.yaml": (
        f"resource: loan\ntitle: 借 — Loans\nsource: alphaDb\nfrom: {{}}\n{SHARED}"
        "attach:\n  - { on: Person, field: loans, by: { citizenId: P } }\n"
        "items:\n  until: { title: 至 — Until, column: T, type: Date }\n"
    ),
}
CARD, VISIT = "departments/alpha/card.yaml", "departments/beta/visit.yaml"


def without(part: str) -> Callable[[Texts], Texts]:
    return lambda texts: {path: text for path, text in texts.items() if part not in path}


def edit(path: str, old: str, new: str) -> Callable[[Texts], Texts]:
    def change(texts: Texts) -> Texts:
        assert old in texts[path]
        return texts | {path: texts[path].replace(old, new, 1)}

    return change


ADDED = f"title: 新 — New\nsource: alphaDb\nfrom: {{}}\n{SHARED}items:\n  a: {{ title: 甲 — A, column: A }}\n"
GOES: Mapping[str, Callable[[Texts], Texts]] = {
    "a resource": without("card.yaml"),
    "a renamed resource": edit(CARD, "resource: card", "resource: ticket"),
    "a renamed item": edit(CARD, "  number:", "  no:"),
    "an item of another type": edit(CARD, "column: N }", "column: N, type: Int }"),
    "a resource that moved to another entity": edit(
        CARD,
        "on: Person, field: cards, by: { citizenId: P }",
        "on: Enterprise, field: cards, by: { uscc: P }",
    ),
    "a register of aliases": without("merger.yaml"),
    "a boundary": without("area.yaml"),
    "a core resource": without("company.yaml"),
    "a department's declaration": without("alpha/department.yaml"),
    "a department": without("/alpha/"),
    "a source": edit("departments/alpha/department.yaml", "alphaDb", "otherDb"),
    "a file that can be read": edit(CARD, "items:", "items: ["),
    "a declaration that can be read": edit("departments/alpha/department.yaml", "sources:", "sources: ["),
}
"""What somebody else names, and a change by which it is there no more."""


def beta(catalogue: Catalogue) -> dict[str, set[str]]:
    """The fields of the department that changed nothing, by resource."""
    return {
        code: {f"{place.entity}.{place.field}" for place in resource.attachments}
        for code, resource in catalogue.resources.items()
        if resource.department == "beta"
    }


WHOLE = compile_declarations(CITY, {"memory": KIND}).catalogue
ALL = beta(WHOLE)


def held(checked: CheckedCatalogue) -> None:
    """What nobody changed is there, but for what leads through what is gone; and it makes a graph."""
    catalogue = checked.catalogue
    assert beta(catalogue) in (ALL, ALL | {"beta.visit": {"Enterprise.visits"}})
    assert "pass" in {one.resource.partition(".")[2] for one in catalogue.promotions}
    assert catalogue.themes["both"].items["beta.pass"] == {"number", "owner", "colour"}
    assert catalogue.themes["both"].items["beta.visit"] == {"at"}
    schema = take_snapshot(catalogue, Policy({})).closed.schema
    assert {"passes", "beta"} <= schema.type_map["Person"].fields.keys()  # type: ignore[attr-defined] # an object
    assert "lamps" in schema.query_type.fields  # type: ignore[union-attr] # there is one


@pytest.mark.parametrize("what", GOES)
def test_what_goes_takes_nothing_of_others_away_at_the_start(what: str) -> None:
    held(compile_declarations(GOES[what](CITY), {"memory": KIND}))


@pytest.mark.parametrize("what", GOES)
def test_what_goes_takes_nothing_of_others_away_at_a_reload(what: str) -> None:
    last_good = LastGood(CatalogueReader({"memory": KIND}, {}))
    assert last_good.read(CITY).problems == ()
    changed = GOES[what](CITY)
    held(last_good.read(changed))
    later = edit("departments/beta/pass.yaml", "title: 证 — Passes", "title: 新证 — Passes")
    checked = last_good.read(later(changed))
    held(checked)
    assert checked.catalogue.resources["beta.pass"].title == "新证 — Passes"
    back = last_good.read(CITY)
    assert back.problems == ()
    assert beta(back.catalogue) == ALL
    assert back.catalogue.version == WHOLE.version
    assert back.catalogue.promotions == WHOLE.promotions


TOLD = {
    "a resource": [
        "city.yaml:3 UNKNOWN_RESOURCE",
        "departments/beta/pass.yaml:10 UNKNOWN_ITEM",
        "departments/beta/visit.yaml:8 UNKNOWN_VIA",
        "themes/both.yaml:3 UNKNOWN_RESOURCE",
    ],
    "a source": [
        "departments/alpha/area.yaml:3 UNKNOWN_SOURCE",
        "departments/alpha/card.yaml:3 UNKNOWN_SOURCE",
        "departments/alpha/company.yaml:3 UNKNOWN_SOURCE",
        "departments/alpha/merger.yaml:3 UNKNOWN_SOURCE",
        "departments/beta/loan.yaml:3 UNKNOWN_SOURCE",
    ],
    "a file that can be read": ["departments/alpha/card.yaml:11 YAML_SYNTAX"],
}


@pytest.mark.parametrize("what", TOLD)
def test_what_names_something_that_is_gone_is_told_with_its_line(what: str) -> None:
    last_good = LastGood(CatalogueReader({"memory": KIND}, {}))
    last_good.read(CITY)
    changed = GOES[what](CITY)
    for checked in (compile_declarations(changed, {"memory": KIND}), last_good.read(changed)):
        assert [f"{one.file}:{one.line} {one.code}" for one in checked.problems] == TOLD[what]


def test_a_way_through_what_is_gone_is_gone_alone() -> None:
    for what, leads in (("a resource", False), ("an item of another type", False), ("a source", True)):
        checked = compile_declarations(GOES[what](CITY), {"memory": KIND})
        assert ("Person.visits" in beta(checked.catalogue)["beta.visit"]) is leads
        assert checked.catalogue.resources["beta.visit"].is_personal


def test_a_resource_whose_source_is_gone_is_not_connected() -> None:
    checked = compile_declarations(GOES["a source"](CITY), {"memory": KIND})
    assert not checked.catalogue.resources["beta.loan"].is_connected
    assert checked.catalogue.resources["beta.pass"].is_connected


TAKEN: Mapping[str, Texts] = {
    "a root field": {"departments/alpha/new.yaml": f"resource: new\n{ADDED}collection: {{ field: lamps }}\n"},
    "a field on an entity": {
        "city.yaml": CITY["city.yaml"].replace("beta.pass", "beta.pass, alpha.new"),
        "departments/alpha/new.yaml": (
            f"resource: new\n{ADDED}attach:\n  - {{ on: Person, field: passes, by: {{ citizenId: P }} }}\n"
        ),
    },
    "a space of a department": {
        "departments/passes/department.yaml": "department: passes\ntitle: 丙 — C\n",
    },
    "a source": {
        "departments/alpha/department.yaml": CITY["departments/alpha/department.yaml"].replace(
            "sources:\n", "sources:\n  betaDb: { kind: memory, tables: {} }\n"
        ),
    },
    "a link that leads to one key a call": {
        "departments/alpha/new.yaml": f"resource: new\n{ADDED}".replace("A }", "A, link: { to: District } }"),
    },
}
"""Files that want what another department has had before."""


@pytest.mark.parametrize("what", TAKEN)
def test_who_wants_what_another_has_loses(what: str) -> None:
    """Though its files come first by their names."""
    lamp = "departments/beta/lamp.yaml"
    city = CITY | {lamp: CITY[lamp].replace("collection:", "limits: { max_keys: 1 }\ncollection:")}
    last_good = LastGood(CatalogueReader({"memory": KIND}, {}))
    assert last_good.read(city).problems == ()
    for _ in range(2):
        checked = last_good.read(city | TAKEN[what])
        assert checked.problems
        held(checked)
        assert beta(checked.catalogue) == ALL
        assert checked.catalogue.sources["betaDb"].department == "beta"
        assert all(resource.is_connected for resource in checked.catalogue.resources.values())
        city = dict(city)  # and so it is when it is read again
        city["departments/alpha/area.yaml"] += "update_cycle: daily\n"


@pytest.mark.parametrize("path", ["codes/colour.yaml", "entities/district.yaml"])
def test_what_departments_lean_on_stays_until_they_do_no_more(path: str) -> None:
    last_good = LastGood(CatalogueReader({"memory": KIND}, {}))
    last_good.read(CITY)
    changed = {one: text for one, text in CITY.items() if one != path}
    for _ in range(2):
        checked = last_good.read(dict(changed))
        assert checked.problems
        held(checked)


def test_files_without_a_city_are_no_catalogue() -> None:
    last_good = LastGood(CatalogueReader({"memory": KIND}, {}))
    last_good.read(CITY)
    for texts in ({}, {path: text for path, text in CITY.items() if path != "city.yaml"}):
        checked = last_good.read(texts)
        assert [problem.code for problem in checked.problems] == ["NO_CITY"]
        held(checked)


def test_a_change_that_names_what_is_gone_is_not_held_up_by_that() -> None:
    """What it named before is gone as well, so its last good version is no better."""
    last_good = LastGood(CatalogueReader({"memory": KIND}, {}))
    last_good.read(CITY)
    gone = GOES["a resource"](CITY)
    for texts in (edit(VISIT, "title: 访", "title: 新")(gone), edit(VISIT, "title: 访", "title: 又")(gone)):
        assert (
            last_good.read(texts).catalogue.resources["beta.visit"].title[0]
            == texts[VISIT].split("title: ")[1][0]
        )
    wrong = edit(VISIT, "alpha.card.number", "alpha.card.nothing")(CITY)
    checked = last_good.read(wrong)
    assert "Person.visits" in beta(last_good.read(CITY).catalogue)["beta.visit"]
    checked = last_good.read(wrong)
    assert [problem.code for problem in checked.problems] == ["UNKNOWN_VIA"]
    held(checked)
    assert "Person.visits" in beta(checked.catalogue)["beta.visit"]


def test_a_reload_with_a_mistake_makes_what_changed_and_nothing_else() -> None:
    reader = CatalogueReader({"memory": KIND}, {})
    last_good = LastGood(reader)
    last_good.read(CITY)
    compiled = reader.compiled
    last_good.read(GOES["a resource"](CITY))
    last_good.read(GOES["a file that can be read"](CITY))
    assert reader.compiled - compiled <= 2  # the card itself, as it was: gone and back
    before = last_good.read(GOES["a file that can be read"](CITY))
    assert last_good.read(GOES["a file that can be read"](CITY)).catalogue is before.catalogue
