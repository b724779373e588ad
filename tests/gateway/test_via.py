"""Rows that are reached through another resource: what is known of the way is known of them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from connectors.errors import SourceUnavailable
from connectors.protocol import Connector
from connectors.recording import RecordingConnector
from connectors.requests import Load
from connectors.results import Loaded
from tests.cities import harbour_rows as rows
from tests.kit import ALL, ARCHIVE, NOW, City, open_catalogue, open_city, read_city

SCHOOLS = """
  query Schools($id: CitizenId!) {
    person(id: $id) {
      education { enrolments { school } }
      _states { field state fetchedAt }
    }
  }
"""
KNOWN_AS = [{"XJH": "S-9", "ID_NO": rows.ONCE_PROTECTED}]
ENROLLED = [{"XJH": "S-9", "SCHOOL": "第九小学", "YEAR": 2024}]


class Said(RecordingConnector):
    """A source of which one resource says more of its rows than that they are there."""

    def __init__(self, inner: Connector, resource: str, **said: Any) -> None:
        super().__init__(inner)
        self._resource, self._said = resource, said

    async def load(self, load: Load) -> Loaded:
        """Read rows by key."""
        loaded = await super().load(load)
        return structs.replace(loaded, **self._said) if load.resource.code == self._resource else loaded


async def schools(resource: str, **said: Any) -> tuple[list[Any], dict[str, Any]]:
    """The child's schools, and each state of theirs with the moment when they were read."""
    city = open_city()
    source = city.sources["educationDb"]
    source.inner = Said(source.inner, resource, **said)
    body = await city.ask(SCHOOLS, {"id": rows.CHILD})
    person = body["data"]["person"]
    return person["education"]["enrolments"], {
        one["state"]: one["fetchedAt"] for one in person["_states"] if one["field"] == "education.enrolments"
    }


@pytest.mark.parametrize("resource", ["education.studentIndex", "education.enrolment"])
async def test_what_is_partial_on_the_way_is_partial_at_its_end(resource: str) -> None:
    found, states = await schools(resource, partial=True)
    assert len(found) == 3
    assert set(states) == {"DATA", "PARTIAL"}


@pytest.mark.parametrize("resource", ["education.studentIndex", "education.enrolment"])
async def test_rows_are_as_old_as_the_oldest_of_their_way(resource: str) -> None:
    earlier = NOW - timedelta(hours=3)
    _, states = await schools(resource, fetched_at=earlier)
    assert states == {"DATA": "2026-11-23T13:00:00+08:00"}


async def test_a_way_that_nothing_is_said_of_is_whole_and_new() -> None:
    _, states = await schools("education.studentIndex")
    assert states == {"DATA": "2026-11-23T16:00:00+08:00"}


class Silent(RecordingConnector):
    """A source that does not answer for so many of the keys that it is asked for."""

    def __init__(self, inner: Connector, keys: int) -> None:
        super().__init__(inner)
        self._keys = keys

    async def load(self, load: Load) -> Loaded:
        """Read rows by key."""
        loaded = await super().load(load)
        if load.resource.code != "education.enrolment":
            return loaded
        silent = (SourceUnavailable(),) * min(self._keys, len(load.keys))
        return structs.replace(loaded, entries=(*silent, *loaded.entries[len(silent) :]))


@pytest.mark.parametrize(
    ("allows_partial", "keys", "schools", "told"),
    [
        (False, 1, None, "SOURCE_DOWN"),
        (True, 1, 2, "PARTIAL"),
        (True, 9, None, "SOURCE_DOWN"),
        (True, 0, 3, "DATA"),
    ],
)
async def test_a_part_that_is_missing_is_told_where_it_may_be(
    *, allows_partial: bool, keys: int, schools: int | None, told: str
) -> None:
    catalogue, policy = read_city("harbour")
    changed = replace(catalogue.resources["education.enrolment"], allows_partial=allows_partial)
    resources = {**catalogue.resources, changed.code: changed}
    city = open_catalogue(replace(catalogue, resources=resources), policy, ALL, rows.TABLES)
    source = city.sources["educationDb"]
    source.inner = Silent(source.inner, keys)
    body = await city.ask(SCHOOLS, {"id": rows.CHILD})
    found = body["data"]["person"]["education"]["enrolments"]
    assert (None if found is None else len(found)) == schools
    states = [
        one["state"] for one in body["data"]["person"]["_states"] if one["field"] == "education.enrolments"
    ]
    assert states[-1] == told


def guarded() -> City:
    """The harbour, where schools watch over protected persons and their index does not."""
    catalogue, policy = read_city("harbour")
    watched = replace(catalogue.resources["education.enrolment"], guards=("protection",))
    resources = {**catalogue.resources, watched.code: watched}
    tables = {
        **rows.TABLES,
        "education.studentIndex": [*rows.TABLES["education.studentIndex"], *KNOWN_AS],
        "education.enrolment": [*rows.TABLES["education.enrolment"], *ENROLLED],
    }
    return open_catalogue(replace(catalogue, resources=resources), policy, ALL, tables)


async def test_a_protected_person_stays_so_while_nobody_can_tell_their_other_keys() -> None:
    city = guarded()
    body = await city.ask(SCHOOLS, {"id": rows.ONCE_PROTECTED}, ARCHIVE)
    assert body["data"]["person"]["education"] == {"enrolments": None}
    assert [error["extensions"]["code"] for error in body["errors"]] == ["MANUAL_CHECK"]

    city = guarded()
    register = city.sources["registryDb"]
    register.inner.faults = {"registry.correction": SourceUnavailable()}  # type: ignore[attr-defined]
    body = await city.ask(SCHOOLS, {"id": rows.ONCE_PROTECTED}, ARCHIVE)
    assert body["data"]["person"]["education"] == {"enrolments": None}
    assert [error["extensions"]["code"] for error in body["errors"]] == ["SOURCE_DOWN"]
