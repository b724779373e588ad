"""What a shape is compiled to: functions of one request's assembler.

    Root ──┬── EntityAt ──┬── Part*                 core fields of which there is something to say
           │              └── OfValue* and OfRow*   fields of rows
           │                            └── EntityAt …  where a link leads
           └── OfRows or OfRow* ── OfValue* and OfRow*   rows of a collection

All are told *at* which list positions they stand, and whether the entity above wants to hear of states.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from connectors.requests import Key
from connectors.results import Row
from gateway.assemble.places import At
from gateway.assemble.states import State

if TYPE_CHECKING:
    from gateway.assemble.assemble import Assembler

States = list[State] | None
"""What happened below one entity, in order; `None` where it does not select `_states`."""
Fields = dict[str, Any]
"""By response key."""

Root = Callable[["Assembler", Key | None], Any]
"""An entry's value; the key is that of a hand-written field's entity."""
EntityAt = Callable[["Assembler", Key, At], Fields]
"""An entity's fields."""
Part = Callable[[Fields, "Assembler", Key, At, States], None]
"""Puts one field of an entity into its fields."""
OfRow = Callable[["Assembler", Row, At, States], Any]
"""All fields of a row, or one that needs more of the row than one value."""
OfValue = Callable[["Assembler", Any, At, States], Any]
"""A field of a row, from one of its values."""
OfRows = Callable[["Assembler", Sequence[Row], At, States], list[Fields]]
"""The fields of each row of the list that stands at a place."""
