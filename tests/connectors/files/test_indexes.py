"""What a key costs: an index look-up, however large the file."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.requests import OrderTerm
from connectors.sql.prepared import Prepared
from schema.catalogue.model import Attachment, KeyColumns, Resource
from schema.predicate import Compare
from tests.connectors.files.office import TEXT, WHOLE, Office, declared, office

ROWS = 300_000
COLUMNS = {"id": TEXT, "spouse": TEXT, "kind": TEXT, "n": WHOLE}
BY_SPOUSE = KeyColumns("s", ("spouse",), (TEXT,))
BY_BOTH = KeyColumns("b", ("id", "n"), (TEXT, WHOLE))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("drops")
    with (made / "a.csv").open("w") as file:
        file.write("id,spouse,kind,n\n")
        file.writelines(f"K{n * 7919 % ROWS:09},S{n * 104729 % ROWS:09},k{n % 3},{n}\n" for n in range(ROWS))
    return made


def _of() -> Resource:
    of = declared({"file": "a.csv"}, COLUMNS)
    return replace(
        of, attachments=(*of.attachments, Attachment("Person", "ss", (BY_SPOUSE, BY_BOTH), many=True))
    )


async def scans(one: Office, *keys: Any, **options: Any) -> set[str]:
    """How DuckDB reads the table for a load."""
    ran: list[tuple[Prepared, Any]] = []
    runner = one.connector._reading.sql._runner
    run = runner.run

    async def heard(prepared: Prepared, values: Any) -> Any:
        ran.append((prepared, values))
        return await run(prepared, values)

    runner.run = heard  # type: ignore[method-assign] # listens to what is run
    try:
        await one.load(*keys, **options)
    finally:
        runner.run = run  # type: ignore[method-assign]
    prepared, values = ran[-1]
    engine = runner._engine.connect()  # type: ignore[attr-defined]
    plan = engine.execute(f"EXPLAIN ANALYZE {prepared.text}", prepared.arguments(values)).fetchall()[0][1]
    return set(re.findall(r"Type: (\w+ Scan)", plan))


@pytest.mark.parametrize(
    ("by", "keys", "options"),
    [
        (("id",), ["K000000007"], {}),
        (("id",), [f"K{n * 1_000:09}" for n in range(200)], {}),
        (("id",), ["K000000007"], {"predicate": Compare("n", "gt", 5), "order": (OrderTerm("n"),)}),
        (("id",), ["K000000007"], {"limit_per_key": 2, "order": (OrderTerm("kind"),)}),
        (("id",), ["K000000007", "K000000008"], {"limit_per_key": 2, "order": (OrderTerm("kind"),)}),
        (("spouse",), ["S000000007"], {}),
        (("id", "n"), [("K000000007", 5), ("K000000008", 6)], {}),
    ],
)
async def test_keys_are_found_by_an_index(
    folder: Path, tmp_path: Path, by: tuple[str, ...], keys: list[Any], options: dict[str, Any]
) -> None:
    async with office(folder, _of(), store=str(folder / "store")) as one:
        assert await scans(one, *keys, by=by, **options) == {"Index Scan"}


async def test_either_of_two_columns_is_found_by_its_own(folder: Path) -> None:
    from tests.conformance.suite import binding, load_of

    async with office(folder, _of(), store=str(folder / "store")) as one:
        key = binding(KeyColumns("k", ("id",), (TEXT,)), BY_SPOUSE)
        (entry,) = (await one.connector.load(load_of(one.of, key, "K000000007", items=("n",)))).entries
        assert isinstance(entry, tuple)
        assert len(entry) == 1
        assert " UNION " in one.sent[-1]
