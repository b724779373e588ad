"""Every error of DuckDB has its word, and none of its text leaves."""

from pathlib import Path

import duckdb
import pytest

from connectors.errors import SourceError, SourceMisbehaved, SourceRefused, SourceTimeout, SourceUnavailable
from connectors.files.errors import TABLE, translate
from tests.connectors.files.office import TEXT, declared, office


def test_every_class_of_duckdb_stands_in_the_table() -> None:
    found = [one for one in vars(duckdb).values() if isinstance(one, type) and issubclass(one, Exception)]
    assert len(found) > 30
    assert set(found) <= set(TABLE)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (duckdb.CatalogException("secret"), SourceRefused),
        (duckdb.InterruptException("secret"), SourceTimeout),
        (duckdb.OutOfMemoryException("secret"), SourceUnavailable),
        (duckdb.ConversionException("secret"), SourceMisbehaved),
        (FileNotFoundError("secret"), SourceUnavailable),
        (RuntimeError("secret"), SourceMisbehaved),
    ],
)
def test_the_name_of_the_class_is_all_that_is_kept(error: Exception, expected: type[SourceError]) -> None:
    told = translate(error)
    assert (type(told), told.detail) == (expected, type(error).__name__)


@pytest.mark.parametrize("class_", [duckdb.FatalException, duckdb.InternalException])
async def test_a_database_that_gave_up_is_opened_again(
    tmp_path: Path, class_: type[duckdb.DatabaseError]
) -> None:
    """DuckDB answers nothing more after an error of its own: the next request has another engine."""
    (tmp_path / "a.csv").write_text("id\n1\n")
    async with office(tmp_path, declared({"file": "a.csv"}, {"id": TEXT})) as one:
        assert await one.rows("1") == [("1",)]
        broken = one.connector._reading
        assert isinstance(broken.told(class_("secret")), SourceUnavailable)
        assert await one.rows("1") == [("1",)]
        assert one.connector._reading is not broken
