"""The documents that every contestant answers, and the variables of their requests."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from benchmarks.world import person_id

CORE = "name sex birthDate nation address householdNo district status"


@dataclass(frozen=True)
class Case:
    """One document. `persons` new persons are asked for in each request, or the same one every time."""

    name: str
    title: str
    document: str
    persons: int = 1
    is_hot: bool = False

    def variables(self, number: int) -> Mapping[str, Any]:
        """Variables of the request that begins at a person's number."""
        if self.is_hot:
            return {"id": person_id(0)}
        if self.persons == 1:
            return {"id": person_id(number)}
        return {"ids": [person_id(number + i) for i in range(self.persons)]}

    def body(self, number: int) -> bytes:
        """Body of that request."""
        return orjson.dumps({"query": self.document, "variables": self.variables(number)})


_THREE = (
    f"{CORE} insurances {{ kind status paidThrough }} properties {{ certificateNo area usage registeredOn }}"
)
_THREE_DEPARTMENTS = f"query B($id: CitizenId!) {{ person(id: $id) {{ {_THREE} }} }}"

CASES: Mapping[str, Case] = {
    case.name: case
    for case in (
        Case("a", "one person, 8 fields", f"query A($id: CitizenId!) {{ person(id: $id) {{ {CORE} }} }}"),
        Case("b", "a person, three departments, 25 leaves", _THREE_DEPARTMENTS),
        Case(
            "c",
            "50 persons, three departments, 1,400 leaves",
            "query C($ids: [String!]!) { persons(ids: $ids) { person { "
            + _THREE.replace("paidThrough", "paidThrough base")
            + " } } }",
            persons=50,
        ),
        Case(
            "d",
            "permit check: depth 3, five source calls",
            "query D($id: CitizenId!) { person(id: $id) { name district qualifications {"
            " certificateNo category validTo employer { name status capital"
            " taxpayer { status grade } socialInsurance { insuredCount paidThrough } } } } }",
        ),
        Case("e", "b again and again, for the same person", _THREE_DEPARTMENTS, is_hot=True),
    )
}
