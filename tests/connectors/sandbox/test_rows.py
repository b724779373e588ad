"""Synthetic rows: of their types, the same each time, and with ways back."""

import asyncio
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.requests import Key, KeyBinding, Load, OrderTerm, Scan
from connectors.sandbox.connector import SandboxConnector, SyntheticRows
from connectors.sandbox.draw import SIZE, shuffled, unshuffled
from connectors.sandbox.universe import Universe
from gateway.sandbox.opening import read_connected
from schema.catalogue.item import Item
from schema.catalogue.model import Attachment, Catalogue, KeyColumns, Resource
from schema.geography import read_area
from schema.identifiers import parse_citizen_id, parse_credit_code
from schema.predicate import And, Compare
from schema.scalars import SCALARS
from schema.values import Invalid

ROOT = Path(__file__).parents[3]
CATALOGUES = {
    "harbour": read_connected(ROOT / "tests/cities/harbour").catalogue,
    "fjord": read_connected(ROOT / "tests/cities/fjord").catalogue,
    "shore": read_connected(ROOT / "tests/cities/shore").catalogue,
    "chongqing": read_connected(ROOT / "examples/chongqing/catalogue").catalogue,
}
CONNECTORS = {name: SandboxConnector(SyntheticRows(catalogue)) for name, catalogue in CATALOGUES.items()}
PLACES = [
    (name, resource, attachment, way)
    for name, catalogue in CATALOGUES.items()
    for resource in catalogue.resources.values()
    for attachment in resource.attachments
    for way in attachment.by
]
NAMED = [f"{name}-{resource.code}-{way.key}-{'.'.join(way.columns)}" for name, resource, _, way in PLACES]
PYTHON: dict[str, type] = {
    "Int": int, "Decimal": Decimal, "Float": float, "Boolean": bool, "Date": date, "DateTime": datetime,
}  # fmt: skip


def asked(resource: Resource) -> tuple[str, ...]:
    """Every item with a column, and every column as a helper."""
    items = tuple(name for name, item in resource.items.items() if item.column is not None)
    return items + tuple(f"column:{column}" for column in resource.columns)


def load(name: str, resource: Resource, way: KeyColumns, key: Key, **more: Any) -> list[tuple[Any, ...]]:
    (entry,) = load_many(name, resource, way, (key,), **more)
    return entry


def load_many(
    name: str, resource: Resource, way: KeyColumns, keys: tuple[Key, ...], **more: Any
) -> list[list[tuple[Any, ...]]]:
    request = Load(resource, KeyBinding((way,), (None,)), keys, asked(resource), 1e12, **more)
    entries = asyncio.run(CONNECTORS[name].load(request)).entries
    return [list(entry) for entry in entries if isinstance(entry, tuple)]


def key_of(catalogue: Catalogue, attachment: Attachment, way: KeyColumns, index: int) -> Key | None:
    if attachment.via is not None:
        is_text = not isinstance(way.codecs[0].decode("V"), Invalid)
        return (f"V-{index}",) if is_text else (index,)
    return Universe(catalogue).key_at(attachment.entity, way.key, index)


def fits(item: Item, value: Any, catalogue: Catalogue) -> bool:
    if value is None:
        return True
    if item.codes is not None:
        return value in catalogue.code_lists[item.codes].labels
    if type(value) is not PYTHON.get(item.type, str):
        return False
    text = str(value)
    if item.type == "CitizenId":
        return parse_citizen_id(text) == text and text.startswith("500000")
    if item.type == "CreditCode":
        return parse_credit_code(text) == text and text[8:11] == "DEM"
    SCALARS[item.type].coerce_output_value(value)
    return True


@pytest.mark.parametrize(("name", "resource", "attachment", "way"), PLACES, ids=NAMED)
@settings(max_examples=15, deadline=None)
@given(index=st.integers(0, SIZE - 1))
def test_every_value_fits_its_item_and_the_key_that_was_asked(
    name: str, resource: Resource, attachment: Attachment, way: KeyColumns, index: int
) -> None:
    catalogue = CATALOGUES[name]
    key = key_of(catalogue, attachment, way, index)
    assert key is not None
    rows = load(name, resource, way, key)
    assert len(rows) <= (16 if attachment.many else 1)
    names = asked(resource)
    for row in rows:
        values = dict(zip(names, row, strict=True))
        for item in resource.items.values():
            if item.column is not None:
                assert fits(item, values[item.name], catalogue), (item.name, values[item.name])
        assert all(values[f"column:{column}"] is not None for column in resource.identity)
        held = zip(way.columns, way.codecs, key, strict=True)  # text where a column holds several kinds
        assert all(part in {v := values[f"column:{c}"], codec.decode(v)} for c, codec, part in held)
    identities = [tuple(row[names.index(f"column:{column}")] for column in resource.identity) for row in rows]
    assert len(set(identities)) == len(identities)
    assert rows == load(name, resource, way, key)


def test_some_keys_have_none_some_one_and_some_many() -> None:
    for name, resource, attachment, way in PLACES:
        catalogue = CATALOGUES[name]
        keys = [key_of(catalogue, attachment, way, index * 7919) for index in range(200)]
        known = tuple(key for key in keys if key is not None)
        counts = set(map(len, load_many(name, resource, way, known)))
        if resource.aliases is not None:
            assert counts == {0}, "nobody is drawn with two identities"
            continue
        assert {0, 1} <= counts, (resource.code, way.key, way.columns)
        if attachment is resource.attachments[0] and attachment.many and len(counts) < 3:
            owned = {column for way in attachment.by for column in way.columns}
            assert attachment.is_core or set(resource.identity) <= owned


@pytest.mark.parametrize(("name", "resource", "attachment", "way"), PLACES, ids=NAMED)
def test_whoever_a_row_names_has_that_row(
    name: str, resource: Resource, attachment: Attachment, way: KeyColumns
) -> None:
    """Ask by this way, then by each other way for whom the row names there: the same row is found."""
    if attachment.via is not None:
        return
    catalogue, names = CATALOGUES[name], asked(resource)
    others = [
        (other, by)
        for other in resource.attachments
        if other.via is None and other.many
        for by in other.by
        if by != way
    ]
    for index in range(0, 40 * 7919, 7919):
        key = key_of(catalogue, attachment, way, index)
        assert key is not None
        for row in load(name, resource, way, key):
            for other, by in others:
                found = tuple(_held(resource, by, names, row))
                kinds = _kinds(resource, by, names, row)
                if None in found or (kinds is not None and other.entity not in kinds):
                    continue
                assert row in load(name, resource, by, found), (by, found)


def _held(resource: Resource, way: KeyColumns, names: tuple[str, ...], row: tuple[Any, ...]) -> list[Any]:
    return [row[names.index(f"column:{column}")] for column in way.columns]


def _kinds(
    resource: Resource, way: KeyColumns, names: tuple[str, ...], row: tuple[Any, ...]
) -> set[str] | None:
    """Which entity a row means by a column, where it says so."""
    for item in resource.items.values():
        if item.link is not None and item.link.kind_column is not None and item.column in way.columns:
            column = item.link.kind_column
            if f"column:{column}" not in names:
                return set() if len(item.link.targets) > 1 else None
            target = item.link.targets.get(str(row[names.index(f"column:{column}")]))
            return {target.entity} if target else set()
    return None


def test_a_legal_representative_has_the_enterprise_among_his() -> None:
    """Links with kinds, whose kind column is no item: over 200 enterprises."""
    resource = CATALOGUES["harbour"].resources["market.company"]
    (core,) = (one for one in resource.attachments if one.is_core)
    reverse = {one.entity: one.by[0] for one in resource.attachments if one.is_reverse}
    items = ("name", "legalRepresentative", "column:REP_KIND", "column:USCC")
    found = 0
    for index in range(200):
        key = Universe(CATALOGUES["harbour"]).key_at("Enterprise", "uscc", index)
        assert key is not None
        for row in _ask("harbour", resource, core.by[0], key, items):
            if row[1] is not None:
                target = {"1": "Person", "2": "Enterprise"}[row[2]]
                assert row in _ask("harbour", resource, reverse[target], (row[1],), items)
                found += 1
    assert found > 100


def _ask(
    name: str, resource: Resource, way: KeyColumns, key: Key, items: tuple[str, ...]
) -> tuple[tuple[Any, ...], ...]:
    request = Load(resource, KeyBinding((way,), (None,)), (key,), items, 1e12)
    (entry,) = asyncio.run(CONNECTORS[name].load(request)).entries
    assert isinstance(entry, tuple)
    return entry


def test_predicates_order_and_limits_are_those_of_memory() -> None:
    resource = CATALOGUES["harbour"].resources["transport.qualification"]
    way = resource.attachments[0].by[0]
    names = asked(resource)
    category, valid = names.index("category"), names.index("validTo")
    seen = 0
    for index in range(0, 50 * 7919, 7919):
        key = Universe(CATALOGUES["harbour"]).key_at("Person", "citizenId", index)
        assert key is not None
        rows = load("harbour", resource, way, key)
        wanted = And((Compare("category", "eq", "ROAD_FREIGHT"), Compare("validTo", "ge", date(2027, 1, 1))))
        expected = [
            r for r in rows if r[category] == "ROAD_FREIGHT" and (r[valid] or date.min) >= date(2027, 1, 1)
        ]
        assert load("harbour", resource, way, key, predicate=wanted) == expected
        ordered = load("harbour", resource, way, key, order=(OrderTerm("validTo", True),), limit_per_key=2)
        latest = sorted((r[valid] for r in rows if r[valid]), reverse=True)
        assert [r[valid] for r in ordered if r[valid]] == latest[:2]
        seen += len(expected)
    assert seen > 5


def test_pages_hold_what_keys_hold() -> None:
    connector = CONNECTORS["harbour"]
    resource = CATALOGUES["harbour"].resources["transport.qualification"]
    names = asked(resource)
    cursor, rows = None, list[tuple[Any, ...]]()
    while True:
        page = asyncio.run(connector.scan(Scan(resource, names, 7, 1e12, cursor=cursor)))
        rows += page.rows
        cursor = page.cursor
        if cursor is None:
            break
    assert len(rows) > 50
    assert len(set(rows)) == len(rows)
    way = resource.attachments[0].by[0]
    for row in rows[:20]:
        assert row in load("harbour", resource, way, (row[names.index("column:ID_NO")],))


@given(index=st.integers(0, SIZE - 1), name=st.text(max_size=5))
def test_a_shuffle_can_be_undone(index: int, name: str) -> None:
    assert unshuffled(shuffled(index, name), name) == index


@given(index=st.integers(0, SIZE - 1))
def test_every_key_of_an_entity_leads_to_the_same_one(index: int) -> None:
    for catalogue in CATALOGUES.values():
        universe = Universe(catalogue)
        for entity in catalogue.entities:
            owner = universe.owner_at(entity, index)
            declared = catalogue.entities[entity].keys
            left_out = [declared[name] for name in declared.keys() - owner.keys.keys()]
            assert all(
                key.slice is not None and key.slice.key == "lei" for key in left_out
            )  # a part that many share
            for name, key in owner.keys.items():
                assert universe.owner_of(entity, name, key) == owner


def test_coordinates_are_degrees_and_areas_are_areas() -> None:
    shore = CATALOGUES["shore"].resources
    rows = SyntheticRows(CATALOGUES["shore"])
    places = [row for row in rows.of(shore["harbour.beacon"]).pool() if row["LON"] is not None]
    assert places
    assert all(100 <= row["LON"] < 120 for row in places)
    areas = [row["EDGE"] for row in rows.of(shore["survey.ward"]).pool() if row["EDGE"] is not None]
    assert areas
    assert all(read_area(area).bounds.west >= 100 for area in areas)


def test_versions_are_there_on_any_day() -> None:
    profile = CATALOGUES["harbour"].resources["market.profile"]
    (attachment, *_) = profile.attachments
    (way,) = attachment.by
    keys = [key_of(CATALOGUES["harbour"], attachment, way, n) for n in range(40)]
    position = asked(profile).index("since")
    rows = [row for key in keys if key for row in load("harbour", profile, way, key)]
    assert rows
    assert {row[position] for row in rows} == {date(2000, 1, 1)}
