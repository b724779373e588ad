"""Driver errors -> our errors, in one table. The most specific class wins; no text is kept."""

from sqlalchemy import exc

from connectors.errors import SourceError, SourceMisbehaved, SourceRefused, SourceUnavailable

TABLE: dict[type[BaseException], type[SourceError]] = {
    exc.SQLAlchemyError: SourceMisbehaved,
    exc.DBAPIError: SourceUnavailable,
    exc.InterfaceError: SourceUnavailable,
    exc.OperationalError: SourceUnavailable,
    exc.InternalError: SourceUnavailable,
    exc.DatabaseError: SourceMisbehaved,
    exc.DataError: SourceMisbehaved,
    exc.IntegrityError: SourceMisbehaved,
    exc.ProgrammingError: SourceRefused,
    exc.NotSupportedError: SourceMisbehaved,
    exc.TimeoutError: SourceUnavailable,
    exc.DisconnectionError: SourceUnavailable,
    OSError: SourceUnavailable,
}
"""ProgrammingError: a table or column that is not there, or no right to it."""


def translate(error: BaseException) -> SourceError:
    """Say a driver's error in our words; only the names of classes are kept."""
    for class_ in type(error).__mro__:
        if class_ in TABLE:
            original = getattr(error, "orig", None)
            names = type(error).__name__ + (f"/{type(original).__name__}" if original else "")
            is_transient = bool(getattr(error, "connection_invalidated", False))
            return TABLE[class_](names, is_transient=is_transient)
    return SourceMisbehaved(type(error).__name__)
