"""Answers are compared before anything is measured."""

from collections.abc import Mapping
from typing import Any

import orjson

from benchmarks.cases import Case
from benchmarks.field import Field
from benchmarks.load import ask
from benchmarks.processes import Process

REFERENCE = "fan-out"
"""The contestant whose code says in plain sight what an answer is."""


class Unequal(Exception):
    """A contestant answers something else."""


async def compare(field: Field, case: Case, number: int = 0) -> Mapping[str, int]:
    """Check that all give the same data, without errors; give the bytes of each one's answer."""
    body = case.body(number)
    answers = {}
    for name, server in field.servers.items():
        if name == "bytes":
            continue
        answers[name] = await ask(server.port, body)
    reference = _data(REFERENCE, answers[REFERENCE])
    for name, answer in answers.items():
        if _data(name, answer) != reference:
            raise Unequal(f"{name} differs from {REFERENCE} in case {case.name} over {field.upstream}")
    if "bytes" in field.servers:
        await teach(field.servers["bytes"], case, answers[REFERENCE])
        answers["bytes"] = await ask(field.servers["bytes"].port, body)
    return {name: len(answer) for name, answer in answers.items()}


async def teach(server: Process, case: Case, answer: bytes) -> None:
    """Tell the server of bare bytes what to return."""
    await ask(server.port, orjson.dumps({"teach": case.document, "bytes": answer.decode()}))


def _data(name: str, answer: bytes) -> Any:
    parsed = orjson.loads(answer)
    if "errors" in parsed:
        raise Unequal(f"{name}: {parsed['errors'][:2]}")
    return parsed["data"]
