"""The explorer's routes for a gateway's settings; none where its build is absent."""

from pathlib import Path

import yaml
from starlette.routing import BaseRoute

from gateway.console.routes import ConsoleConfig, DemoKey, console_routes, load_queries
from gateway.settings import Settings


def console_of(settings: Settings) -> list[BaseRoute]:
    """Routes of the explorer."""
    queries = load_queries(settings.documents) if settings.documents else ()
    keys = _demo_keys(settings.catalogue / "access") if settings.demo_keys else ()
    return console_routes(ConsoleConfig(queries, keys))


def _demo_keys(access: Path) -> tuple[DemoKey, ...]:
    """In a demo, an application's name is its key."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(access.glob("*.yaml")))
    return tuple(
        DemoKey(key=document["application"], title=document.get("title", document["application"]))
        for document in map(yaml.safe_load, texts)
        if document.get("keys")
    )
