"""Documents that grow in one thing only, their numbers as a table, and pictures that tell nothing of a machine."""

import asyncio
import re
from itertools import count
from pathlib import Path

import pytest

from benchmarks.catalogue import write_catalogue, write_more_applications, write_plugin
from benchmarks.growth import FIELDS, PARTS, Point, departments_document, fields_document
from benchmarks.growth_report import Series, series_table
from benchmarks.hotspots import flame_of
from benchmarks.inside import serve_inside
from benchmarks.processes import ROOT


def test_series_become_rows() -> None:
    callers = Series("callers", "applications", ((1, 0.5), (1000, 0.625)))
    entities = Series("entities", "persons", ((1, 1.0), (5, 3.0)))
    assert series_table([callers, entities]) == [
        "| what grows | how many: CPU per request, ms | last over first | one more costs, µs |",
        "| --- | --- | --- | --- |",
        "| applications | 1: 0.50, 1,000: 0.62 | 1.25 | 0.13 |",
        "| persons | 1: 1.00, 5: 3.00 | 3.00 | 500.00 |",
    ]


def test_fields_of_lists_are_selected_in_one_place() -> None:
    assert fields_document(["name", "insurances.kind", "sex", "insurances.base"]) == (
        "query Fields($ids: [String!]!) { persons(ids: $ids) { person { name sex insurances { kind base } } } }"
    )


def test_fifth_department_is_reached_through_the_fourth() -> None:
    asked = "query Departments($id: CitizenId!) { person(id: $id) { "
    assert departments_document(1) == asked + "name } }"
    assert departments_document(4).endswith("qualifications { category  } } }")
    assert departments_document(5).endswith("qualifications { category employer { name } } } }")


def test_callers_take_turns_and_no_person_comes_twice() -> None:
    requests = Point(1, "query($ids: [String!]!) {}", persons=2, keys=("x", "y")).requests(count(1))
    asked = [next(requests) for _ in range(3)]
    assert [key for _, key in asked] == ["x", "y", "x"]
    assert [body.count(b"50000019500101") for body, _ in asked] == [2, 2, 2]
    assert len({body for body, _ in asked}) == 3


async def test_every_document_is_answered_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(write_plugin(tmp_path / "plugin")))
    catalogue = write_catalogue(tmp_path / "catalogue", "memory", "")
    keys = write_more_applications(catalogue, 2)
    numbers = count(1)
    async with serve_inside(catalogue, tmp_path / "state") as inside:
        wide = Point(13, fields_document(FIELDS), persons=2, keys=keys).requests(numbers)
        answers = await asyncio.gather(*(inside.ask(*next(wide)) for _ in keys))
        assert [answer.count(b'"base"') for answer in answers] == [6, 6]
        deep = Point(5, departments_document(len(PARTS))).requests(numbers)
        assert (await inside.ask(*next(deep))).count("示例企业".encode()) == 2
        assert await inside.cpu_of(deep) > 0
        with pytest.raises(SystemExit, match="not the answer"):
            await inside.ask(next(deep)[0], "nobody's key")


def test_flame_names_no_machine() -> None:
    drawn = '<text id="title" x="5">py-spy record --output /tmp/x</text> \n<title>f (/tmp/a-b/c.py:12) (3%)</title>'
    assert flame_of(drawn, "case c") == (
        '<text id="title" x="5">case c</text>\n<title>f (c.py:12) (3%)</title>\n'
    )


@pytest.mark.parametrize("name", ["flame-rest-c", "growth", "comparison"])
def test_pictures_are_small_and_linked(name: str) -> None:
    drawn = (ROOT / "docs" / "images" / f"{name}.svg").read_text(encoding="utf-8")
    assert len(drawn) < 300_000
    assert re.search(r"\(/\w|/(tmp|home|root|usr|opt)/", drawn) is None
    assert f"(images/{name}.svg)" in (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
