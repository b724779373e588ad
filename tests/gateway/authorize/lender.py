"""A lender in the harbour, with the grants that a test gives it."""

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.memory import KIND
from schema.catalogue.read import compile_declarations
from schema.policy.caller import Caller, Operator
from schema.policy.model import Application, Grant, Policy, Right
from tests.cities import harbour_rows as rows
from tests.kit import ALL, CITIES, City, open_catalogue

LENDER = Caller("lender", "authorised", None, frozenset({"LEND"}), "LEND", Operator("op-5"), "2026-4")
"""Nothing is approved automatically for it, as it is for the government."""
Change = tuple[str, str, str]
"""A file, and what stands in it in the place of what."""


def grant(
    *items: str, rights: frozenset[Right] = frozenset({"show", "use", "match"}), level: int = 3
) -> Grant:
    return Grant("G-1", items, frozenset(), level=level, rights=rights)


def harbour(
    *grants: Grant,
    change: Change | None = None,
    tables: Mapping[str, Sequence[Mapping[str, Any]]] = rows.TABLES,
) -> City:
    """The harbour, where the lender has just these grants; with a file that says otherwise."""
    texts = {
        path.relative_to(CITIES / "harbour").as_posix(): path.read_text(encoding="utf-8")
        for path in (CITIES / "harbour").rglob("*.yaml")
        if "access" not in path.parts
    }
    if change is not None:
        path, old, new = change
        assert old in texts[path]
        texts[path] = texts[path].replace(old, new)
    checked = compile_declarations(texts, {"memory": KIND})
    assert checked.problems == ()
    lender = Application("lender", "Lender", "authorised", None, frozenset({"LEND"}), (), grants)
    return open_catalogue(checked.catalogue, Policy({"lender": lender}), ALL, tables)
