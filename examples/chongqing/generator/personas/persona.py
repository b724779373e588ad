"""What a persona is, and the page about all of them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Row = tuple[str, dict[str, Any]]
"""`database.table` and columns."""


@dataclass(frozen=True)
class Persona:
    """Somebody or something with a story: what is odd, and the query that shows it."""

    who: str
    identifier: str
    odd: str
    query: str
    answer: dict[str, Any]
    """`data` of the answer."""
    errors: tuple[str, ...] = ()
    """Codes of the answer's errors, sorted."""
    key: str = "demo-transport"
    """Empty: the open graph."""
    purpose: str | None = None
    rows: tuple[Row, ...] = ()


def render(personas: Iterable[Persona]) -> str:
    """The page docs/personas.md."""
    personas = tuple(personas)
    lines = [
        "# Personas of the demo",
        "",
        "Made from `examples/chongqing/generator/personas/`, where their rows are, too:",
        "`python examples/chongqing/generate.py --personas > docs/personas.md`.",
        "All of them are synthetic. The tests ask every query and expect exactly the answer beside it.",
        "",
        "| who | identifier | what is odd |",
        "| --- | --- | --- |",
        *(f"| {one.who} | `{one.identifier}` | {one.odd} |" for one in personas),
    ]
    for one in personas:
        asked = f"as `{one.key}`" if one.key else "in the open graph, without a key"
        purpose = f", purpose `{one.purpose}`" if one.purpose else ""
        errors = f"; errors: {', '.join(f'`{code}`' for code in one.errors)}" if one.errors else ""
        lines += [
            "",
            f"## {one.who}",
            "",
            f"`{one.identifier}`: {one.odd}. Asked {asked}{purpose}{errors}.",
            "",
            "```graphql",
            one.query,
            "```",
            "",
            "```json",
            json.dumps(one.answer, ensure_ascii=False, indent=1),
            "```",
        ]
    return "\n".join(lines) + "\n"
