"""An error takes away what its path leads to, and everything where nobody can tell whose it is."""

from typing import Any

import pytest

from connectors.errors import SourceError, SourceMisbehaved, SourceRefused, SourceUnavailable
from schema.catalogue.compile_codec import make_codec
from schema.catalogue.model import KeyColumns
from tests.connectors.graphql.asked import ALIASES, ENTITIES, LIST, answered, ask, error, thing
from tests.connectors.http.declared import NO
from tests.connectors.http.liar import lying

A, B, C = thing("A"), thing("B", "y", 2), thing("C")
IS_B = (("B", "y", 2),)
FORBIDDEN = {"code": "FORBIDDEN"}
OWNED = {
    "query": "query ($keys: [ID!]!) { owners(ids: $keys) { things { __typename } } }",
    "fields": {"no": "../id", "name": "../seat.name"},
}
"""The key and the name stand around the rows."""
UNDER = {**OWNED, "keyless": True, "positional": True, "fields": {}}
PARTNER = KeyColumns("code", ("partner",), (make_codec("String"),))


def owners(*found: Any) -> dict[str, Any]:
    return {"owners_0": found}


def owner(no: Any, *things: Any) -> dict[str, Any]:
    return {"id": no, "seat": {"name": "x"}, "things": things}


ONE = {"size": 1}
KEYED: dict[str, tuple[dict[str, Any], Any, Any]] = {
    "an item of a row": (LIST, {"list_0": [thing("A", None), B]}, error("list_0", 0, "name", **FORBIDDEN)),
    "an item of one of its rows": (
        LIST, {"list_0": [A, B, thing("A", "z", None)]}, error("list_0", 2, "size", **FORBIDDEN),
    ),
    "an alias": (ALIASES, {"one_0": None, "one_1": B}, error("one_0", **FORBIDDEN)),
    "an item under an alias": (ALIASES, {"one_0": thing("A", None), "one_1": B}, error("one_0", "name", **FORBIDDEN)),
    "a row in a list under an alias": (ALIASES, {"one_0": [A, None], "one_1": [B]}, error("one_0", 1, **FORBIDDEN)),
    "an alias whose error leads nowhere": (ALIASES, {"one_0": A, "one_1": B}, error("one_0", 7, "x", **FORBIDDEN)),
    "an entity": (ENTITIES, {"_entities_0": [None, B]}, error("_entities_0", 0, **FORBIDDEN)),
    "an item of an entity": (
        ENTITIES, {"_entities_0": [thing("A", None), B]}, error("_entities_0", 0, "name", **FORBIDDEN),
    ),
    "what is around rows": (
        OWNED, owners({**owner("A", ONE), "seat": None}, owner("B", ONE)), error("owners_0", 0, "seat", **FORBIDDEN),
    ),
    "the list in what names the key": (
        OWNED, owners({**owner("A"), "things": None}, owner("B", ONE)), error("owners_0", 0, "things", **FORBIDDEN),
    ),
    "a row in what names the key": (
        OWNED, owners(owner("A", {"size": None}), owner("B", ONE)),
        error("owners_0", 0, "things", 0, "size", **FORBIDDEN),
    ),
    "the list of a position": (
        UNDER, owners({"things": None}, {"things": [{"name": "x", "size": 1}]}),
        error("owners_0", 0, "things", **FORBIDDEN),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", KEYED)
async def test_an_error_that_names_a_key_is_its_alone(name: str) -> None:
    origin, data, told = KEYED[name]
    async with lying(answered(data, told)) as liar:
        first, second = await ask(liar.url, origin, "A", "B")
    assert type(first) is SourceRefused
    assert second in (IS_B, (("B", "x", 1),))
    assert "secret" not in str(first)


EVERYBODYS: dict[str, tuple[dict[str, Any], Any, Any]] = {
    "an error without a path": (LIST, {"list_0": [A, B]}, error(**FORBIDDEN)),
    "an error of nothing that was asked": (LIST, {"list_0": [A, B]}, error("other", **FORBIDDEN)),
    "a list that failed": (LIST, {"list_0": None}, error("list_0", **FORBIDDEN)),
    "a null that climbed to the root": (LIST, None, error("list_0", 0, "name", **FORBIDDEN)),
    "a null entry, whose key nobody knows": (LIST, {"list_0": [None, B]}, error("list_0", 0, **FORBIDDEN)),
    "a key that failed": (LIST, {"list_0": [thing(None), B]}, error("list_0", 0, "no", **FORBIDDEN)),
    "a path that leads nowhere": (LIST, {"list_0": [A, B]}, error("list_0", 9, "name", **FORBIDDEN)),
    "all entities": (ENTITIES, {"_entities_0": None}, error("_entities_0", **FORBIDDEN)),
    "a position that there is not": (ENTITIES, {"_entities_0": [A, B]}, error("_entities_0", 5, **FORBIDDEN)),
    "the key around rows": (
        OWNED, owners({**owner("A", ONE), "id": None}, owner("B", ONE)), error("owners_0", 0, "id", **FORBIDDEN),
    ),
    "one of what is around rows": (OWNED, owners(None, owner("B", ONE)), error("owners_0", 0, **FORBIDDEN)),
}  # fmt: skip


@pytest.mark.parametrize("name", EVERYBODYS)
async def test_an_error_that_names_nobody_is_everybodys(name: str) -> None:
    origin, data, told = EVERYBODYS[name]
    async with lying(answered(data, told)) as liar:
        try:
            found = await ask(liar.url, origin, "A", "B")
        except SourceError as raised:
            found = (raised, raised)
    assert [type(one) for one in found] == [SourceRefused, SourceRefused]


async def test_a_row_of_two_keys_with_an_error_fails_both() -> None:
    pair = {**thing("A", None), "partner": "B"}
    async with lying(
        answered({"list_0": [pair, {**C, "partner": None}]}, error("list_0", 0, "name"))
    ) as liar:
        found = await ask(liar.url, LIST, "A", "B", "C", by=(NO, PARTNER))
    assert [type(one) for one in found] == [SourceUnavailable, SourceUnavailable, tuple]


async def test_a_row_whose_second_key_failed_may_be_anybodys() -> None:
    pair = {**A, "partner": None}
    async with lying(answered({"list_0": [pair]}, error("list_0", 0, "partner"))) as liar:
        found = await ask(liar.url, LIST, "A", "B", by=(NO, PARTNER))
    assert [type(one) for one in found] == [SourceUnavailable, SourceUnavailable]


async def test_the_first_error_of_a_key_counts() -> None:
    told = (error("one_0", code="TIMEOUT"), error("one_0", code="FORBIDDEN"))
    async with lying(answered({"one_0": None, "one_1": B}, *told)) as liar:
        first, _ = await ask(liar.url, ALIASES, "A", "B")
    assert type(first).__name__ == "SourceTimeout"


CODES = {"not_found": "no_record"}


@pytest.mark.parametrize("code", ["NOT_FOUND", "not-found"])
async def test_a_declared_code_means_no_record_where_nothing_is(code: str) -> None:
    async with lying(answered({"one_0": None, "one_1": B}, error("one_0", code=code))) as liar:
        assert await ask(liar.url, ALIASES, "A", "B", codes=CODES) == ((), IS_B)
    async with lying(answered({"_entities_0": [None, B]}, error("_entities_0", 0, code=code))) as liar:
        assert await ask(liar.url, ENTITIES, "A", "B", codes=CODES) == ((), IS_B)


@pytest.mark.parametrize(("origin", "alias"), [(LIST, "list_0"), (ENTITIES, "_entities_0")])
async def test_a_missing_record_that_took_the_list_of_several_with_it_is_an_error(
    origin: dict[str, Any], alias: str
) -> None:
    """Apollo's subgraphs answer so where a reference fails before anything is awaited."""
    async with lying(answered({alias: None}, error(alias, code="NOT_FOUND"))) as liar:
        found = await ask(liar.url, origin, "A", "B", codes=CODES)
        assert [type(one) for one in found] == [SourceMisbehaved, SourceMisbehaved]
        assert await ask(liar.url, origin, "A", codes=CODES) == ((),)


async def test_undeclared_it_is_an_error() -> None:
    async with lying(answered({"one_0": None, "one_1": B}, error("one_0", code="NOT_FOUND"))) as liar:
        first, second = await ask(liar.url, ALIASES, "A", "B")
    assert type(first) is SourceUnavailable
    assert second == IS_B


async def test_no_record_inside_a_record_is_no_silent_null() -> None:
    told = error("one_0", "name", code="NOT_FOUND")
    async with lying(answered({"one_0": thing("A", None), "one_1": B}, told)) as liar:
        first, second = await ask(liar.url, ALIASES, "A", "B", codes=CODES)
    assert type(first) is SourceMisbehaved
    assert second == IS_B


async def test_no_record_that_climbs_to_the_root_hides_what_it_does_not_name() -> None:
    async with lying(answered(None, error("one_0", code="NOT_FOUND"))) as liar:
        assert await ask(liar.url, ALIASES, "A", codes=CODES) == ((),)
        with pytest.raises(SourceMisbehaved):
            await ask(liar.url, ALIASES, "A", "B", codes=CODES)


async def test_an_error_told_once_for_many_fails_every_place_like_it() -> None:
    """Our own gateway folds equal errors into one, with their `count`."""
    things = [{"name": "x", "size": 1}]
    data = owners({"things": None}, {"things": things}, {"things": None})
    told = error("owners_0", 0, "things", code="DENIED", count=2, pattern="owners_0.*.things")
    async with lying(answered(data, told)) as liar:
        found = await ask(liar.url, UNDER, "A", "B", "C")
    assert [type(one) for one in found] == [SourceRefused, tuple, SourceRefused]


async def test_an_error_for_many_that_are_nowhere_is_everybodys() -> None:
    data = owners({"things": []}, {"things": []})
    told = error("owners_0", 0, "things", code="DENIED", count=2)
    async with lying(answered(data, told)) as liar:
        found = await ask(liar.url, UNDER, "A", "B")
    assert [type(one) for one in found] == [SourceRefused, SourceRefused]
