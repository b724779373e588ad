"""A column among many values: its condition in a statement, and the parameters of that.

Each class keeps both halves together, for one table in one kind of dialect.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from msgspec import Struct
from sqlalchemy import ColumnElement

from connectors.sql.conditions import Among, Condition, Held
from schema.values import Codec

Values = dict[str, Any]
"""By slot: what goes into a statement when it runs."""


class Asking(Struct, frozen=True):
    """Columns that are asked for values together."""

    slot: str
    """Where the values go, or what the names of several slots begin with."""
    columns: tuple[str, ...]
    codecs: tuple[Codec | None, ...]
    """Of each column; `None` where the catalogue does not say how it is read."""
    alone: bool = False
    """Whether one stored form may have a text of its own."""


class Lists(Protocol):
    """Columns among values, in one dialect."""

    def ask(self, asking: Asking, forms: Sequence[tuple[Any, ...]], values: Values) -> Condition:
        """Put the parameters for stored forms into `values` and give the condition that takes them.

        `NEVER` where the columns can hold none of the forms.
        """
        ...

    def hold(self, held: Held, form: Any, values: Values) -> Condition:
        """Put the stored form that a column is held against into `values`; give the condition for it."""
        ...

    def condition(self, among: Among) -> ColumnElement[Any]:
        """The condition in SQL, its parameters named as `ask` names them."""
        ...
