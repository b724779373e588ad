"""DuckDB's errors -> ours, in one table: the most specific class wins.

No text is kept: it holds values.
"""

import duckdb

from connectors.errors import (
    SourceError,
    SourceMisbehaved,
    SourceRefused,
    SourceTimeout,
    SourceUnavailable,
)

TABLE: dict[type[BaseException], type[SourceError]] = {
    duckdb.Error: SourceUnavailable,
    duckdb.DatabaseError: SourceMisbehaved,
    duckdb.Warning: SourceMisbehaved,
    duckdb.OperationalError: SourceUnavailable,
    duckdb.InternalError: SourceUnavailable,
    duckdb.ProgrammingError: SourceRefused,
    duckdb.DataError: SourceMisbehaved,
    duckdb.IntegrityError: SourceMisbehaved,
    duckdb.NotSupportedError: SourceMisbehaved,
    duckdb.BinderException: SourceRefused,  # no such column
    duckdb.CatalogException: SourceRefused,  # no such table
    duckdb.ConnectionException: SourceUnavailable,
    duckdb.ConstraintException: SourceMisbehaved,
    duckdb.ConversionException: SourceMisbehaved,
    duckdb.DependencyException: SourceMisbehaved,
    duckdb.FatalException: SourceUnavailable,  # the database is gone until it is opened again
    duckdb.HTTPException: SourceUnavailable,
    duckdb.InternalException: SourceUnavailable,
    duckdb.InterruptException: SourceTimeout,
    duckdb.InvalidInputException: SourceMisbehaved,
    duckdb.InvalidTypeException: SourceMisbehaved,
    duckdb.IOException: SourceUnavailable,
    duckdb.NotImplementedException: SourceMisbehaved,
    duckdb.OutOfMemoryException: SourceUnavailable,
    duckdb.OutOfRangeException: SourceMisbehaved,
    duckdb.ParserException: SourceMisbehaved,
    duckdb.PermissionException: SourceRefused,  # a place that the database may not look at
    duckdb.ResourceInUseException: SourceUnavailable,
    duckdb.SequenceException: SourceMisbehaved,
    duckdb.SerializationException: SourceUnavailable,
    duckdb.SyntaxException: SourceMisbehaved,
    duckdb.TransactionException: SourceUnavailable,
    duckdb.TypeMismatchException: SourceMisbehaved,
    OSError: SourceUnavailable,
    UnicodeError: SourceMisbehaved,
    OverflowError: SourceMisbehaved,
}
"""By class."""

DRIVER_ERRORS = tuple(TABLE)
"""What to catch."""


def translate(error: BaseException) -> SourceError:
    """Say an error in our words; only the name of its class is kept."""
    class_ = next((TABLE[one] for one in type(error).__mro__ if one in TABLE), SourceMisbehaved)
    return class_(type(error).__name__)
