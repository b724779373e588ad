"""Lenient answers: one for each id of a list, in order."""

from collections.abc import Callable, Sequence
from typing import Any

from connectors.requests import Key
from gateway.assemble.assembly import Assembly
from gateway.assemble.compiler import Compiler
from gateway.assemble.functions import Root
from gateway.assemble.notes import NO_RESULT
from gateway.assemble.places import Place
from gateway.assemble.source import Source
from gateway.fetch.keys import ParsedId, ParsedIds, identified
from gateway.plan import model
from gateway.plan import shape as shapes

OfIds = Callable[[Assembly, Sequence[ParsedId]], list[Any]]
"""The answers for some ids."""


def compile_answers(compiler: Compiler, entry: model.Entry, shape: shapes.AnswerShape, place: Place) -> Root:
    """What makes the answers of a lenient root."""
    assert entry.ids is not None
    slot = entry.ids.index
    lookups = compiler.plan.draft.lookups.get(shape.node, ())
    lookup = compiler.lookup(shape.node) if any(one.tells for one in lookups) else None
    make_each, size = _compile_each(compiler, shape, place.each()), len(shape.fields)

    def make(assembly: Assembly, _key: Key | None) -> list[Any]:
        ids: ParsedIds = assembly.operands[slot]
        parsed = ids.each
        if lookup is not None:
            parsed = identified(parsed, assembly.results.get(lookup, NO_RESULT).identities)
        assembly.nodes.count(len(parsed) * size)
        return make_each(assembly, parsed)

    return make


def _compile_each(compiler: Compiler, shape: shapes.AnswerShape, place: Place) -> OfIds:
    source = Source("assembly, each")
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
    source: Source, compiler: Compiler, shape: shapes.AnswerShape, key: str, name: str, place: Place
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
            return f"None if one.key is None else {entity}(assembly, one.key, (len(made),))"
    return source.name(shape.type_name)


def _alias_kinds(one: ParsedId) -> list[str]:
    return [kind.upper() for kind in one.kinds]
