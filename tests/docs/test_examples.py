"""The catalogue that docs/catalogue.md writes, file by file, is one that works."""

import re
from pathlib import Path

import pytest
from graphql import GraphQLField, GraphQLObjectType, GraphQLUnionType

from connectors.registry import find_kinds
from schema.catalogue.compile_codec import make_codec
from schema.catalogue.read import compile_declarations
from schema.catalogue.reader import CheckedCatalogue
from schema.policy.caller import Audience
from schema.policy.masks import MASKS
from schema.policy.read import read_policy
from schema.policy.visibility import visible_to
from schema.types.objects import ObjectTypes

TEXT = (Path(__file__).parents[2] / "docs/catalogue.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"```yaml\n# (\S+\.yaml)\n(.*?)```", TEXT, re.DOTALL))


def check(files: dict[str, str] = FILES) -> CheckedCatalogue:
    catalogue = {path: text for path, text in files.items() if not path.startswith("access/")}
    return compile_declarations(catalogue, find_kinds(), {})


def graph(audience: Audience) -> dict[str, GraphQLObjectType]:
    catalogue = check().catalogue
    return ObjectTypes(catalogue, visible_to(audience, catalogue)).entities


def fields(type_: object, *path: str) -> set[str]:
    for step in path:
        assert isinstance(type_, GraphQLObjectType)
        type_ = type_.fields[step].type
        while hasattr(type_, "of_type"):
            type_ = type_.of_type
    assert isinstance(type_, GraphQLObjectType)
    return set(type_.fields)


def test_the_example_has_no_mistakes() -> None:
    assert len(FILES) > 15
    assert check().problems == ()


def test_its_applications_have_none(tmp_path: Path) -> None:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    policy, problems = read_policy(tmp_path, check().catalogue)
    assert problems == ()
    assert set(policy.applications) == {"permit-desk"}


def test_the_graph_is_what_the_text_says() -> None:
    entities = graph("share")
    person, enterprise = entities["Person"], entities["Enterprise"]
    assert fields(person, "parks") == {"weddings", "fines", "cards", "visits", "fishing", "treesOwned"}
    assert fields(enterprise, "parks") == {"gardens", "fines", "trees", "grade", "animals", "treesOwned"}
    assert {"name", "status", "statusLabel"} <= fields(enterprise)
    assert fields(person, "parks", "fishing") >= {
        "holderNameMasked",
        "nameMatches",
        "hasDebt",
        "debtBand",
        "isCancelled",
    }
    assert fields(enterprise, "parks", "grade") >= {"gradedOn", "gradeDate"}
    assert fields(entities["Boat"], "parks", "mooring") == {"berth"}
    tree = check().catalogue.resources["parks.tree"]
    assert tree.items["nurseryman"].type == "CitizenId"
    assert tree.items["owner"].level == 3


def test_a_kind_in_the_row_makes_a_union() -> None:
    trees = graph("share")["Enterprise"].fields["parks"].type
    type_ = fields_of(fields_of(trees)["trees"].type)["owner"].type
    assert isinstance(type_, GraphQLUnionType)
    assert {one.name for one in type_.types} == {"Person", "Enterprise"}


def fields_of(type_: object) -> dict[str, GraphQLField]:
    while hasattr(type_, "of_type"):
        type_ = type_.of_type
    assert isinstance(type_, GraphQLObjectType)
    return dict(type_.fields)


def test_the_open_graph_holds_what_is_said_to_be_open() -> None:
    entities = graph("open")
    assert set(entities) == {"Enterprise"}
    assert fields(entities["Enterprise"], "parks") == {"gardens", "grade"}
    assert fields(entities["Enterprise"], "parks", "grade") == {"grade", "gradedOn", "gradeDate"}


def test_quality_is_told_in_the_description() -> None:
    enterprise = graph("share")["Enterprise"]
    grade = fields_of(fields_of(enterprise.fields["parks"].type)["grade"].type)["grade"]
    assert "必填 not empty; 格式 matches [A-D]" in (grade.description or "")


SHIPPED = dict(re.findall(r"^\| `(\w+)` \| `\w+\(\w+:\)` \| (.*) \|$", TEXT, re.MULTILINE))


def test_the_shipped_entities_are_listed_with_their_keys() -> None:
    city = {"city.yaml": "city: X\nuse: [Person, Enterprise, Place, Certificate]\n"}
    entities = check(city).catalogue.entities
    assert set(SHIPPED) == set(entities)
    for name, entity in entities.items():
        for key in entity.keys.values():
            assert re.search(rf"`{key.name}: [{{\w]", SHIPPED[name]), (name, key.name)
            assert all(part.type in SHIPPED[name] for part in key.parts)


READS = re.findall(r"^\| .* \| (?:`type: (\w+), )?`?(read: \{.*?\}|stored: \[.*?\])`?", TEXT, re.MULTILINE)


@pytest.mark.parametrize(("type_", "written"), READS)
def test_every_way_to_read_is_one(type_: str, written: str) -> None:
    item = f"items: {{ a: {{ title: a, column: A, type: {type_ or 'String'}, {written} }} }}\n"
    text = "resource: a\ntitle: a\nconnected: false\nidentity: [A]\n" + item
    assert (
        check(
            {
                "city.yaml": "city: X\n",
                "departments/a/department.yaml": "department: a\ntitle: A\n",
                "departments/a/a.yaml": text,
            }
        ).problems
        == ()
    )


@pytest.mark.parametrize(
    "form", re.findall(r'`"?([\w-]+)"?`', TEXT.partition("Forms of\nkeys:")[2].partition("\n\n")[0])
)
def test_every_form_of_a_key_is_one(form: str) -> None:
    assert make_codec("CitizenId", stored=(form,)).encode("50000019900101018X") != ()


def test_every_mask_is_known() -> None:
    assert {"citizen_id", "name", "phone", "address", "tail4"} == set(MASKS)
