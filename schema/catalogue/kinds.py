"""How connector kinds check what is declared for them; `schema` knows none of them by name."""

from typing import Any, Protocol

from pydantic import BaseModel


class KindModels(Protocol):
    """How a connector kind checks what is declared for it (`connectors.registry.Kind`)."""

    @property
    def settings(self) -> type[BaseModel]:
        """Of a source."""
        ...

    @property
    def can_scan(self) -> bool:
        """Whether sources of this kind can be read page by page, without keys."""
        ...

    @property
    def can_as_of(self) -> bool:
        """Whether sources of this kind can be asked for a day in the past."""
        ...

    @property
    def origin(self) -> Any:
        """Type of a resource's `from:`."""
        ...
