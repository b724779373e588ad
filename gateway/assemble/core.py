"""Items on the entity itself: the one register that is the authority for this key answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectors.requests import Key
from gateway.assemble.functions import Fields, Fill, Part, States
from gateway.assemble.notes import NO_RESULT, NO_ROWS, has_news, tell
from gateway.assemble.places import At, Place
from gateway.assemble.rowcode import make_fill
from gateway.assemble.rows import compile_cell
from gateway.assemble.states import State
from gateway.fetch.failures import Failure
from gateway.plan import model
from gateway.plan import shape as shapes

if TYPE_CHECKING:
    from gateway.assemble.assemble import Assembler
    from gateway.assemble.compile import Compiler

NO_AUTHORITY = "No register is the authority for this key."


@dataclass(frozen=True, slots=True)
class _Authority:
    """One register, and what puts the fields in when it is the one that answers."""

    fetch: model.Fetch | None
    """`None` where the caller may not read it."""
    covers: tuple[str, ...]
    """Beginnings of the keys that are its own; empty: it may have any."""
    is_last: bool
    fill: Fill


def registers_of(one: shapes.EntityField) -> tuple[int, ...] | None:
    """The registers that may answer a field; `None` where it is no register's."""
    return tuple(fetch for fetch, _ in one.choices) if isinstance(one, shapes.CoreField) else None


def compile_core(compiler: "Compiler", fields: Sequence[shapes.CoreField], place: Place) -> Iterator[Part]:
    """What puts in neighbours of the same registers: at once where nothing is to be said of any."""
    each = [_one_by_one(_authorities(compiler, [one], place), place.child(one.key)) for one in fields]
    are_leaves = all(isinstance(chosen, shapes.Leaf) for one in fields for _, chosen in one.choices)
    if len(fields) > 1 and are_leaves:
        yield _at_once(_authorities(compiler, fields, place), each)
    else:
        yield from each


def _authorities(
    compiler: "Compiler", fields: Sequence[shapes.CoreField], place: Place
) -> tuple[_Authority, ...]:
    made = []
    registers = [fetch for fetch, _ in fields[0].choices]
    for number, fetch in enumerate(registers):
        chosen = [one.choices[number][1] for one in fields]
        is_denied = any(isinstance(one, shapes.Denied) for one in chosen)
        read = None if is_denied else compiler.plan.by_id[fetch]
        cells = [compile_cell(compiler, one, read, place.child(one.key)) for one in chosen]
        covers = compiler.plan.draft.specs[fetch].covers
        made.append(_Authority(read, covers, number == len(registers) - 1, make_fill(cells)))
    return tuple(made)


def _at_once(authorities: Sequence[_Authority], each: Sequence[Part]) -> Part:
    def put(fields: Fields, assembler: "Assembler", key: Key, at: At, states: States) -> None:
        for authority in authorities if states is None else ():
            if authority.covers and not str(key[0]).startswith(authority.covers):
                continue
            assert authority.fetch is not None
            result = assembler.results.get(authority.fetch.id, NO_RESULT)
            entry = result.entries.get(key, NO_ROWS)
            if isinstance(entry, Failure) or has_news(result, entry):
                break
            authority.fill(fields, assembler, entry.rows[0], at, None)
            return
        for part in each:
            part(fields, assembler, key, at, states)

    return put


def _one_by_one(authorities: Sequence[_Authority], place: Place) -> Part:
    name = place.below[-1]

    def put(fields: Fields, assembler: "Assembler", key: Key, at: At, states: States) -> None:
        for authority in authorities:
            fetch = authority.fetch
            if authority.covers and not str(key[0]).startswith(authority.covers):
                continue
            if fetch is None:
                authority.fill(fields, assembler, (), at, states)
                return
            result = assembler.results.get(fetch.id, NO_RESULT)
            entry = result.entries.get(key, NO_ROWS)
            if isinstance(entry, Failure):
                fields[name] = assembler.fail(place, entry, at, states)
                return
            if not entry.rows and not authority.covers and not authority.is_last:
                continue
            if states is not None or has_news(result, entry):
                tell(assembler, place, fetch, (result, entry), at, states)
            fields[name] = None
            if entry.rows:
                authority.fill(fields, assembler, entry.rows[0], at, states)
            return
        fields[name] = None
        assembler.note(place, State(place.name, "NO_RECORD", NO_AUTHORITY), at, states)

    return put
