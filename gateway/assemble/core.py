"""Items on the entity itself: the one register that is the authority for this key answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from connectors.requests import Key
from gateway.assemble.assembly import Assembly
from gateway.assemble.compiler import Compiler
from gateway.assemble.functions import Fields, Part
from gateway.assemble.lines import Lines
from gateway.assemble.notes import NEWS, NO_RESULT, NO_ROWS, has_news, tell
from gateway.assemble.places import At, Place
from gateway.assemble.rowcode import Cell, make_cell, write_cell
from gateway.assemble.rows import compile_cell
from gateway.assemble.states import State, States
from gateway.fetch.failures import Failure, is_not_open
from gateway.plan import model
from gateway.plan import shape as shapes

NO_AUTHORITY = "No register is the authority for this key."


@dataclass(frozen=True, slots=True)
class _Authority:
    """One register, and the field as it gives it when it is the one that answers."""

    fetch: model.Fetch | None
    """`None` where the caller may not read it."""
    prefixes: tuple[str, ...]
    """Of the keys that it covers; empty: it may have any. `Covers` is spelled out below, for speed: it is
    asked for every leaf."""
    is_last: bool
    cell: Cell


@dataclass(frozen=True, slots=True)
class CoreRun:
    """Neighbours that the same registers answer."""

    registers: tuple[int, ...]
    is_readable: bool
    """Whether the caller may read them all."""


def run_of(one: shapes.EntityField) -> CoreRun | None:
    """Whom a field is made together with; `None` where it is no register's."""
    if not isinstance(one, shapes.CoreField):
        return None
    is_readable = not any(isinstance(chosen, shapes.Denied) for _, chosen in one.choices)
    return CoreRun(tuple(fetch for fetch, _ in one.choices), is_readable)


def write_core(
    lines: Lines, compiler: Compiler, fields: Iterable[shapes.CoreField], place: Place, into: str
) -> None:
    """Put in neighbours that the caller may read: at once where nothing is to be said of any."""
    each = {one.key: _authorities(compiler, one, place.child(one.key)) for one in fields}
    branch = "if"
    for number, authority in enumerate(next(iter(each.values()))):
        assert authority.fetch is not None
        with lines.block(f"{branch} {_answers(lines, authority, authority.fetch)}"):
            lines.add("row = entry.rows[0]")
            for key, authorities in each.items():
                value = write_cell(lines, authorities[number].cell, "at")
                lines.add(f"{into}[{lines.bind(key)}] = {value}")
        branch = "elif"
        if not authority.prefixes:  # whether the next one is asked depends on what this one says
            break
    with lines.block("else"):
        for key, authorities in each.items():
            part = _OneByOne(authorities, key, place.child(key))
            lines.add(f"{lines.bind(part)}({into}, assembly, key, at, states)")


def compile_core(compiler: Compiler, one: shapes.CoreField, place: Place) -> Part:
    """What puts in one field by itself, and says what is to be said of it."""
    return _OneByOne(_authorities(compiler, one, place), one.key, place)


def _authorities(compiler: Compiler, one: shapes.CoreField, place: Place) -> tuple[_Authority, ...]:
    made = []
    for number, (fetch, chosen) in enumerate(one.choices, start=1):
        read = None if isinstance(chosen, shapes.Denied) else compiler.plan.by_id[fetch]
        prefixes = compiler.plan.draft.specs[fetch].covers.prefixes
        cell = compile_cell(compiler, chosen, read, place)
        made.append(_Authority(read, prefixes, number == len(one.choices), cell))
    return tuple(made)


def _answers(lines: Lines, authority: _Authority, fetch: model.Fetch) -> str:
    """Holds where a register answers for the key, and there is nothing to say of that."""
    covers = f"str(key[0]).startswith({lines.bind(authority.prefixes)}) and " if authority.prefixes else ""
    return (
        f"states is None and {covers}"
        f"(entry := (result := results.get({fetch.id}, NO_RESULT)).entries.get(key)).__class__ is Rows"
        f" and not ({NEWS})"
    )


@dataclass(frozen=True, slots=True)
class _OneByOne:
    """Puts in one field, register by register, and says what is to be said of each."""

    authorities: Sequence[_Authority]
    key: str
    place: Place

    def __call__(self, fields: Fields, assembly: Assembly, key: Key, at: At, states: States) -> None:
        place = self.place
        fields[self.key] = None
        for authority in self.authorities:
            fetch = authority.fetch
            if authority.prefixes and not str(key[0]).startswith(authority.prefixes):
                continue
            if fetch is None:
                fields[self.key] = make_cell(authority.cell)(assembly, (), at, states)
                return
            result = assembly.results.get(fetch.id, NO_RESULT)
            entry = result.entries.get(key, NO_ROWS)
            has_none = is_not_open(entry) if isinstance(entry, Failure) else not entry.rows
            if has_none and not authority.prefixes and not authority.is_last:
                continue
            if isinstance(entry, Failure):
                fields[self.key] = assembly.fail(place, entry, at, states)
                return
            if states is not None or has_news(result, entry):
                tell(assembly, place, fetch, (result, entry), at, states)
            if entry.rows:
                fields[self.key] = make_cell(authority.cell)(assembly, entry.rows[0], at, states)
            return
        assembly.note(place, State(place.name, "NO_RECORD", NO_AUTHORITY), at, states)
