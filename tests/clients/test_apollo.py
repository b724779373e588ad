"""Apollo Client: variables, error policies, partial data, and one entity in its cache per person."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.city import citizen, name_of
from tests.faults.served import Served

pytestmark = pytest.mark.xdist_group("clients")

PERSON = citizen(7)
MALFORMED = PERSON[:-1] + ("1" if PERSON[-1] != "1" else "2")


@pytest.fixture(scope="module")
def seen(served: Served, node: Callable[..., Any]) -> Any:
    """What the client made of our answers."""
    return node("apollo.mjs", f"{served.url}/graphql", "desk", PERSON, MALFORMED)


def test_a_query_with_variables(seen: Any) -> None:
    assert seen["name"]["person"]["name"] == name_of(7)


def test_a_person_is_one_entity_in_the_cache(seen: Any) -> None:
    persons = [entity for key, entity in seen["entities"].items() if key.startswith("Person:")]
    assert len(persons) == 1
    assert {"name", "address", "licences"} <= persons[0].keys()
    assert PERSON not in str([key for key in seen["entities"] if key != "ROOT_QUERY"])
    (licence,) = persons[0]["licences"]
    assert licence["operator"]["__ref"].startswith("Enterprise:")


def test_what_two_queries_brought_answers_a_third_without_a_request(seen: Any) -> None:
    assert seen["requestsForBoth"] == 0
    assert seen["both"]["person"]["name"] == name_of(7)
    assert seen["both"]["person"]["address"] == "某路7弄"


def test_error_policies_with_partial_data(seen: Any) -> None:
    for policy in ("all", "ignored", "quiet"):
        assert seen[policy]["data"]["person"]["name"] == name_of(7)
        assert seen[policy]["data"]["person"]["wages"] is None
    assert seen["all"]["codes"] == ["SOURCE_DOWN"]
    assert seen["ignored"]["error"] is None
    assert seen["quiet"]["error"] is None
    assert seen["refused"]["codes"] == ["SOURCE_DOWN"]


def test_a_refused_variable_is_a_graphql_error_without_the_value(seen: Any) -> None:
    assert seen["wrong"]["codes"] == ["BAD_INPUT"]
    assert MALFORMED not in seen["wrong"]["message"]
