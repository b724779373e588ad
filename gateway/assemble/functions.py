"""What a shape is compiled to: functions of one request's assembly.

    Root ──┬── EntityAt ──┬── Part*                 core fields of which there is something to say
           │              └── OfValue* and OfRow*   fields of rows
           │                            └── EntityAt …  where a link leads
           └── OfRows or OfRow* ── OfValue* and OfRow*   rows of a collection

All are told *at* which list positions they stand, and whether the entity above wants to hear of states.
"""

from collections.abc import Callable, Sequence
from typing import Any

from connectors.requests import Key
from connectors.results import Row
from gateway.assemble.assembly import Assembly
from gateway.assemble.places import At
from gateway.assemble.states import States

Fields = dict[str, Any]
"""By response key."""

Root = Callable[[Assembly, Key | None], Any]
"""An entry's value; the key is that of a hand-written field's entity."""
EntityAt = Callable[[Assembly, Key, At], Fields]
"""An entity's fields."""
Part = Callable[[Fields, Assembly, Key, At, States], None]
"""Puts one field of an entity into its fields."""
OfRow = Callable[[Assembly, Row, At, States], Any]
"""All fields of a row, or one that needs more of the row than one value."""
OfValue = Callable[[Assembly, Any, At, States], Any]
"""A field of a row, from one of its values."""
OfRows = Callable[[Assembly, Sequence[Row], At, States], list[Fields]]
"""The fields of each row of the list that stands at a place."""
