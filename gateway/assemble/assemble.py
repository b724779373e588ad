"""Rows -> response. Nothing is asked here and nothing decided.

    plan's shape ──compile.py, once──▶ functions ──assembly.py, one request's──▶ data, states, errors

There are two builds of the functions. For the *fast path* they give the finished data, and errors are
collected in the assembly. For graphql-core they give the same tree with exceptions in the places of failed
fields and plain Python values, which the spliced fields' shared resolver hands on.
"""

from typing import Any

from connectors.requests import Key
from gateway.assemble.assembly import Assembly
from gateway.assemble.compile import compiled
from gateway.plan.model import Entry, Plan


def assemble(plan: Plan, assembly: Assembly) -> dict[str, Any]:
    """All roots, for the fast path."""
    made = {}
    for path, make in compiled(plan, assembly.catalogue, is_final=assembly.is_final).items():
        made[path[0]] = make(assembly, None)
    return made


def assemble_entry(plan: Plan, assembly: Assembly, entry: Entry, key: Key | None = None) -> Any:
    """An entry's value; a hand-written field brings its entity's key."""
    return compiled(plan, assembly.catalogue, is_final=assembly.is_final)[entry.path](assembly, key)
