"""Lenient answers: one for each id of a list, in order."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from connectors.requests import Key
from gateway.assemble.assembly import Assembly
from gateway.assemble.compiler import Compiler
from gateway.assemble.lines import Lines
from gateway.assemble.notes import NO_RESULT
from gateway.assemble.places import Place
from gateway.fetch.keys import ParsedId, ParsedIds, identified
from gateway.plan import model
from gateway.plan import shape as shapes

OfIds = Callable[[Assembly, Sequence[ParsedId], list[Any]], None]
"""Adds the answers for some ids to those for the ids before them."""

IDS_OF_A_PART = 16
"""Ids after which it is looked whether others should have their turn on the loop."""


class Answers:
    """Makes the answers of a lenient root: all at once, or in parts."""

    def __init__(
        self, compiler: Compiler, entry: model.Entry, shape: shapes.AnswerShape, place: Place
    ) -> None:
        assert entry.ids is not None
        self._slot = entry.ids.index
        tells = any(one.tells for one in compiler.plan.draft.lookups.get(shape.node, ()))
        self._identity_fetch = compiler.identity_fetch(shape.node) if tells else None
        self._make_each = _compile_each(compiler, shape, place.each())
        self._size = len(shape.fields)

    def __call__(self, assembly: Assembly, _key: Key | None) -> list[Any]:
        """All answers."""
        made: list[Any] = []
        for _ in self.parts(assembly, made):
            pass
        return made

    def parts(self, assembly: Assembly, made: list[Any]) -> Iterator[None]:
        """Add the answers to `made`, and pause after each part."""
        ids: ParsedIds = assembly.operands[self._slot]
        parsed = ids.each
        if self._identity_fetch is not None:
            parsed = identified(parsed, assembly.results.get(self._identity_fetch, NO_RESULT).identities)
        assembly.nodes.count(len(parsed) * self._size)
        for start in range(0, len(parsed), IDS_OF_A_PART):
            self._make_each(assembly, parsed[start : start + IDS_OF_A_PART], made)
            yield


def _compile_each(compiler: Compiler, shape: shapes.AnswerShape, place: Place) -> OfIds:
    lines = Lines("assembly, each, made")
    with lines.block("for one in each"):
        fields = [
            f"{lines.bind(key)}: {_field(lines, compiler, shape, key, name, place)}"
            for key, name in shape.fields
        ]
        lines.add(f"made.append({{{', '.join(fields)}}})")
    each: OfIds = lines.function()
    return each


def _field(
    lines: Lines, compiler: Compiler, shape: shapes.AnswerShape, key: str, name: str, place: Place
) -> str:
    """A field of the answer for `one`."""
    match name:
        case "code":
            return "one.code"
        case "duplicateOf":
            return "one.duplicate_of"
        case "aliasKinds":
            return f"{lines.bind(_alias_kinds)}(one)"
        case "entity":
            entity = lines.bind(compiler.entity(shape.entities[key], place.child(key)))
            return f"None if one.key is None else {entity}(assembly, one.key, (len(made),))"
    return lines.bind(shape.type_name)


def _alias_kinds(one: ParsedId) -> list[str]:
    return [kind.upper() for kind in one.kinds]
