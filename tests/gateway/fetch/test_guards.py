"""Key guards: whom they concern, and who says why; asked by the key at hand, and by what aliases make of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pytest

from connectors.requests import Key
from gateway.fetch.failures import Failure
from gateway.fetch.guards import NOTHING_KNOWN, Known, SubjectGuard
from gateway.plan.model import Fetch, Node
from schema.policy.caller import Audience, Caller, Operator
from schema.policy.model import Application, Grant, Policy
from tests.cities import harbour_rows as rows
from tests.kit import ALL, ARCHIVE, City, open_catalogue, read_city

DOCUMENT = "query Cards($id: CitizenId!) { person(id: $id) { qualifications { number } } }"
HELD = {rows.ZHANG: "by the key at hand", rows.MISTAKEN: "by the key that it gave way to"}
both_ways = pytest.mark.parametrize("person", HELD, ids=HELD.values())


@dataclass(frozen=True)
class Wall:
    """Leaves out everybody, where it is asked."""

    name: str | None = None
    audience: Audience | None = None

    def withheld(
        self, fetch: Fetch, node: Node, keys: Iterable[Key], caller: Caller, known: Known = NOTHING_KNOWN
    ) -> dict[Key, Failure]:
        return dict.fromkeys(keys, Failure("DENIED", "A wall."))


def walled(wall: Wall | None = None, *names: str) -> City:
    """The harbour with a guard more, and with names of guards at its qualifications."""
    catalogue, policy = read_city("harbour")
    changed = replace(catalogue.resources["transport.qualification"], guards=names)
    resources = {**catalogue.resources, changed.code: changed}
    city = open_catalogue(replace(catalogue, resources=resources), policy, ALL, rows.TABLES)
    city.gateway.guards = city.gateway.guards if wall is None else (*city.gateway.guards, wall)
    return city


@both_ways
@pytest.mark.parametrize(
    "wall",
    [Wall(name="vip"), Wall(audience="self"), Wall(name="vip", audience="share")],
    ids=["of a name", "of an audience", "of both"],
)
async def test_a_guard_leaves_alone_whom_it_does_not_concern(wall: Wall, person: str) -> None:
    told = await walled().ask(DOCUMENT, {"id": person}, ARCHIVE)
    assert told["data"]["person"]["qualifications"]
    assert await walled(wall).ask(DOCUMENT, {"id": person}, ARCHIVE) == told


@both_ways
@pytest.mark.parametrize(
    ("wall", "names"),
    [(Wall(), ()), (Wall(audience="share"), ()), (Wall(name="vip"), ("protection", "vip"))],
    ids=["of all", "of an audience", "of a name"],
)
async def test_a_guard_leaves_out_whom_it_concerns(wall: Wall, names: tuple[str, ...], person: str) -> None:
    city = walled(wall, *names)
    body = await city.ask(DOCUMENT, {"id": person}, ARCHIVE)
    assert body["data"]["person"]["qualifications"] is None
    assert [error["extensions"]["code"] for error in body["errors"]] == ["DENIED"]
    assert "transport.qualification" not in {load.resource.code for load in city.loads}


@pytest.mark.parametrize("protected", [rows.PROTECTED, rows.ONCE_PROTECTED])
async def test_who_asks_for_itself_does_not_hear_who_else_is_protected(protected: str) -> None:
    """That the records are not its own is said of everyone, whatever else would withhold them."""
    catalogue, _ = read_city("harbour")
    grant = Grant("G-1", ("registry.*.*",), frozenset(), level=4)
    application = Application("citizen", "Citizen", "self", "registry", frozenset({"OWN"}), (), (grant,))
    city = open_catalogue(catalogue, Policy({"citizen": application}), ALL, rows.TABLES)
    city.gateway.guards = (*city.gateway.guards, SubjectGuard(lambda _: frozenset()))
    citizen = Caller("citizen", "self", "registry", frozenset({"OWN"}), "OWN", Operator("op-5"), "2026-4")
    document = "query Others($ids: [String!]!) { persons(ids: $ids) { person { name } } }"
    body = await city.ask(document, {"ids": [protected, rows.ZHANG]}, citizen)
    assert {error["extensions"]["rule"] for error in body["errors"]} == {"NOT_SELF"}
