"""Lenient answers: one for each id of a list, in order."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from connectors.requests import Key
from gateway.assemble.entities import lookup_of
from gateway.assemble.functions import EntityAt, Root
from gateway.assemble.notes import NO_RESULT
from gateway.assemble.places import Place
from gateway.fetch.keys import ParsedId, ParsedIds, identified
from gateway.plan import model
from gateway.plan import shape as shapes

if TYPE_CHECKING:
    from gateway.assemble.assemble import Assembler
    from gateway.assemble.compile import Compiler

OfAnswer = Callable[["Assembler", ParsedId, int], Any]
"""A field of the answer for the id at a position."""


def compile_answers(
    compiler: "Compiler", entry: model.Entry, shape: shapes.AnswerShape, place: Place
) -> Root:
    """What makes the answers of a lenient root."""
    assert entry.ids is not None
    slot = entry.ids.index
    lookups = compiler.plan.draft.lookups.get(shape.node, ())
    lookup = lookup_of(compiler.plan, shape.node) if any(one.tells for one in lookups) else None
    parts = [(key, _field(compiler, shape, key, name, place)) for key, name in shape.fields]

    def make(assembler: "Assembler", _key: Key | None) -> list[Any]:
        ids: ParsedIds = assembler.operands[slot]
        parsed = ids.each
        if lookup is not None:
            parsed = identified(parsed, assembler.results.get(lookup, NO_RESULT).identities)
        assembler.nodes.count(len(parsed) * len(parts))
        answers = []
        for position, one in enumerate(parsed):
            answer = {}
            for key, field in parts:
                answer[key] = field(assembler, one, position)
            answers.append(answer)
        return answers

    return make


def _field(compiler: "Compiler", shape: shapes.AnswerShape, key: str, name: str, place: Place) -> OfAnswer:
    match name:
        case "code":
            return lambda _assembler, one, _position: one.code
        case "duplicateOf":
            return lambda _assembler, one, _position: one.duplicate_of
        case "aliasKinds":
            return lambda _assembler, one, _position: [kind.upper() for kind in one.kinds]
        case "entity":
            return _entity(compiler.entity(shape.entities[key], place.each().child(key)))
    type_name = shape.type_name
    return lambda _assembler, _one, _position: type_name


def _entity(make: EntityAt) -> OfAnswer:
    return lambda assembler, one, position: None if one.key is None else make(assembler, one.key, (position,))
