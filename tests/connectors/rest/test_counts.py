"""What a load costs in tasks, requests and preparation: counted, since times prove nothing."""

import asyncio
import json
from itertools import islice, product
from typing import Any

from msgspec import structs

from connectors.per_shape import MAX_SHAPES, PerShape
from connectors.requests import KeyBinding, Load
from connectors.rest.asking import Asking
from connectors.rest.driver import RestConnector
from connectors.rest.prepared import Prepared, prepare
from connectors.rest.settings import RestOrigin, RestSettings
from schema.catalogue.model import Resource
from tests.connectors.http.declared import NO
from tests.connectors.http.liar import chosen_transport, lying
from tests.connectors.rest.liar import declared
from tests.patience import soon

POST = {"path": "/r", "method": "POST", "keys": "body", "parameter": "q.no", "body": {"q": {"type": 1}}}


def connector_to(url: str, resource: Resource) -> RestConnector:
    return RestConnector(
        RestSettings.model_validate({"base_url": url, "transport": chosen_transport.get()}), (resource,)
    )


def load_of(resource: Resource, binding: KeyBinding, *keys: str) -> Load:
    deadline = soon()
    return Load(resource, binding, tuple((key,) for key in keys), ("no", "name"), deadline)


async def tasks_of(connector: RestConnector, load: Load) -> int:
    """Load once, and count the tasks that the connector creates."""
    made: list[str] = []

    def factory(loop: asyncio.AbstractEventLoop, call: Any, **more: Any) -> Any:
        made.append(call.cr_code.co_qualname)
        return asyncio.Task(call, loop=loop, **more)

    loop = asyncio.get_running_loop()
    loop.set_task_factory(factory)
    try:
        await connector.load(load)
    finally:
        loop.set_task_factory(None)
    return sum(name.startswith("RestConnector") for name in made)


async def test_one_request_is_awaited_and_several_are_tasks() -> None:
    binding = KeyBinding((NO,), (None,))
    body = json.dumps([{"no": "A", "name": "x"}])
    async with lying(body) as liar:
        many = declared(POST, NO)
        connector = connector_to(liar.url, many)
        assert await tasks_of(connector, load_of(many, binding, "A", "B", "C")) == 0
        assert len(liar.heads) == 1
        await connector.aclose()
    async with lying(json.dumps({"name": "x"})) as liar:
        single = declared({"path": "/r/{key}", "keyless": True}, NO)
        connector = connector_to(liar.url, single)
        assert await tasks_of(connector, load_of(single, binding, "A", "B")) == 2
        assert len(liar.heads) == 2
        await connector.aclose()


async def test_a_shape_is_prepared_once_and_shapes_are_bounded() -> None:
    origin = RestOrigin.model_validate(POST)
    binding, resource = KeyBinding((NO,), (None,)), declared(POST, NO)
    made: list[Load] = []

    def counted(load: Load) -> Prepared:
        made.append(load)
        return prepare(load, origin, RestSettings(base_url="http://service"), "")

    shapes = PerShape(counted)
    first = shapes.of(load_of(resource, binding, "A"))
    assert shapes.of(load_of(resource, binding, "B", "C")) is first
    assert len(made) == 1
    for items in islice(product(resource.items, repeat=8), MAX_SHAPES):
        shapes.of(structs.replace(load_of(resource, binding, "A"), items=items))
    assert shapes.of(load_of(resource, binding, "A")) is not first


async def test_what_is_declared_is_not_changed_by_what_is_asked() -> None:
    origin = RestOrigin.model_validate(POST)
    binding = KeyBinding((NO,), (None,))
    asking = Asking(origin, "", binding, ("no",))
    bodies = [asking.requests(load_of(declared(POST, NO), binding, *keys))[1][0].body for keys in ("A", "BC")]
    assert bodies == [{"q": {"type": 1, "no": ["A"]}}, {"q": {"type": 1, "no": ["B", "C"]}}]
    assert origin.body == {"q": {"type": 1}}
