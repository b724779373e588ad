"""Every error of DuckDB has its word, and none of its text leaves."""

import duckdb
import pytest

from connectors.errors import SourceError, SourceMisbehaved, SourceRefused, SourceTimeout, SourceUnavailable
from connectors.files.errors import TABLE, translate


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
