"""Every mistake of a catalogue is found at once, at its line, with a hint."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.memory import KIND
from schema.catalogue.quality import Quality
from schema.catalogue.read import compile_declarations
from schema.catalogue.reader import CheckedCatalogue
from schema.predicate import And, Compare

HARBOUR = Path(__file__).parents[2] / "cities/harbour"
VALID = {
    path.relative_to(HARBOUR).as_posix(): path.read_text(encoding="utf-8")
    for path in HARBOUR.rglob("*.yaml")
    if "access" not in path.parts
}


def check(texts: Mapping[str, str]) -> CheckedCatalogue:
    return compile_declarations(texts, {"memory": KIND})


MISTAKES = """\
resource: mistaken
title: 错 — Mistaken
source: nowhere
from: T
identity: [A]
attach:
  - { on: Nobody, field: things, by: { id: A } }
  - { on: Person, field: others, by: { number: A } }
sharing: { type: withheld }
limits: { default_first: 9, max_first: 3 }
items:
  one: { title: 一 — One, column: A, type: Nothing }
  two: { title: 二 — Two }
  three: { title: 三 — Three, column: C, read: { format: yyyyMMdd } }
  four: { title: 四 — Four, column: D, codes: Nowhere }
  five: { title: 五 — Five, column: E, link: { to: Person, by: nothing } }
  six: { title: 六 — Six, type: Boolean, derive: { exists: nothing } }
  seven: { title: 七 — Seven, column: G, match: [almost] }
"""
EXPECTED = [
    (3, "UNKNOWN_SOURCE"),
    (7, "UNKNOWN_ENTITY"),
    (8, "UNKNOWN_KEY"),
    (9, "NO_LEGAL_BASIS"),
    (10, "LIMITS"),
    (12, "UNKNOWN_TYPE"),
    (13, "NO_COLUMN"),
    (14, "READ_FORMAT"),
    (15, "UNKNOWN_CODES"),
    (16, "UNKNOWN_KEY"),
    (17, "UNKNOWN_ITEM"),
    (18, "UNKNOWN_OPERATOR"),
]


def test_twelve_mistakes_are_twelve_problems_at_their_lines() -> None:
    checked = check(VALID | {"departments/market/mistaken.yaml": MISTAKES})
    found = [(p.line, p.code) for p in checked.problems if "mistaken" in p.file]
    found = [one for one in found if one != (12, "READ")]  # an unknown type cannot be read either
    assert found == EXPECTED
    assert all(problem.hint for problem in checked.problems)


def test_a_broken_department_takes_nothing_but_itself_away() -> None:
    checked = check(VALID | {"departments/market/mistaken.yaml": MISTAKES})
    whole = check(VALID)
    assert whole.problems == ()
    assert set(checked.catalogue.departments) == set(whole.catalogue.departments) - {"market"}


def test_what_cannot_be_read_takes_neither_the_city_nor_other_departments_away() -> None:
    """Its resource is promoted: that the city names what is not there follows from the mistake."""
    path = "departments/transport/qualification.yaml"
    checked = check(VALID | {path: VALID[path].replace("items:", "itms:", 1)})
    assert {problem.file for problem in checked.problems} == {path}
    assert set(checked.catalogue.departments) == {"education", "market", "registry"}


def test_a_theme_is_its_items_by_resource() -> None:
    themes = check(VALID).catalogue.themes
    assert themes["credit"].title == "信用 — Credit"
    assert themes["credit"].items == {
        "market.penalty": {"decisionNo", "fact", "decidedOn", "fine"},
        "market.tax": {"grade", "hasArrears"},
        "market.company": {"name"},
    }


def test_a_mistake_in_a_theme_is_told_with_its_place_and_what_there_is() -> None:
    path = "themes/credit.yaml"
    text = (
        VALID[path].replace("market.tax.grade", "market.tax.mark").replace("[market.p", "[market.x, market.p")
    )
    checked = check(VALID | {path: text})
    assert [str(problem) for problem in checked.problems] == [
        "themes/credit.yaml:3: no resource 'market.x' (UNKNOWN_RESOURCE)\n    Write department.resource; market"
        " has market.archive, market.company, market.merger, market.penalty, market.profile, market.renumbering,"
        " market.society, market.tax.",
        "themes/credit.yaml:4: 'market.tax' has no item 'mark' (UNKNOWN_ITEM)\n    Its items: grade, arrears,"
        " hasArrears, paid, band.",
    ]
    assert set(checked.catalogue.themes) == {"credit", "schooling"}
    assert checked.catalogue.themes["credit"].items.keys() == {
        "market.penalty",
        "market.tax",
        "market.company",
    }
    assert checked.catalogue.themes["credit"].items["market.tax"] == {"hasArrears"}


def test_of_a_broken_department_a_theme_keeps_the_rest() -> None:
    path = "departments/market/tax.yaml"
    both = "theme: both\ntitle: 两者 — Both\nresources: [market.penalty, education.enrolment]\n"
    broken = VALID | {path: VALID[path].replace("items:", "itms:", 1), "themes/both.yaml": both}
    checked = check(broken)
    assert {problem.file for problem in checked.problems} == {path}
    assert set(checked.catalogue.themes) == {"both", "schooling"}  # of credit nothing is left
    assert set(checked.catalogue.themes["both"].items) == {"education.enrolment"}


CASES = {
    "overlapping authorities": (
        "departments/market/society.yaml", 'covers: ["5"]', 'covers: ["91"]', "OVERLAPPING_COVERS",
    ),
    "authorities of two types": (
        "departments/market/society.yaml", "column: NAME,", "column: NAME, type: Int,", "TYPE_MISMATCH",
    ),
    "parts of a key that has none": (
        "departments/market/society.yaml", "uscc: USCC", "uscc: { part: USCC }", "KEY_PARTS",
    ),
    "a name that is taken": (
        "departments/registry/marriage.yaml", "field: marriages", "field: verify", None,
    ),
    "a collision of the newer field": (
        "departments/market/tax.yaml", "field: tax", "field: penalties", "NAME_COLLISION",
    ),
    "a join that cannot be batched": (
        "departments/transport/qualification.yaml", "update_cycle: daily",
        "update_cycle: daily\nlimits: { max_keys: 1 }", "UNBATCHABLE",
    ),
    "an unknown connector": (
        "departments/education/department.yaml", "kind: memory", "kind: carrier", "UNKNOWN_CONNECTOR",
    ),
    "a key that stands twice": (
        "departments/education/index.yaml", "source: educationDb", "source: educationDb\nsource: educationDb",
        "DUPLICATE_KEY",
    ),
    "a former name that is taken": (
        "departments/market/tax.yaml", "column: GRADE,", "column: GRADE, formerly: [paid],", "NAME_COLLISION",
    ),
    "an alias whose right nobody could judge": (
        "departments/market/renumbering.yaml", "registrationNo: REG_NO", "registrationNo: OTHER",
        "ALIAS_WITHOUT_ITEM",
    ),
    "an alias of two kinds": (
        "departments/market/merger.yaml", "kind: merged", "kind: merged, kind_column: X, kinds: { a: merged }",
        "ALIAS_KIND",
    ),
    "a column of kinds without kinds": (
        "departments/market/merger.yaml", "kind: merged", "kind_column: GONE", "ALIAS_KIND",
    ),
    "a kind whose right nobody could judge": (
        "departments/market/merger.yaml", "kind: merged", "kind_column: X, kinds: { a: merged }",
        "ALIAS_WITHOUT_ITEM",
    ),
    "an alias by an unknown key": (
        "departments/market/renumbering.yaml", "registrationNo: REG_NO", "number: REG_NO", "UNKNOWN_KEY",
    ),
    "a period that is no day": (
        "departments/market/tax.yaml", "update_cycle: monthly",
        "update_cycle: monthly\nvalidity: { to: GRADE }", "VALIDITY_TYPE",
    ),
    "a period with two ends": (
        "departments/market/profile.yaml", "until: UNTIL", "until: UNTIL, to: LAST", "VALIDITY_END",
    ),
    "a period of nothing": (
        "departments/market/tax.yaml", "update_cycle: monthly",
        "update_cycle: monthly\nvalidity: { versions: true }", "VALIDITY_COLUMNS",
    ),
    "a source that knows no past": (
        "departments/market/tax.yaml", "update_cycle: monthly",
        "update_cycle: monthly\nvalidity: { at_source: true }", "CANNOT_AS_OF",
    ),
    "a collection of persons": (
        "departments/registry/marriage.yaml", "items:", "collection: { field: marriages }\nitems:",
        "PERSONAL_COLLECTION",
    ),
    "a collection of whom a guard protects": (
        "departments/market/tax.yaml", "collection: { field: taxpayers }",
        "collection: { field: taxpayers }\nguards: [protection]", "GUARDED_COLLECTION",
    ),
    "a guard where a spouse leads to the rows": (
        "departments/registry/marriage.yaml", "items:", "guards: [protection]\nitems:", "GUARDED_PLACE",
    ),
    "a guard where a legal representative leads to the rows": (
        "departments/market/company.yaml", "update_cycle:", "guards: [protection]\nupdate_cycle:", "GUARDED_PLACE",
    ),
    "a guard where rows hang on two": (
        "departments/transport/vehicle.yaml", "update_cycle: realtime",
        "  - { on: Person, field: registrations, by: { citizenId: OWNER } }\nguards: [protection]\nupdate_cycle: realtime",
        "GUARDED_PLACE",
    ),
    "a guard where an index leads to rows of the same person": (
        "departments/education/enrolment.yaml", "update_cycle:", "guards: [protection]\nupdate_cycle:", "",
    ),
    "a root field that is taken": (
        "departments/market/society.yaml", "items:", "collection: { field: companies }\nitems:",
        "NAME_COLLISION",
    ),
    "no YAML": ("departments/education/index.yaml", "items:", "items: {", "YAML_SYNTAX"),
    "a key read as something else": (
        "departments/transport/vehicle.yaml", "COLOUR: { type: PlateColour }", "COLOUR: { type: Int }", "KEY_TYPE",
    ),
    "a value of another type in between": (
        "departments/education/enrolment.yaml", "items:", "columns: { XJH: { type: Int } }\nitems:", "KEY_TYPE",
    ),
    "a column of nothing": (
        "departments/market/company.yaml", "USCC: { type", "USC: { type", "UNUSED_COLUMN",
    ),
    "a column that cannot be read": (
        "departments/transport/vehicle.yaml", "COLOUR: {", "PLATE: { read: { epoch: seconds } }\n  COLOUR: {",
        "READ_EPOCH",
    ),
    "a row condition on another type": (
        "departments/market/tax.yaml", "rows: { grade: { eq: A } }", "rows: { paid: { ge: much } }", "ROW_OPERAND",
    ),
    "a row condition that lists nothing": (
        "departments/market/tax.yaml", "rows: { grade: { eq: A } }", "rows: { grade: { in: A } }", "ROW_OPERAND",
    ),
    "bands out of order": (
        "departments/market/tax.yaml", "bounds: [1000, 10000]", "bounds: [10000, 1000]", "BAND_BOUNDS",
    ),
    "an operator of another type": (
        "departments/market/tax.yaml", "type: Decimal, level: 3 }", "type: Decimal, level: 3, match: [contains] }",
        "UNKNOWN_OPERATOR",
    ),
    "a promotion on nobody": ("city.yaml", "Enterprise:", "Enterprize:", "UNKNOWN_ENTITY"),
    "a former name that the entity has": (
        "departments/market/company.yaml", "column: NAME,", "column: NAME, formerly: [penalties],", "NAME_COLLISION",
    ),
    "a pattern of numbers": (
        "departments/market/tax.yaml", "column: PAID, type: Decimal,",
        "column: PAID, type: Decimal, quality: { pattern: x },", "QUALITY",
    ),
    "a pattern that is none": (
        "departments/market/tax.yaml", "column: GRADE,", "column: GRADE, quality: { pattern: '[' },", "QUALITY",
    ),
    "a least value of text": (
        "departments/market/tax.yaml", "column: GRADE,", "column: GRADE, quality: { min: 1 },", "QUALITY",
    ),
    "a bound of another type": (
        "departments/market/penalty.yaml", "column: DECIDED, type: Date,",
        "column: DECIDED, type: Date, quality: { max: soon },", "QUALITY",
    ),
    "a list that is none": (
        "departments/market/tax.yaml", "column: GRADE,", "column: GRADE, quality: { listed: true },", "QUALITY",
    ),
    "no rule": ("departments/market/tax.yaml", "column: GRADE,", "column: GRADE, quality: {},", "QUALITY"),
    "the same as nothing": (
        "departments/market/tax.yaml", "column: GRADE,", "column: GRADE, quality: { same_as: market.tax.grades },",
        "UNKNOWN_ITEM",
    ),
    "the same as somebody else's": (
        "departments/market/tax.yaml", "column: GRADE,",
        "column: GRADE, quality: { same_as: registry.household.name },", "NOT_ATTACHED",
    ),
    "a theme of nothing": (
        "themes/credit.yaml", "resources: [market.penalty]", "resources: [market.penalties]", "UNKNOWN_RESOURCE",
    ),
    "an item of nothing in a theme": (
        "themes/credit.yaml", "market.tax.grade", "market.taxes.grade", "UNKNOWN_RESOURCE",
    ),
    "a theme's item that is none": ("themes/credit.yaml", "market.tax.grade", "market.tax.mark", "UNKNOWN_ITEM"),
    "a theme's item without its resource": ("themes/credit.yaml", "market.tax.grade", "grade", "UNKNOWN_RESOURCE"),
    "an item of a resource that is whole": (
        "themes/credit.yaml", "market.tax.grade", "market.penalty.fact", "LISTED_TWICE",
    ),
    "a theme without anything": (
        "themes/schooling.yaml", "resources: [education.enrolment]", "resources: []", "EMPTY_THEME",
    ),
    "a theme that is declared twice": ("themes/schooling.yaml", "theme: schooling", "theme: credit", "NAME_COLLISION"),
    "a promotion of nothing": ("city.yaml", "market.tax", "market.taxes", "UNKNOWN_RESOURCE"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_mistakes_are_named(name: str) -> None:
    path, old, new, code = CASES[name]
    assert old in VALID[path]
    problems = check(VALID | {path: VALID[path].replace(old, new, 1)}).problems
    assert (code in {problem.code for problem in problems}) if code else not problems


def test_mistakes_on_one_line_are_each_told() -> None:
    text = VALID["departments/market/tax.yaml"].replace(
        "{ title: 信用等级 — Grade, column: GRADE, level: 1 }", "{ titel: x, column: [], level: 9, unit: {} }"
    )
    problems = check(VALID | {"departments/market/tax.yaml": text}).problems
    assert sorted(p.message.split(":")[0] for p in problems if p.file.endswith("tax.yaml")) == [
        "items.grade.column",
        "items.grade.level",
        "items.grade.titel",
        "items.grade.title",
        "items.grade.unit",
    ]


@pytest.mark.parametrize("text", ["resource: tax\ntitle: 5\n", "resource: [tax\n"])
def test_the_promotion_of_what_cannot_be_read_is_no_mistake_of_its_own(text: str) -> None:
    checked = check(VALID | {"departments/market/tax.yaml": text})
    assert {problem.file for problem in checked.problems} == {"departments/market/tax.yaml"}
    assert "market.tax" not in checked.catalogue.resources


def test_a_promotion_of_nothing_is_told_beside_mistakes_of_other_departments() -> None:
    city = VALID["city.yaml"].replace("market.tax", "market.taxes")
    checked = check(VALID | {"city.yaml": city, "departments/registry/marriage.yaml": "resource: [\n"})
    assert "UNKNOWN_RESOURCE" in {problem.code for problem in checked.problems}


def test_of_a_union_the_nearest_member_speaks() -> None:
    entity = "entity: Boat\ntitle: 船 — Boat\nkeys:\n  mark: { port: 5, number: String }\n"
    (problem,) = check(VALID | {"entities/boat.yaml": entity}).problems
    assert (problem.line, problem.message.split(":")[0]) == (4, "keys.mark.port")


def test_keys_are_text_as_written() -> None:
    text = "codes: Grade\ntitle: 级 — Grade\nvalues: { 01: 甲 — One, true: 乙 — Two, 2026: 丙 — Three, ~: 丁 — Four }\n"
    checked = check(VALID | {"codes/grade.yaml": text})
    assert checked.problems == ()
    assert set(checked.catalogue.code_lists["Grade"].labels) == {"01", "true", "2026", "~"}


def test_rules_of_quality_are_carried_as_values() -> None:
    path = "departments/market/penalty.yaml"
    text = VALID[path].replace(
        "column: DECIDED,", 'column: DECIDED, quality: { required: true, min: "2019-01-01" },'
    )
    quality = check(VALID | {path: text}).catalogue.resources["market.penalty"].items["decidedOn"].quality
    assert quality == Quality(is_required=True, least=date(2019, 1, 1))
    assert str(quality) == "必填 not empty; 不小于 at least 2019-01-01"


def test_operands_of_files_are_values_of_their_type() -> None:
    path = "departments/market/penalty.yaml"
    text = VALID[path].replace(
        "open: unconditional", "open: { type: unconditional, rows: { decidedOn: { ge: 2019-01-01 } } }"
    )
    opening = check(VALID | {path: text}).catalogue.resources["market.penalty"].opening
    assert opening.rows == And((Compare("decidedOn", "ge", date(2019, 1, 1)),))


KEYS = [
    (path, number, line.split(":")[0].strip())
    for path, text in VALID.items()
    for number, line in enumerate(text.splitlines(), 1)
    if line.strip()
    and ":" in line
    and not line.lstrip().startswith(("-", "#"))
    and line.split(":")[0].strip().isidentifier()
]
FREE = {"items", "keys", "sources", "values", "columns", "arguments", "promoted"}
"""Below these keys, names are the author's own."""


def is_free(path: str, number: int) -> bool:
    lines = VALID[path].splitlines()
    indent = len(lines[number - 1]) - len(lines[number - 1].lstrip())
    for line in reversed(lines[: number - 1]):
        if line.strip() and len(line) - len(line.lstrip()) < indent:
            return line.split(":")[0].strip() in FREE
    return False


MISTYPABLE = [(path, number, key) for path, number, key in KEYS if not is_free(path, number)]


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(place=st.sampled_from(MISTYPABLE))
def test_any_mistyped_key_is_found_at_its_line(place: tuple[str, int, str]) -> None:
    path, number, key = place
    lines = VALID[path].splitlines()
    lines[number - 1] = lines[number - 1].replace(f"{key}:", f"{key}X:", 1)
    problems = check(VALID | {path: "\n".join(lines) + "\n"}).problems
    assert (path, number) in {(problem.file, problem.line) for problem in problems}


PLACES = """\
resource: mistaken
title: 错 — Mistaken
source: marketDb
from: T
identity: [A]
attach:
  - { on: Person, field: others, by: { passport: { country: A, number: B } } }
coordinates: { lon: x, lat: nowhere, system: CGCS2000 }
boundary: { item: x, system: CGCS2000 }
items:
  x: { title: 经度 — Longitude, column: X, type: Float, match: [eq] }
  near: { title: 近 — Near, column: N }
  radius: { title: 半径 — Radius, column: R, type: Metres }
  edge: { title: 界 — Edge, column: E, derive: { age: x } }
columns:
  L: { type: GeoJSON }
"""


def test_mistakes_about_places_are_found() -> None:
    texts = VALID | {"departments/market/mistaken.yaml": PLACES}
    found = sorted((p.line, p.code) for p in check(texts).problems)
    assert found == [
        (8, "COORDINATE_MATCH"),
        (8, "COORDINATE_TYPE"),
        (8, "UNKNOWN_ITEM"),
        (9, "BOUNDARY_KEY"),
        (9, "BOUNDARY_TYPE"),
        (12, "NAME_COLLISION"),
        (13, "READ"),
        (13, "UNKNOWN_TYPE"),
        (14, "DERIVED_COLUMN"),
        (14, "DERIVED_TYPE"),
        (14, "DERIVED_TYPE"),
        (16, "UNKNOWN_TYPE"),
        (16, "UNUSED_COLUMN"),
    ]


def test_another_coordinate_system_is_refused_by_name() -> None:
    texts = VALID | {
        "departments/market/mistaken.yaml": PLACES.replace(
            "lat: nowhere, system: CGCS2000", "lat: x, system: GCJ-02"
        )
    }
    assert any(p.line == 8 and "CGCS2000" in f"{p.message}{p.hint}" for p in check(texts).problems)
