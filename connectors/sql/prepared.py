"""Statements compiled once: text for a driver, and where in it the values of each slot go."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ARRAY, BindParameter, Dialect, Executable
from sqlalchemy.sql.compiler import ExpandedState, SQLCompiler

Process = Callable[[Any], Any]
AS_IT_IS: tuple[Process | None, ...] = (None,)
"""What a driver needs done to a value that it takes as it is."""
MAX_PREPARED = 1_000
"""Shapes of one database that are kept, the ones used last."""
MAX_PREPARED_CHARACTERS = 1_000_000
"""Of their texts together; with each, what it is made of is kept: some twenty bytes a character."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the values of a slot go: one, or a run of them."""

    slot: str
    is_run: bool = False
    processes: tuple[Process | None, ...] = AS_IT_IS
    """What the driver needs done to a value, or to each part of a tuple of values."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement without its values."""

    statement: Executable = field(compare=False)
    """For databases that are reached through SQLAlchemy."""
    text: str
    """In the style of the driver."""
    places: tuple[Place, ...]
    is_plain: bool
    """Whether every place takes one value, as it is."""
    constants: Mapping[str, Any]
    """Values that the text always has, as SQLite's `OFFSET 0`."""
    columns: tuple[str, ...]
    """Of the rows; empty where nobody asks."""

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """The values in the order of the text."""
        if self.constants:
            values = {**self.constants, **values}
        if self.is_plain:
            return [values[place.slot] for place in self.places]
        found: list[Any] = []
        for place in self.places:
            value = values[place.slot]
            if place.processes != AS_IT_IS:
                found.extend(_written(place, value))
            elif place.is_run:
                found.extend(value)
            else:
                found.append(value)
        return found


class PreparedCache:
    """Prepared statements by shape, bounded; the ones used last stay."""

    def __init__(self, most: int = MAX_PREPARED, most_characters: int = MAX_PREPARED_CHARACTERS) -> None:
        self._most = most
        self._most_characters = most_characters
        self._characters = 0
        self._by_shape: OrderedDict[Hashable, Prepared] = OrderedDict()
        self.compiled = 0
        """Statements compiled since the beginning."""

    def get(self, shape: Hashable, compile_: Callable[[], Prepared]) -> Prepared:
        """The statement of a shape, compiled if it is not here."""
        found = self._by_shape.get(shape)
        if found is not None:
            # Long before any has to go, and a hash less until then.
            if 2 * len(self._by_shape) > self._most or 2 * self._characters > self._most_characters:
                self._by_shape.move_to_end(shape)
            return found
        made = self._by_shape[shape] = compile_()
        self.compiled += 1
        self._characters += len(made.text)
        while len(self._by_shape) > self._most or self._characters > self._most_characters:
            _, oldest = self._by_shape.popitem(last=False)
            self._characters -= len(oldest.text)
        return made

    def __len__(self) -> int:
        return len(self._by_shape)


def prepare(
    statement: Any, dialect: Dialect, values: Mapping[str, Any], columns: tuple[str, ...] = ()
) -> Prepared:
    """Compile a statement. Of the values only the number in each slot is looked at."""
    compiled = statement.compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)
    state = compiled.construct_expanded_state(dict(values))
    places = tuple(_places(compiled, state))
    is_plain = not any(place.is_run or any(place.processes) for place in places)
    constants = {name: value for name, value in compiled.params.items() if name not in values}
    return Prepared(statement, state.statement, places, is_plain, constants, columns)


def _places(compiled: SQLCompiler, state: ExpandedState) -> Iterator[Place]:
    names = iter(state.positiontup or ())
    slots = {marks[0]: slot for slot, marks in state.parameter_expansion.items() if marks}
    for name in names:
        slot = slots.get(name, name)
        yield Place(slot, name in slots, tuple(_processes(compiled.binds[slot], compiled.dialect)))
        for _ in state.parameter_expansion[slot][1:] if name in slots else ():
            next(names)


def _processes(bind: BindParameter[Any], dialect: Dialect) -> Iterator[Process | None]:
    for type_ in getattr(bind.type, "types", [bind.type]):
        process = type_.dialect_impl(dialect).bind_processor(dialect)
        copies = isinstance(type_, ARRAY) and _item_process(type_, dialect) is None
        yield None if copies else process


def _item_process(array: ARRAY[Any], dialect: Dialect) -> Process | None:
    """What the values of an array need; where it is nothing, SQLAlchemy copies the list."""
    return array.item_type.dialect_impl(dialect).bind_processor(dialect)


def _written(place: Place, value: Any) -> Iterator[Any]:
    first, *others = place.processes
    if not place.is_run:
        yield value if first is None else first(value)
    elif others:
        for row in value:
            for process, part in zip(place.processes, row, strict=True):
                yield part if process is None else process(part)
    elif first is None:
        yield from value
    else:
        yield from map(first, value)
