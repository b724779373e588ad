"""One question to a service that lies, asked through the REST connector."""

from datetime import date
from typing import Any

from connectors.requests import KeyBinding, Load
from connectors.rest.driver import RestConnector
from connectors.rest.settings import RestSettings
from schema.catalogue.model import KeyColumns, Limits, Resource
from tests.connectors.http.declared import NO, declare
from tests.connectors.http.liar import chosen_transport
from tests.patience import PATIENCE_SECONDS, soon


def declared(origin: dict[str, Any], *by: KeyColumns, max_rows: int = 1_000) -> Resource:
    """A resource of a service."""
    return declare(origin, *by, limits=Limits(max_keys=1, max_rows=max_rows))


async def ask(
    url: str,
    origin: dict[str, Any],
    *keys: str,
    by: tuple[KeyColumns, ...] = (NO,),
    seconds: float = PATIENCE_SECONDS,
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
        deadline=soon(seconds),
        arguments=arguments or {},
        as_of=as_of,
    )
    try:
        return (await connector.load(load)).entries
    finally:
        await connector.aclose()
