"""Keys of an entity as fields of it: made from the one that its node is known by."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from connectors.requests import Key
from gateway.assemble.assembly import Assembly
from gateway.assemble.compiler import Compiler
from gateway.assemble.lines import Lines
from gateway.assemble.notes import NO_RESULT
from gateway.assemble.places import At, Place
from gateway.assemble.states import States
from gateway.assemble.values import plain_values
from gateway.fetch.failures import Failure
from gateway.plan.binding import reaches
from gateway.plan.model import Node
from gateway.plan.shape import KeyLeaf
from schema.names import pascal
from schema.scalars import SCALARS

UNKNOWN_KEY = Failure("NOT_CONNECTED", "The key at hand does not lead to this one.", rule="KEY_NOT_KNOWN")


def write_key(lines: Lines, compiler: Compiler, node: Node, leaf: KeyLeaf, place: Place) -> str:
    """A key: the one that was `given`, or the current one where a register of aliases knows it."""
    identity_fetch = compiler.identity_fetch(node.id)
    if leaf.is_current and identity_fetch is not None:
        current = _current_key(compiler, node, leaf, place, identity_fetch)
        return f"{lines.bind(current)}(assembly, given, at, states)"
    made = f"{lines.bind(_key_of(compiler, node, leaf))}(given)"
    plain = plain_values(leaf.of.parts[0].type, writes=compiler.is_final)
    if leaf.of.is_composite or plain is None or _cut_of(node, leaf) is not None:
        return made
    return f"{plain.written} if (v := given[0]){plain.test} else {made}"


def _current_key(
    compiler: Compiler, node: Node, leaf: KeyLeaf, place: Place, identity_fetch: int
) -> Callable[[Assembly, Key, At, States], Any]:
    """A key that a register of aliases leads to, from the one that was given."""

    def current(assembly: Assembly, key: Key, at: At, states: States) -> Any:
        result = assembly.results.get(identity_fetch, NO_RESULT)
        identity = result.identities.get(key)
        name, value = (node.key.name, key) if identity is None else identity.current
        known = node.entity.keys[name]
        if not reaches(known, leaf.of):
            return assembly.fail(place, result.untold or UNKNOWN_KEY, at, states)
        return _key_of(compiler, replace(node, key=known), leaf)(value)

    return current


def _key_of(compiler: Compiler, node: Node, leaf: KeyLeaf) -> Callable[[Key], Any]:
    """A key as it leaves, from the one that a node is known by."""
    if leaf.of.is_composite:
        return _composite_key(compiler, node, leaf)
    cut, type_name = _cut_of(node, leaf), leaf.of.parts[0].type
    return lambda key: _written(compiler, key[0] if cut is None else str(key[0])[cut], type_name)


def _cut_of(node: Node, leaf: KeyLeaf) -> slice | None:
    """Where the key is a part of the one that the node is known by."""
    of = leaf.of
    return None if of.slice is None or of.name == node.key.name else slice(of.slice.start, of.slice.stop)


def _composite_key(compiler: Compiler, node: Node, leaf: KeyLeaf) -> Callable[[Key], Any]:
    type_name = node.entity.name + pascal(leaf.of.name)
    positions: dict[str, tuple[int, str]] = {
        part.name: (position, part.type) for position, part in enumerate(leaf.of.parts)
    }

    def part_of(key: Key, name: str) -> Any:
        if name == "__typename":
            return type_name
        position, type_of_part = positions[name]
        return _written(compiler, key[position], type_of_part)

    return lambda key: {inner: part_of(key, name) for inner, name in leaf.parts}


def _written(compiler: Compiler, value: Any, type_name: str) -> Any:
    """A key's value as it leaves."""
    if value is None or not compiler.is_final or type_name not in SCALARS:
        return value
    return SCALARS[type_name].coerce_output_value(value)
