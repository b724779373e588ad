"""Schemas as they have grown: text keys over every type, names that are words, odd dates and charsets."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from connectors.errors import SourceError, SourceRefused, SourceTruncated
from connectors.requests import OrderTerm, Scan
from connectors.sql.names import table_path
from schema.catalogue.item_declarations import ReadDeclaration
from schema.predicate import Compare
from schema.values import Invalid
from tests.connectors.sql.legacy import OWN, TEXT, column, legacy, resource
from tests.patience import soon
from tests.services import require

pytestmark = pytest.mark.xdist_group("sql")
BOTH = pytest.mark.parametrize("name", ["postgres", "mariadb"])
UUID_A = "0b8d3c1e-0000-4000-8000-000000000001"

TYPES = {
    "bigint": ("5", "70", ["005", "5 ", "x", "", "99999999999999999999", "-0"]),
    "integer": ("5", "70", ["5.0", "99999999999"]),
    "smallint": ("5", "70", ["99999"]),
    "numeric(18,0)": ("5", "70", ["5.0", "05", "x"]),
    "varchar(40)": ("5a", "70", ["5A", "5a ", " 5a"]),
    "char(18)": ("5a", "70", ["5A", "5"]),
    "date": ("2001-02-03", "2002-01-01", ["x", "20010203"]),
}
"""By type: two stored values, and keys that are none of them."""


@BOTH
@pytest.mark.parametrize("type_", TYPES)
async def test_text_keys_find_rows_in_columns_of_any_type(name: str, type_: str) -> None:
    one, two, others = TYPES[type_]
    async with legacy(
        name,
        f"CREATE TABLE {{t}}_k (id {type_}, n integer)",
        f"INSERT INTO {{t}}_k VALUES ('{one}', 1), ('{two}', 2), (NULL, 3)",
    ) as database:
        of = resource(f"{OWN}_k", {"id": TEXT, "n": column("Int")}, ("id",))
        entries = await database.ask(of, ("id",), two, *others, one)
        assert entries == (((two, 2),), *((),) * len(others), ((one, 1),))
        assert await database.ask(of, ("id", "n"), (one, 1), (two, 1)) == (((one, 1),), ())
        assert await database.ask(of, ("id",), one, predicate=Compare("id", "startsWith", one[:1])) == (
            ((one, 1),),
        )
        assert await database.ask(of, ("n",), 1, 2, order=("id",), limit_per_key=1) == (
            ((one, 1),),
            ((two, 2),),
        )


@pytest.mark.parametrize("type_", ["uuid", "{t}_state", "{t}_number", "boolean", "double precision"])
async def test_types_that_only_postgresql_has(type_: str) -> None:
    one = {"uuid": UUID_A, "{t}_state": "open", "boolean": "true", "{t}_number": "7"}.get(type_, "1.5")
    async with legacy(
        "postgres",
        "CREATE TYPE {t}_state AS ENUM ('open', 'closed')",
        "CREATE DOMAIN {t}_number AS bigint",
        f"CREATE TABLE {{t}}_k (id {type_}, n integer)",
        f"INSERT INTO {{t}}_k VALUES ('{one}', 1)",
    ) as database:
        of = resource(f"{OWN}_k", {"id": TEXT, "n": column("Int")}, ("id",))
        entries = await database.ask(of, ("id",), one, "x", one.upper() + " ", items=("n",))
        assert entries == (((1,),), (), ())


CLASSES: Mapping[str, Mapping[str, tuple[str, bool]]] = {
    "mariadb": {"time(0)": ("-100:00:07", True), "time": ("08:30:00", True), "year": ("2024", True)},
    "postgres": {"time": ("08:30:00", True), "interval": ("08:30:00", True), "inet": ("10.1.0.0/16", True),
                 "uuid": (UUID_A, True), "int4range": ("[1,3)", False), "point": ("(1,2)", False),
                 "integer[]": ("{1,2}", False)},
}  # fmt: skip
"""By database and type, a value as the database writes it, and whether a `String` is that text."""


@BOTH
async def test_what_a_driver_has_classes_for_is_text_as_the_database_writes_it(name: str) -> None:
    """Or unreadable: never how Python names an object."""
    for type_, (text, is_text) in CLASSES[name].items():
        table = f"CREATE TABLE {{t}}_k (id integer, v {type_})"
        async with legacy(name, table, f"INSERT INTO {{t}}_k VALUES (1, '{text}')") as database:
            of = resource(f"{OWN}_k", {"id": column("Int"), "v": TEXT}, ("id",))
            (((read,),),) = await database.ask(of, ("id",), 1, items=("v",))
            assert read == text if is_text else isinstance(read, Invalid), (type_, read)


async def test_an_index_of_the_columns_own_type_is_found() -> None:
    async with legacy(
        "postgres",
        "CREATE TABLE {t}_k (id bigint PRIMARY KEY, c char(18) UNIQUE, n integer)",
        "INSERT INTO {t}_k SELECT i, lpad(i::text, 18, '0'), i FROM generate_series(1, 20000) i",
        "ANALYZE {t}_k",
    ) as database:
        of = resource(f"{OWN}_k", {"id": TEXT, "c": TEXT, "n": column("Int")}, ("id",))
        for by, key in (("id", "7"), ("c", "000000000000000007")):
            type_ = "::BIGINT" if by == "id" else "::BPCHAR"
            assert await database.ask(of, (by,), key, items=("n",)) == (((7,),),)
            assert f'"{by}" = $1' in database.sent[-1]
            assert await database.ask(of, (by,), key, "no", items=("n",)) == (((7,),), ())
            assert f"any($1{type_}[])" in database.sent[-1]


@BOTH
async def test_names_that_are_words_and_no_words(name: str) -> None:
    quote = "`" if name == "mariadb" else '"'
    columns = [
        "order",
        "select",
        "证件 号码",
        "a%b",
        "Group",
        'q"x' if name == "mariadb" else "q`x",
        "a:b",
        "a.b",
    ]
    quoted = ", ".join(f"{quote}{one}{quote} varchar(20)" for one in columns)
    values = ", ".join(f"'{n}'" for n in range(len(columns)))
    table = f"{OWN}_ odd%表"
    async with legacy(
        name,
        f"CREATE TABLE {quote}{table.replace(' ', '·')}{quote} ({quoted})",
        f"INSERT INTO {quote}{table.replace(' ', '·')}{quote} VALUES ({values})",
    ) as database:
        of = resource(table.replace(" ", "·"), dict.fromkeys(columns, TEXT), ("证件 号码",))
        expected = tuple(str(n) for n in range(len(columns)))
        for place, one in enumerate(columns):
            assert await database.ask(of, (one,), str(place), order=(one,), limit_per_key=3) == ((expected,),)
        assert await database.ask(of, ("order", "a%b"), ("0", "3"), arguments={"select": "1"}) == (
            (expected,),
        )


@BOTH
async def test_schemas_views_and_quoted_names(name: str) -> None:
    kind = "SCHEMA" if name == "postgres" else "DATABASE"
    quote = '"' if name == "postgres" else "`"
    async with legacy(
        name,
        f"CREATE {kind} {{t}}_s",
        f"CREATE TABLE {{t}}_s.{quote}T.1{quote} (id bigint, n integer)",
        f"INSERT INTO {{t}}_s.{quote}T.1{quote} VALUES (5, 1)",
        f"CREATE VIEW {{t}}_s.v AS SELECT id, n FROM {{t}}_s.{quote}T.1{quote}",
    ) as database:
        for origin in (f"{OWN}_s.v", f'{OWN}_s."T.1"', f"{OWN}_s.`T.1`", f"{OWN}_s.[T.1]"):
            of = resource(origin, {"id": TEXT, "n": column("Int")}, ("id",))
            assert await database.ask(of, ("id",), "5", "6") == ((("5", 1),), ())


def test_the_parts_of_a_declared_table() -> None:
    assert table_path("t") == ("t",)
    assert table_path("s.t") == ("s", "t")
    assert table_path('"s.1"."a ""b"""') == ("s.1", 'a "b"')
    assert table_path("`s`.`t``x`") == ("s", "t`x")


@BOTH
async def test_a_table_that_changes_its_types_is_read_anew(name: str) -> None:
    async with legacy(
        name, "CREATE TABLE {t}_k (id bigint, n integer)", "INSERT INTO {t}_k VALUES (5, 1)"
    ) as database:
        of = resource(f"{OWN}_k", {"id": TEXT, "n": column("Int")}, ("id",))
        assert await database.ask(of, ("id",), "5") == ((("5", 1),),)
        await _run(database.url, f"DROP TABLE {OWN}_k", f"CREATE TABLE {OWN}_k (id varchar(9), n integer)")
        for _ in range(3):
            try:
                entries = await database.ask(of, ("id",), "5")
            except SourceError:
                continue
            break
        assert entries == ((),)


async def _run(url: str, *statements: str) -> None:
    from tests.connectors.sql.legacy import run

    await run(url, *statements)


@BOTH
async def test_numbers_truths_and_bits(name: str) -> None:
    truth = "tinyint(1)" if name == "mariadb" else "boolean"
    moment = "datetime" if name == "mariadb" else "timestamp"
    true = "1" if name == "mariadb" else "true"
    async with legacy(
        name,
        f"CREATE TABLE {{t}}_k (id integer, amount numeric(20,2), ok {truth}, flag bit(1), moment {moment})",
        f"INSERT INTO {{t}}_k VALUES (1, 123456789012345678.90, {true}, b'1', '2024-05-06 07:08:09')",
    ) as database:
        truths = {"ok": column("Boolean"), "flag": column("Boolean"), "moment": column("DateTime")}
        of = resource(f"{OWN}_k", {"id": TEXT, "amount": column("Decimal"), **truths}, ("id",))
        (((_, amount, ok, flag, moment),),) = await database.ask(of, ("id",), "1")
        assert (amount, ok, flag) == (Decimal("123456789012345678.90"), True, True)
        assert moment.isoformat() == "2024-05-06T07:08:09+08:00"
        assert len((await database.ask(of, ("id",), "1", predicate=Compare("ok", "eq", True)))[0]) == 1
        assert len((await database.ask(of, ("id",), "1", predicate=Compare("moment", "eq", moment)))[0]) == 1


async def test_moments_with_a_zone_are_compared_in_beijing() -> None:
    async with legacy(
        "postgres",
        "CREATE TABLE {t}_k (id integer, moment timestamptz)",
        "INSERT INTO {t}_k VALUES (1, '2024-05-06 23:30:00+00')",
    ) as database:
        of = resource(f"{OWN}_k", {"id": TEXT, "moment": column("DateTime")}, ("id",))
        (((_, moment),),) = await database.ask(of, ("id",), "1")
        assert moment.isoformat() == "2024-05-07T07:30:00+08:00"
        assert len((await database.ask(of, ("id",), "1", predicate=Compare("moment", "ge", moment)))[0]) == 1


@pytest.mark.parametrize("declared", [True, False])
async def test_dates_of_nothing_are_empty_where_declared_and_else_invalid(declared: bool) -> None:
    async with legacy(
        "mariadb",
        "CREATE TABLE {t}_k (id integer, d date)",
        "INSERT IGNORE INTO {t}_k VALUES (1, '0000-00-00'), (2, '2024-02-03'), (3, '2024-00-00')",
    ) as database:
        read = ReadDeclaration(empty=["0000-00-00"]) if declared else None
        of = resource(f"{OWN}_k", {"id": TEXT, "d": column("Date", read=read)}, ("id",))
        ((one,), (two,), _) = await database.ask(of, ("id",), "1", "2", "3", items=("d",))
        assert one == (None,) if declared else isinstance(one[0], Invalid)
        assert two == (date(2024, 2, 3),)


@pytest.mark.parametrize("charset", ["latin1", "gbk", "utf8mb3", "utf8mb4", "gb2312"])
async def test_tables_in_any_charset(charset: str) -> None:
    stored = "Zoë" if charset == "latin1" else "张三"
    async with legacy(
        "mariadb",
        f"CREATE TABLE {{t}}_k (id varchar(20), n integer) CHARACTER SET {charset}",
        f"INSERT INTO {{t}}_k VALUES ('{stored}', 1), ('a', 2)",
    ) as database:
        of = resource(f"{OWN}_k", {"id": TEXT, "n": column("Int")}, ("id",))
        entries = await database.ask(of, ("id",), stored, "汉字", "𠀀", "é", "A", "a")
        assert entries == (((stored, 1),), (), (), (), (), (("a", 2),))
        both = Compare("id", "contains", stored[:1])
        assert len((await database.ask(of, ("n",), 1, predicate=both))[0]) == 1


@BOTH
@pytest.mark.parametrize("key", ["\0", "a\0b", "\ud800", "a\udfff"])
async def test_keys_that_no_database_holds_find_nothing(name: str, key: str) -> None:
    async with legacy(
        name, "CREATE TABLE {t}_k (id varchar(20), n integer)", "INSERT INTO {t}_k VALUES ('a', 1)"
    ) as database:
        of = resource(f"{OWN}_k", {"id": TEXT, "n": column("Int")}, ("id",))
        assert await database.ask(of, ("id",), key, "a") == ((), (("a", 1),))
        assert await database.ask(of, ("id", "n"), (key, 1), ("a", 1)) == ((), (("a", 1),))
        assert await database.ask(of, ("id",), "a", predicate=Compare("id", "eq", key)) == ((),)
        for operator in ("startsWith", "contains", "lt"):
            predicate = Compare("id", operator, key)
            try:
                entries = await database.ask(of, ("id",), "a", predicate=predicate)
            except SourceError as error:
                assert key not in str(error)
                assert name == "mariadb" or operator == "lt"
            else:
                assert operator == "lt" or entries == ((),)


@BOTH
async def test_keys_may_be_cut_off_only_if_all_are_said_to_be(name: str) -> None:
    values = ", ".join(f"('a', {n})" for n in range(9)) + ", ('b', 100)"
    async with legacy(
        name, "CREATE TABLE {t}_k (id varchar(20), n integer)", f"INSERT INTO {{t}}_k VALUES {values}"
    ) as database:
        of = resource(f"{OWN}_k", {"id": TEXT, "n": column("Int")}, ("n",), max_rows=2)
        entries = await database.ask(of, ("id",), "a", "b")
        assert all(isinstance(entry, SourceTruncated) for entry in entries)


@BOTH
@pytest.mark.parametrize("wrong", ["table", "column", "schema"])
async def test_what_is_not_there_is_refused(name: str, wrong: str) -> None:
    async with legacy(name, "CREATE TABLE {t}_k (id varchar(20), n integer)") as database:
        origin = {"table": f"{OWN}_none", "schema": f"{OWN}_none.t"}.get(wrong, f"{OWN}_k")
        of = resource(origin, {"id": TEXT, "missing" if wrong == "column" else "n": TEXT}, ("id",))
        with pytest.raises(SourceRefused) as caught:
            await database.ask(of, ("id",), "500000195001010015")
        assert OWN not in caught.value.detail
        assert "5000" not in caught.value.detail
        assert caught.value.__suppress_context__


@BOTH
@pytest.mark.parametrize("wrong", ["user", "database"])
async def test_a_wrong_user_or_database_is_refused_and_unhealthy(name: str, wrong: str) -> None:
    from pydantic import SecretStr
    from sqlalchemy.engine import make_url

    from connectors.sql.opening import open_database
    from connectors.sql.settings import SqlSettings

    url = make_url(require(name))
    changed = (
        url.set(username="jutong_nobody", password="s3cret")
        if wrong == "user"
        else url.set(database="jutong_none")
    )
    text = changed.render_as_string(hide_password=False)
    connector = open_database(SqlSettings(url=SecretStr(text)))
    health = await connector.probe(soon())
    assert not health.is_up
    assert "jutong" not in health.detail
    from sqlalchemy import text as statement

    with pytest.raises(SourceRefused):
        await connector.run(statement("SELECT 1"), soon())
    await connector.aclose()


@BOTH
@pytest.mark.parametrize("type_", ["bigint", "numeric(18,2)", "char(18)", "date"])
async def test_pages_go_on_after_a_text_identity_of_any_type(name: str, type_: str) -> None:
    values = (
        [f"2001-01-{day:02}" for day in range(1, 13)] if type_ == "date" else [str(n) for n in range(3, 15)]
    )
    rows = ", ".join(f"('{value}', {n % 3})" for n, value in enumerate(values))
    async with legacy(
        name, f"CREATE TABLE {{t}}_k (id {type_}, n integer)", f"INSERT INTO {{t}}_k VALUES {rows}"
    ) as database:
        of = resource(f"{OWN}_k", {"id": TEXT, "n": column("Int")}, ("id",))
        for order in ((), (OrderTerm("n", descending=True),), (OrderTerm("id"),)):
            whole = await database.connector.scan(Scan(of, ("id",), 50, soon(), order=order))
            assert len(whole.rows) == len(values)
            for place, cursor in enumerate(whole.cursors):
                rest = await database.connector.scan(
                    Scan(of, ("id",), 50, soon(), order=order, cursor=cursor)
                )
                assert rest.rows == whole.rows[place + 1 :]
