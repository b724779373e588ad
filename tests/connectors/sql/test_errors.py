"""Every driver error has its word, and none of its text leaves."""

import sqlite3
from types import ModuleType

import asyncmy.errors
import asyncpg
import asyncpg.exceptions
import pytest
from asyncmy.constants import ER
from sqlalchemy import exc

from connectors.errors import (
    SourceError,
    SourceMisbehaved,
    SourceRefused,
    SourceTimeout,
    SourceUnavailable,
)
from connectors.registry import find_kinds
from connectors.sql.errors import NUMBERS, STATES, TABLE, translate
from schema.catalogue.model import Source
from schema.catalogue.read import compile_declarations


def _subclasses(of: type[BaseException]) -> list[type[BaseException]]:
    return [one for sub in of.__subclasses__() for one in (sub, *_subclasses(sub))]


@pytest.mark.parametrize("class_", [exc.DBAPIError, *_subclasses(exc.DBAPIError)])
def test_every_class_of_database_error_stands_in_the_table(class_: type[BaseException]) -> None:
    if class_.__module__ == exc.__name__:
        assert class_ in TABLE


@pytest.mark.parametrize(
    ("error", "expected", "detail"),
    [
        (asyncpg.UndefinedTableError("secret"), SourceRefused, "UndefinedTableError/42P01"),
        (asyncpg.QueryCanceledError("secret"), SourceTimeout, "QueryCanceledError/57014"),
        (asyncpg.InterfaceError("secret"), SourceUnavailable, "InterfaceError"),
        (asyncmy.errors.OperationalError(1045, "secret"), SourceRefused, "OperationalError"),
        (asyncmy.errors.OperationalError(2013, "secret"), SourceUnavailable, "OperationalError"),
        (asyncmy.errors.ProgrammingError(1146, "secret"), SourceRefused, "ProgrammingError"),
        (ConnectionResetError("secret"), SourceUnavailable, "ConnectionResetError"),
        (ValueError("secret"), SourceMisbehaved, "ValueError"),
        (asyncpg.UnsupportedClientFeatureError("secret"), SourceMisbehaved, "UnsupportedClientFeatureError"),
    ],
)
def test_errors_that_come_straight_from_a_driver(
    error: Exception, expected: type[SourceError], detail: str
) -> None:
    told = translate(error)
    assert (type(told), told.detail, told.is_transient) == (expected, detail, False)
    assert translate(error, is_lost=True).is_transient


def test_no_text_of_a_driver_is_kept() -> None:
    error = exc.OperationalError("SELECT secret", {"id": "secret"}, ValueError("secret"))
    told = translate(error)
    assert isinstance(told, SourceError)
    assert told.detail == "OperationalError/ValueError"
    assert "secret" not in str(told)


def test_an_unknown_error_is_a_breach() -> None:
    assert translate(RuntimeError("secret")).detail == "RuntimeError"


def _errors(module: ModuleType) -> list[type[Exception]]:
    return [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, Exception)]


def test_every_sqlstate_of_postgresql_stands_in_the_table() -> None:
    states = {getattr(one, "sqlstate", None) for one in _errors(asyncpg.exceptions)} - {None}
    assert len(states) > 200
    assert {str(state)[:2] for state in states} <= set(STATES)


def test_every_class_of_asyncpg_stands_in_the_table() -> None:
    for error in _errors(asyncpg.exceptions):
        assert any(base in TABLE for base in error.__mro__) or issubclass(error, Warning), error


@pytest.mark.parametrize("module", [asyncmy.errors, sqlite3])
def test_every_class_of_a_driver_stands_in_the_table(module: ModuleType) -> None:
    found = _errors(module)
    assert len(found) > 9
    for error in found:
        assert any(base in TABLE for base in error.__mro__), error


def test_every_number_of_the_table_is_one_of_the_driver() -> None:
    known = {value for name, value in vars(ER).items() if name.isupper()}
    assert {number for number in NUMBERS if number < 1800 and number != 1698} <= known


class _Answered(Exception):
    """What a driver raises, with the code that the server gave."""

    def __init__(self, state: str, number: int = 0) -> None:
        super().__init__(number, "secret")
        self.sqlstate = state


@pytest.mark.parametrize(
    ("state", "number", "expected"),
    [
        ("3D000", 0, SourceRefused),
        ("28P01", 0, SourceRefused),
        ("42501", 0, SourceRefused),
        ("57014", 0, SourceTimeout),
        ("57P01", 0, SourceUnavailable),
        ("53300", 0, SourceUnavailable),
        ("40P01", 0, SourceUnavailable),
        ("42S22", 1054, SourceRefused),
        ("42000", 1049, SourceRefused),
        ("70100", 1969, SourceTimeout),
        ("HY000", 1130, SourceRefused),
        ("HY000", 2006, SourceUnavailable),
    ],
)
def test_a_code_says_more_than_a_class(state: str, number: int, expected: type[SourceError]) -> None:
    told = translate(exc.OperationalError("SELECT", {}, _Answered(state, number)))
    assert type(told) is expected
    assert told.detail == f"OperationalError/_Answered/{state}"
    assert told.is_transient == (state[:2] in {"08", "40"})


@pytest.mark.parametrize(
    ("statement", "expected"),
    [("SELECT * FROM missing", SourceRefused), ("SELECT missing", SourceRefused), ("SELEC", SourceRefused)],
)
def test_sqlite_says_what_it_refuses(statement: str, expected: type[SourceError]) -> None:
    with pytest.raises(sqlite3.Error) as caught:
        sqlite3.connect(":memory:").execute(statement)
    assert type(translate(exc.OperationalError(statement, {}, caught.value))) is expected


@pytest.mark.parametrize(
    "url",
    [
        "nodialect://gw:s3cr3t@db/x",
        "post gres",
        "postgresql+asyncpg//gw:s3cr3t@db/x",
        "postgresql+asyncpg://gw:s3cr3t@db:port/x",
        "postgresql://gw:s3cr3t@db/x",
        "",
    ],
)
def test_a_url_that_is_none_is_a_problem_at_its_line(url: str) -> None:
    city = {
        "city.yaml": "city: 城 — City\n",
        "departments/a/department.yaml": (
            f'department: a\ntitle: 甲 — A\nsources:\n  db:\n    kind: sql\n    url: "{url}"\n'
        ),
    }
    (problem,) = compile_declarations(city, find_kinds()).problems
    assert (problem.line, problem.code) == (6, "VALUE_ERROR")
    assert "s3cr3t" not in str(problem)


def test_what_a_source_declares_is_not_in_its_text() -> None:
    source = Source("a", "db", "sql", {"url": "postgresql+asyncpg://gw:s3cr3t@db/x"}, is_connected=True)
    assert "s3cr3t" not in repr(source)
