"""How the contestants that are not Jutong read the tables: one call for many keys."""

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol

import aiohttp
import asyncpg
import httpx
import orjson

from benchmarks.postgres import SCHEMA
from benchmarks.world import TABLES, Raw, rows_of

CONNECTIONS = 20
"""The same bound for everyone; Jutong's REST connector has it by default."""


class Source(Protocol):
    """Reads tables."""

    async def read(self, table: str, keys: Sequence[str]) -> Sequence[Any]:
        """Rows of the keys, as mappings by column, in order of their identity within a key."""
        ...


class Memory:
    """Rows computed in the process."""

    async def read(self, table: str, keys: Sequence[str]) -> list[Raw]:
        """Compute."""
        return rows_of(table, keys)


class Postgres:
    """asyncpg, prepared statements."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool: asyncpg.Pool | None = None
        self._lock = asyncio.Lock()

    async def read(self, table: str, keys: Sequence[str]) -> Sequence[Any]:
        """One statement."""
        pool = self._pool or await self._open()
        key = TABLES[table].key
        identity = {"insurance": "INS_NO", "property": "CERT_NO", "qualification": "CERT_NO"}.get(table, key)
        statement = f'SELECT * FROM {SCHEMA}.{table} WHERE "{key}" = ANY($1) ORDER BY "{identity}"'
        rows: Sequence[Any] = await pool.fetch(statement, list(keys))
        return rows

    async def _open(self) -> "asyncpg.Pool":
        async with self._lock:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(self._url, min_size=5, max_size=CONNECTIONS)
            return self._pool


class RestByHttpx:
    """What most Python services do."""

    def __init__(self, base_url: str) -> None:
        limits = httpx.Limits(max_connections=CONNECTIONS)
        self._client = httpx.AsyncClient(base_url=base_url, limits=limits, trust_env=False)

    async def read(self, table: str, keys: Sequence[str]) -> list[Raw]:
        """One request."""
        response = await self._client.post(f"/{table}", json={"keys": list(keys)})
        response.raise_for_status()
        data: list[Raw] = response.json()["data"]
        return data


class RestByAiohttp:
    """The fastest client there is in Python, short of writing one."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url
        self._session: aiohttp.ClientSession | None = None

    async def read(self, table: str, keys: Sequence[str]) -> list[Raw]:
        """One request."""
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS))
        async with self._session.post(f"{self._base}/{table}", data=orjson.dumps({"keys": keys})) as response:
            data: list[Raw] = orjson.loads(await response.read())["data"]
            return data


def open_source(upstream: str, url: str, *, fast: bool) -> Source:
    """The source of an upstream: `memory`, `postgres` or `rest…`."""
    if upstream == "memory":
        return Memory()
    if upstream == "postgres":
        return Postgres(url)
    return RestByAiohttp(url) if fast else RestByHttpx(url)
