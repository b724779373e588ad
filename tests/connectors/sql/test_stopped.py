"""A database that drops connections between and during statements."""

import asyncio
import socket
import threading

import pytest
import uvloop
from pydantic import SecretStr
from sqlalchemy import text

from connectors.errors import SourceUnavailable
from connectors.requests import KeyBinding, Load
from connectors.resilience.resilient import Resilient
from connectors.sql.opening import open_database
from connectors.sql.settings import SqlSettings
from schema.catalogue.model import KeyColumns
from tests.connectors.sql.legacy import OWN, TEXT, Legacy, column, legacy, resource, run
from tests.connectors.sql.test_driver import SLOW, until_slow
from tests.patience import soon

pytestmark = pytest.mark.xdist_group("sql")
BOTH = pytest.mark.parametrize("name", ["postgres", "mariadb"])
TABLE = ("CREATE TABLE {t}_s (id bigint, n integer)", "INSERT INTO {t}_s VALUES (5, 1)")
OF = resource(f"{OWN}_s", {"id": TEXT, "n": column("Int")}, ("id",))
SESSION = {"postgres": "SELECT pg_backend_pid()", "mariadb": "SELECT connection_id()"}


def load() -> Load:
    binding = KeyBinding((KeyColumns("k", ("id",), (TEXT,)),), (None,))
    return Load(OF, binding, (("5",),), ("n",), soon())


async def end_session(database: Legacy, name: str, session: int) -> None:
    end = f"SELECT pg_terminate_backend({session})" if name == "postgres" else f"KILL {session}"
    await run(database.url, end)


@BOTH
async def test_lost_connections_are_opened_anew(name: str) -> None:
    async with legacy(name, *TABLE) as database:
        resilient = Resilient(database.connector)
        assert (await resilient.load(load())).entries == (((1,),),)
        ((session,),) = await database.connector.run(text(SESSION[name]), soon())
        await end_session(database, name, session)
        assert (await resilient.load(load())).entries == (((1,),),)


@BOTH
async def test_a_connection_that_is_cut_while_a_statement_runs_is_unavailable(name: str) -> None:
    async with legacy(name, *TABLE) as database:
        ((session,),) = await database.connector.run(text(SESSION[name]), soon())
        running = asyncio.create_task(database.connector.run(text(SLOW[name]), soon()))
        await until_slow(name, 1)
        await end_session(database, name, session)
        with pytest.raises(SourceUnavailable) as caught:
            await running
        assert caught.value.is_transient
        assert (await database.connector.load(load())).entries == (((1,),),)


def test_a_server_without_a_session_left_is_unavailable() -> None:
    """It says so and hangs up, on the loop that serves: its transports then have no socket to be set."""
    told, calls = b"\xff\x10\x04Too many connections", 50

    def refuse(listener: socket.socket) -> None:
        for _ in range(calls):
            with listener.accept()[0] as called:
                called.sendall(len(told).to_bytes(3, "little") + b"\0" + told)

    async def ask(port: int) -> set[type]:
        database = open_database(SqlSettings(url=SecretStr(f"mysql+asyncmy://a@127.0.0.1:{port}/b")))
        errors = set()
        for _ in range(calls):
            try:
                await database.run(text("SELECT 1"), soon())
            except Exception as error:
                errors.add(type(error))
        return errors

    with socket.create_server(("127.0.0.1", 0)) as listener:
        refusing = threading.Thread(target=refuse, args=(listener,), daemon=True)
        refusing.start()
        assert uvloop.run(ask(listener.getsockname()[1])) == {SourceUnavailable}
        refusing.join()
