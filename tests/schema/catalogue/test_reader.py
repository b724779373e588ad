"""A reader that reads again gives what a new one gives, and makes only what changed."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from connectors.memory import KIND
from schema.catalogue.files import CatalogueFiles
from schema.catalogue.quick_yaml import NotQuick, read_quickly
from schema.catalogue.read import compile_declarations, read_texts
from schema.catalogue.reader import CatalogueReader
from schema.catalogue.yaml_file import YamlFile, _plain, _read_carefully, parse_yaml

KINDS = {"memory": KIND}
ROOT = Path(__file__).parents[3]
TEXTS = {
    "harbour": read_texts(ROOT / "tests/cities/harbour"),
    "chongqing": read_texts(ROOT / "examples/chongqing/catalogue"),
}
HARBOUR = TEXTS["harbour"]
QUALIFICATION = "departments/transport/qualification.yaml"

EDITS: Mapping[str, tuple[str, str, str]] = {
    "a level": (QUALIFICATION, "level: 2, formerly", "level: 1, formerly"),
    "an item less": (QUALIFICATION, "items:", "itms:"),
    "no source": (QUALIFICATION, "source: transportDb", "source: nowhere"),
    "a department's title": ("departments/transport/department.yaml", "title:", "title: X"),
    "a source less": ("departments/transport/department.yaml", "transportDb:", "otherDb:"),
    "an entity less": ("city.yaml", "Person", "Nobody"),
    "not YAML": (QUALIFICATION, "items:", "items: ["),
}


def edited(edit: str) -> dict[str, str]:
    path, old, new = EDITS[edit]
    assert old in HARBOUR[path]
    return HARBOUR | {path: HARBOUR[path].replace(old, new, 1)}


@pytest.mark.parametrize("edit", EDITS)
def test_reading_again_gives_what_reading_gives(edit: str) -> None:
    reader = CatalogueReader(KINDS, {})
    for texts in (HARBOUR, edited(edit), HARBOUR, edited(edit)):
        again, fresh = reader.read(texts), compile_declarations(texts, KINDS, {})
        assert again.problems == fresh.problems
        assert again.catalogue.version == fresh.catalogue.version
        assert list(again.catalogue.resources) == list(fresh.catalogue.resources)
        assert again.catalogue.departments == fresh.catalogue.departments


def test_every_file_alone_can_go_and_come_back() -> None:
    reader = CatalogueReader(KINDS, {})
    for path in HARBOUR:
        texts = {other: text for other, text in HARBOUR.items() if other != path}
        again, fresh = reader.read(texts), compile_declarations(texts, KINDS, {})
        assert again.problems == fresh.problems, path
        assert list(again.catalogue.resources) == list(fresh.catalogue.resources), path


def test_one_file_is_one_resource_compiled() -> None:
    reader = CatalogueReader(KINDS, {})
    before = reader.read(HARBOUR).catalogue
    compiled = reader.compiled
    after = reader.read(edited("a level")).catalogue
    assert reader.compiled == compiled + 1
    changed = [code for code in after.resources if after.resources[code] is not before.resources[code]]
    assert changed == ["transport.qualification"]


def test_a_file_that_is_missing_is_gone_when_it_is_missed_again(tmp_path: Path) -> None:
    """It may be on its way: files are moved one by one."""
    files, file = CatalogueFiles(tmp_path), tmp_path / "city.yaml"
    text = "city: 城 — City\n"
    file.write_text(text, encoding="utf-8")
    assert files.look()
    assert files.texts(frozenset()) == {"city.yaml": text}
    for _ in range(3):
        away = file.rename(tmp_path / "away")
        assert not files.look()
        assert files.texts(frozenset()) == {"city.yaml": text}
        away.rename(file)
        assert not files.look()
    file.unlink()
    assert not files.look()
    assert files.look()
    assert files.texts(frozenset()) == {}


def test_the_same_texts_are_the_same_catalogue() -> None:
    reader = CatalogueReader(KINDS, {})
    assert reader.read(HARBOUR).catalogue is reader.read(dict(HARBOUR)).catalogue


def test_a_code_list_that_stores_otherwise_is_another_version() -> None:
    """What keeps connectors and cached rows by version must see it: codecs have changed."""
    path = "codes/category.yaml"
    other = HARBOUR[path].replace('stored: "01"', 'stored: "91"')
    assert other != HARBOUR[path]
    before = compile_declarations(HARBOUR, KINDS, {})
    after = compile_declarations(HARBOUR | {path: other}, KINDS, {})
    assert after.problems == ()
    assert before.catalogue.version != after.catalogue.version


@pytest.mark.parametrize("city", TEXTS)
def test_the_quick_reader_reads_as_the_careful_one_does(city: str) -> None:
    for path, text in TEXTS[city].items():
        careful = YamlFile(path)
        _read_carefully(careful, text)
        assert repr(read_quickly(text, _plain)) == repr(careful.value), path
        quick = parse_yaml(path, text)
        assert quick.lines == careful.lines, path


SCALARS = [
    "on", "NO", "yes", "true", "False", "null", "~", "", "1", "010", "0o7", "0x1F", "1_000", "1e3", "12:30",
    "-.5", ".inf", "2024-01-02", "1.0", "+3", "=", "nan", "'1'", '"true"', "|\n  two\n  lines", ">-\n  a\n  b",
]  # fmt: skip


@pytest.mark.parametrize("scalar", SCALARS)
def test_scalars_mean_the_same_to_both(scalar: str) -> None:
    text = f"a: {scalar}\nb: [{scalar.split(chr(10))[0].strip('|>-') or 'x'}]\n"
    careful = YamlFile("f.yaml")
    _read_carefully(careful, text)
    assert repr(parse_yaml("f.yaml", text).value) == repr(careful.value)


@pytest.mark.parametrize(
    "text",
    [
        "a: &x 1\nb: *x",
        "a: !!str 1",
        "a: 1\na: 2",
        "1: a\n'1': b",
        "a: 1\n---\nb: 2",
        "<<: {a: 1}",
        "[" * 100_000,
    ],
)
def test_what_is_rare_is_left_to_the_careful_reader(text: str) -> None:
    with pytest.raises(NotQuick):
        read_quickly(text, _plain)


def test_files_are_settled_while_nobody_writes_them(tmp_path: Path) -> None:
    files, file = CatalogueFiles(tmp_path), tmp_path / "city.yaml"
    file.write_text("city: Har", encoding="utf-8")
    assert files.look()
    assert files.are_settled()
    with file.open("a", encoding="utf-8") as writing:
        writing.write("bour\n")
    assert not files.are_settled()
    assert files.look()
    assert files.are_settled()
    (tmp_path / "more.yaml").touch()
    assert not files.are_settled()
