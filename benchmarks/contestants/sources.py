"""How the contestants that are not Jutong read the tables: one call for many keys."""

import asyncio
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Protocol

import aiohttp
import asyncpg
import httpx
import orjson

from benchmarks.postgres import SCHEMA
from benchmarks.world import TABLES, Raw, credit_code, person_id, rows_of

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


class ByHttpx:
    """What most Python services do."""

    def __init__(self, base_url: str, request: "Request") -> None:
        self._request = request
        limits = httpx.Limits(max_connections=CONNECTIONS)
        self._client = httpx.AsyncClient(base_url=base_url, limits=limits, trust_env=False)

    async def read(self, table: str, keys: Sequence[str]) -> list[Raw]:
        """One request."""
        path, body = self._request(table, keys)
        response = await self._client.post(path, json=body)
        response.raise_for_status()
        return _rows(table, response.json()["data"])


class ByAiohttp:
    """The fastest client there is in Python, short of writing one."""

    def __init__(self, base_url: str, request: "Request") -> None:
        self._request = request
        self._base = base_url
        self._session: aiohttp.ClientSession | None = None

    async def read(self, table: str, keys: Sequence[str]) -> list[Raw]:
        """One request."""
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS))
        path, body = self._request(table, keys)
        async with self._session.post(self._base + path, data=orjson.dumps(body)) as response:
            return _rows(table, orjson.loads(await response.read())["data"])


Request = Callable[[str, Sequence[str]], tuple[str, Any]]
"""Of a table and keys: path and body of the POST."""


def by_rest(table: str, keys: Sequence[str]) -> tuple[str, Any]:
    """As the REST service is asked."""
    return f"/{table}", {"keys": list(keys)}


def by_graphql(table: str, keys: Sequence[str]) -> tuple[str, Any]:
    """As the GraphQL service is asked."""
    return "/graphql", {"query": _query(table), "variables": {"keys": list(keys)}}


@cache
def _query(table: str) -> str:
    of = TABLES[table]
    (row, *_) = rows_of(table, [person_id(0) if of.is_of_person else credit_code(0)])
    return f"query ($keys: [String!]!) {{ {table}(keys: $keys) {{ {' '.join(row)} }} }}"


def _rows(table: str, data: Any) -> list[Raw]:
    rows: list[Raw] = data[table] if isinstance(data, dict) else data
    return rows


def open_source(upstream: str, url: str, *, fast: bool) -> Source:
    """The source of an upstream: `memory`, `postgres`, `rest…` or `graphql`."""
    if upstream == "memory":
        return Memory()
    if upstream == "postgres":
        return Postgres(url)
    request = by_graphql if upstream == "graphql" else by_rest
    return ByAiohttp(url, request) if fast else ByHttpx(url, request)
