"""One question to a service that lies, asked through the REST connector."""

import asyncio
from datetime import date
from typing import Any

from connectors.requests import KeyBinding, Load
from connectors.rest.driver import RestConnector
from connectors.rest.settings import RestSettings
from schema.catalogue.model import Coverage, Item, KeyColumns, Limits, Opening, Resource, Sharing
from schema.values import make_codec
from tests.connectors.http.liar import chosen_transport

COLUMNS = {"no": "no", "name": "name", "size": "size"}


def declared(origin: dict[str, Any], *by: KeyColumns, max_rows: int = 1_000) -> Resource:
    """A resource with a number, a name and a size."""
    items = {
        name: Item(name, name, column, kind, 1, make_codec(kind))
        for (name, column), kind in zip(COLUMNS.items(), ("String", "String", "Int"), strict=True)
    }
    return Resource(
        department="d", name="r", title="R", type_name="DR", source="s", origin=origin, identity=("no",),
        items=items, attachments=(), arguments={}, sharing=Sharing("unconditional"), opening=Opening("closed"),
        coverage=Coverage(), update_cycle="daily", limits=Limits(max_keys=1, max_rows=max_rows),
        is_connected=True, is_personal=False, allows_partial=False, guards=(), cache_seconds=0,
        columns={column: make_codec("String") for one in by for column in one.columns}
        | {"no": make_codec("String")}, version="1",
    )  # fmt: skip


NO = KeyColumns("code", ("no",), (make_codec("String"),))


async def ask(
    url: str,
    origin: dict[str, Any],
    *keys: str,
    by: tuple[KeyColumns, ...] = (NO,),
    seconds: float = 5,
    arguments: dict[str, Any] | None = None,
    as_of: date | None = None,
    **settings: Any,
) -> Any:
    """Load by `no`, and close."""
    resource = declared(origin, *by)
    settings = {"base_url": url, "transport": chosen_transport.get(), **settings}
    connector = RestConnector(RestSettings.model_validate(settings), (resource,))
    load = Load(
        resource=resource,
        key=KeyBinding(by, (None,) * len(by)),
        keys=tuple((key,) for key in keys),
        items=("no", "name", "size"),
        deadline=asyncio.get_running_loop().time() + seconds,
        arguments=arguments or {},
        as_of=as_of,
    )
    try:
        return (await connector.load(load)).entries
    finally:
        await connector.aclose()
