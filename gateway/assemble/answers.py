"""Lenient answers: one for each id of a list, in order."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from connectors.requests import Key
from gateway.assemble.entities import lookup_of
from gateway.assemble.functions import Root
from gateway.assemble.notes import NO_RESULT
from gateway.assemble.places import Place
from gateway.assemble.source import Source
from gateway.fetch.keys import ParsedId, ParsedIds, identified
from gateway.plan import model
from gateway.plan import shape as shapes

if TYPE_CHECKING:
    from gateway.assemble.assemble import Assembler
    from gateway.assemble.compile import Compiler

OfIds = Callable[["Assembler", Sequence[ParsedId]], list[Any]]
"""The answers for some ids."""


def compile_answers(
    compiler: "Compiler", entry: model.Entry, shape: shapes.AnswerShape, place: Place
) -> Root:
    """What makes the answers of a lenient root."""
    assert entry.ids is not None
    slot = entry.ids.index
    lookups = compiler.plan.draft.lookups.get(shape.node, ())
    lookup = lookup_of(compiler.plan, shape.node) if any(one.tells for one in lookups) else None
    make_each, size = _compile_each(compiler, shape, place.each()), len(shape.fields)

    def make(assembler: "Assembler", _key: Key | None) -> list[Any]:
        ids: ParsedIds = assembler.operands[slot]
        parsed = ids.each
        if lookup is not None:
            parsed = identified(parsed, assembler.results.get(lookup, NO_RESULT).identities)
        assembler.nodes.count(len(parsed) * size)
        return make_each(assembler, parsed)

    return make


def _compile_each(compiler: "Compiler", shape: shapes.AnswerShape, place: Place) -> OfIds:
    source = Source("assembler, each")
    source.add("made = []")
    with source.under("for one in each"):
        fields = [
            f"{source.name(key)}: {_field(source, compiler, shape, key, name, place)}"
            for key, name in shape.fields
        ]
        source.add(f"made.append({{{', '.join(fields)}}})")
    source.add("return made")
    each: OfIds = source.function()
    return each


def _field(
    source: Source, compiler: "Compiler", shape: shapes.AnswerShape, key: str, name: str, place: Place
) -> str:
    """A field of the answer for `one`."""
    match name:
        case "code":
            return "one.code"
        case "duplicateOf":
            return "one.duplicate_of"
        case "aliasKinds":
            return f"{source.name(_alias_kinds)}(one)"
        case "entity":
            entity = source.name(compiler.entity(shape.entities[key], place.child(key)))
            return f"None if one.key is None else {entity}(assembler, one.key, (len(made),))"
    return source.name(shape.type_name)


def _alias_kinds(one: ParsedId) -> list[str]:
    return [kind.upper() for kind in one.kinds]
