"""Every driver error has its word, and none of its text leaves."""

import pytest
from sqlalchemy import exc

from connectors.errors import SourceError
from connectors.sql.errors import TABLE, translate


def _subclasses(of: type[BaseException]) -> list[type[BaseException]]:
    return [one for sub in of.__subclasses__() for one in (sub, *_subclasses(sub))]


@pytest.mark.parametrize("class_", [exc.DBAPIError, *_subclasses(exc.DBAPIError)])
def test_every_class_of_database_error_stands_in_the_table(class_: type[BaseException]) -> None:
    if class_.__module__ == exc.__name__:
        assert class_ in TABLE


def test_no_text_of_a_driver_is_kept() -> None:
    error = exc.OperationalError("SELECT secret", {"id": "secret"}, ValueError("secret"))
    told = translate(error)
    assert isinstance(told, SourceError)
    assert told.detail == "OperationalError/ValueError"
    assert "secret" not in str(told)


def test_an_unknown_error_is_a_breach() -> None:
    assert translate(RuntimeError("secret")).detail == "RuntimeError"
