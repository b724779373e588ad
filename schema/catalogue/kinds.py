"""How connector kinds check what is declared for them; `schema` knows none of them by name."""

from collections.abc import Callable, Iterable
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
    def can_search(self) -> bool:
        """Whether they also filter, sort and count what they scan: without, a collection only pages."""
        ...

    @property
    def scans(self) -> Callable[[Any], bool]:
        """Whether a resource with this `from:` can be scanned, of a kind that can."""
        ...

    @property
    def misplaces(self) -> Callable[[Any, str], str | None]:
        """Why a column cannot be read with this `from:`, as `origin` has read it; `None` where it can."""
        ...

    @property
    def misses(self) -> Callable[[Any, str], str | None]:
        """Why an argument cannot be given by this parameter; `None` where it can."""
        ...

    @property
    def keyed(self) -> Callable[[Any], Iterable[tuple[str, str]]]:
        """Settings of a `from:` that say something of columns of keys, each with such a column."""
        ...

    @property
    def unplaced(self) -> Callable[[Any, tuple[str, ...]], str | None]:
        """Why a key that stands in these columns cannot be given; `None` where it can."""
        ...

    @property
    def can_as_of(self) -> bool:
        """Whether sources of this kind can be asked for a day in the past."""
        ...

    @property
    def origin(self) -> Any:
        """Type of a resource's `from:`."""
        ...
