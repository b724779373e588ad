"""One golden case: what is asked, what must be true of it, and the files that show the rest."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import yaml
from pydantic import BaseModel, ConfigDict, Field

from schema.policy.caller import Caller
from tests.cities import fjord_rows, harbour_rows, shore_rows
from tests.kit import ANONYMOUS, ARCHIVE, CLERK, DESK, FILING, KEEPER, PILOTS, STRANGER, VISITOR

CASES = Path(__file__).parent
UPDATE = bool(os.environ.get("JUTONG_TEST_UPDATE_CASES"))
"""Write the generated files anew; what `case.yaml` demands holds all the same."""


@dataclass(frozen=True)
class CaseCity:
    """A catalogue of `tests/cities` with its rows and callers."""

    name: str
    tables: Mapping[str, Sequence[Mapping[str, Any]]]
    over_http: str
    """The department that is a web service on the wire; all others are in SQLite."""
    callers: Mapping[str, Caller]


HARBOUR = CaseCity(
    "harbour",
    harbour_rows.TABLES,
    "transport",
    {"desk": DESK, "stranger": STRANGER, "anonymous": ANONYMOUS, "archive": ARCHIVE, "filing": FILING},
)
FJORD = CaseCity(
    "fjord",
    fjord_rows.TABLES,
    "maritime",
    {"desk": PILOTS, "stranger": VISITOR, "anonymous": ANONYMOUS, "archive": KEEPER, "filing": CLERK},
)
"""Another country: no word, entity or key of the first."""
SHORE = CaseCity(
    "shore", shore_rows.TABLES, "survey", {"desk": DESK, "stranger": STRANGER, "anonymous": ANONYMOUS}
)
"""What stands where: places, areas and a coast."""
CITIES = {city.name: city for city in (HARBOUR, FJORD, SHORE)}


class Must(BaseModel):
    """Written by hand: what has to hold, whatever the generated files say."""

    model_config = ConfigDict(extra="forbid")

    hops: int
    promised_hops: int | None = Field(
        default=None, description="Where rows lead nowhere, or aliases further."
    )
    calls: int
    asked: dict[str, list[str]] = Field(default={}, description="Resource to the columns that leave it.")
    data: Any = None
    errors: dict[str, str] = Field(default={}, description="Pattern of the path to the code.")
    subjects: int = Field(default=0, description="Whose data it is: entities in the record.")


class Declared(BaseModel):
    """`case.yaml`."""

    model_config = ConfigDict(extra="forbid")

    shows: str = Field(description="What the case is there for.")
    caller: str = "desk"
    variables: dict[str, Any] = {}
    operation: str | None = None
    needs_pushdown: bool = Field(default=False, description="Pages are all the source's work.")
    down: list[str] = Field(default=[], description="Resources whose source does not answer.")
    must: Must


@dataclass(frozen=True)
class Case:
    """A folder of `tests/cases`, or of `tests/cases/<city>` over another catalogue."""

    folder: Path
    declared: Declared
    document: str

    @property
    def caller(self) -> Caller:
        """Who asks."""
        return self.city.callers[self.declared.caller]

    @property
    def city(self) -> CaseCity:
        """Where it is asked."""
        return CITIES.get(self.folder.parent.name, HARBOUR)

    @property
    def id(self) -> str:
        """In the names of tests."""
        return self.folder.relative_to(CASES).as_posix()

    def compare(self, name: str, text: str) -> None:
        """Hold a generated file to what was seen."""
        path = self.folder / name
        if UPDATE:
            path.write_text(text, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == text, f"{self.folder.name}/{name}"


def read_cases() -> list[Case]:
    """All of them, by name."""
    return [
        Case(
            path.parent,
            Declared.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))),
            (path.parent / "document.graphql").read_text(encoding="utf-8"),
        )
        for path in sorted(CASES.rglob("case.yaml"))
    ]


def pretty(value: Any) -> str:
    """JSON for a diff, with times of the day left out."""
    text = orjson.dumps(value, option=orjson.OPT_INDENT_2, default=_plain).decode()
    return re.sub(r'("(?:fetchedAt|asOf)": )"[^"]+"', r'\1"<time>"', text) + "\n"


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else str(value)
