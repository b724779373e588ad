"""What a load costs in requests, tasks and preparation: counted, since times prove nothing."""

import asyncio
from typing import Any

from msgspec import structs

from connectors.graphql.document import MAX_SIZES, Documents
from connectors.graphql.operation import read_operation
from connectors.graphql.prepared import prepare
from connectors.requests import KeyBinding, Load
from tests.calls import calls_made
from tests.connectors.graphql.asked import ALIASES, LIST, answered, connector_to, declared, thing
from tests.connectors.http.declared import NO
from tests.connectors.http.liar import lying, sending, whole
from tests.patience import soon


async def test_a_load_is_one_request_and_no_task_and_its_document_is_made_once() -> None:
    resource, binding = declared(ALIASES, NO), KeyBinding((NO,), (None,))
    body = answered({f"one_{number}": thing(f"K{number}") for number in range(3)})
    async with lying(sending(whole(body, "Connection: close\r\n"))) as liar:
        connector = connector_to(liar.url, resource)
        loop = asyncio.get_running_loop()
        load = Load(resource, binding, (("K0",), ("K1",), ("K2",)), ("no", "name"), soon())
        tasks: list[str] = []

        def factory(loop: asyncio.AbstractEventLoop, call: Any, **more: Any) -> Any:
            tasks.append(call.cr_code.co_qualname)
            return asyncio.Task(call, loop=loop, **more)

        loop.set_task_factory(factory)
        try:
            with calls_made(prepare.__code__.co_filename) as made:
                await connector.load(load)
                await connector.load(structs.replace(load))
        finally:
            loop.set_task_factory(None)
            await connector.aclose()
        assert len(liar.heads) == 2
        assert made.count("prepare") == 1
        assert not any(name.startswith("GraphQLConnector") for name in tasks)


def test_documents_of_many_sizes_are_kept_within_a_bound() -> None:
    operation = read_operation(ALIASES["query"])
    documents = Documents(operation, (), [("one", "name")], frozenset({"key"}))
    for copies in range(1, 3 * MAX_SIZES):
        body = documents.body({"unused": 1}, [{"key": "A"}, *({} for _ in range(copies - 1))])
        assert body.count(b"name") == copies
        assert body.endswith(b',"variables":{"key_0":"A"}}')
    assert len(documents._made) == MAX_SIZES


def test_what_is_declared_is_not_changed_by_what_is_asked() -> None:
    operation = read_operation(LIST["query"])
    first = Documents(operation, (), [("list", "a")], frozenset({"keys"})).body({}, [{}])
    Documents(operation, (), [("list", "b", "c")], frozenset({"keys"})).body({}, [{}, {}])
    assert Documents(operation, (), [("list", "a")], frozenset({"keys"})).body({}, [{}]) == first
