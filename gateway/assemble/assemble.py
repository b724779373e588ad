"""Rows -> response. Nothing is asked here and nothing decided.

    plan's shape ──compile.py, once──▶ functions ──assembly.py, one request's──▶ data, states, errors

The functions are generated Python: `entities.py` shows at its top what an entity's looks like, and
`rowcode.py` that of rows. `compiler.py` is what every step of compiling reads, `functions.py` names what
each step gives, and `lines.py` is what they write on.

There are two builds of the functions. For the *fast path* they give the finished data, and errors are
collected in the assembly. For graphql-core they give the same tree with exceptions in the places of failed
fields and plain Python values, which the spliced fields' shared resolver hands on.
"""

import asyncio
from collections.abc import Iterator
from typing import Any

from connectors.requests import Key
from gateway.assemble.answers import Answers
from gateway.assemble.assembly import Assembly
from gateway.assemble.compile import compiled
from gateway.plan.model import Entry, Plan


def assemble(plan: Plan, assembly: Assembly) -> dict[str, Any]:
    """All roots, for the fast path."""
    made: dict[str, Any] = {}
    for _ in _turns(plan, assembly, made):
        pass
    return made


async def assemble_in_turns(plan: Plan, assembly: Assembly) -> dict[str, Any]:
    """The same, with turns for others where there is much of it."""
    made: dict[str, Any] = {}
    for _ in _turns(plan, assembly, made):
        await asyncio.sleep(0)
    return made


def _turns(plan: Plan, assembly: Assembly, made: dict[str, Any]) -> Iterator[None]:
    """Put all roots into `made`, and pause where others should have their turn."""
    fills_turn = assembly.nodes.fills_turn
    for path, make in compiled(plan, assembly.catalogue, is_final=assembly.is_final).items():
        if isinstance(make, Answers):
            answers: list[Any] = []
            made[path[0]] = answers
            for _ in make.parts(assembly, answers):
                if fills_turn():
                    yield
        else:
            made[path[0]] = make(assembly, None)
        if fills_turn():
            yield


def assemble_entry(plan: Plan, assembly: Assembly, entry: Entry, key: Key | None = None) -> Any:
    """An entry's value; a hand-written field brings its entity's key."""
    return compiled(plan, assembly.catalogue, is_final=assembly.is_final)[entry.path](assembly, key)
