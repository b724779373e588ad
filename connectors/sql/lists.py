"""A column among many values: its condition in a statement, and the parameters of that.

Each class keeps both halves together, for one table in one kind of dialect.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import ColumnElement

from connectors.sql.conditions import Among, Condition, Held
from schema.values import Codec

Values = dict[str, Any]
"""By slot: what goes into a statement when it runs."""


class Lists(Protocol):
    """Columns among values, in one dialect."""

    def ask(
        self,
        slot: str,
        columns: tuple[str, ...],
        codecs: Sequence[Codec | None],
        forms: Sequence[tuple[Any, ...]],
        values: Values,
        *,
        alone: bool = False,
    ) -> Condition:
        """Put the parameters for stored forms into `values` and give the condition that takes them.

        `NEVER` where the columns can hold none of the forms; `alone`: one form may have a text of its own.
        """
        ...

    def hold(self, held: Held, form: Any, values: Values) -> Condition:
        """Put the stored form that a column is held against into `values`; give the condition for it."""
        ...

    def condition(self, among: Among) -> ColumnElement[Any]:
        """The condition in SQL, its parameters named as `ask` names them."""
        ...
