"""The large catalogue is a catalogue: no problems, and the numbers it promises."""

from pathlib import Path

from benchmarks.big_catalogue import count, write_city
from benchmarks.contestants.memory_kind import KIND as COMPUTED
from connectors.rest import KIND as REST
from schema.catalogue.read import read_catalogue


def test_small_city_has_no_problems(tmp_path: Path) -> None:
    folder = write_city(tmp_path, departments=8, resources=40)
    assert count(folder)[:2] == (8, 40)
    checked = read_catalogue(folder, {"computed": COMPUTED, "rest": REST})
    assert checked.problems == ()
    assert len(checked.catalogue.resources) == 40
