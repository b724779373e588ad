"""Opens what a sandbox has in place of sources: any catalogue, whatever its connectors need."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from connectors.registry import find_kinds
from connectors.sandbox.connector import SandboxConnector, SyntheticRows
from connectors.sandbox.personas import read_personas
from gateway.settings import Settings
from schema.catalogue.kinds import KindModels
from schema.catalogue.model import Catalogue
from schema.catalogue.read import read_catalogue
from schema.catalogue.reader import CheckedCatalogue


class _AnySettings(BaseModel):
    model_config = ConfigDict(extra="allow")


@dataclass(frozen=True, slots=True)
class _AnyKind:
    """Whatever connector a source asks for, installed or not."""

    settings: type[BaseModel] = _AnySettings
    origin: Any = Any
    can_scan: bool = True
    can_search: bool = True
    can_as_of: bool = True

    def scans(self, origin: Any) -> bool:  # noqa: ARG002 - rows are made, whatever `from:` says
        """Everything is there without keys."""
        return True

    def misplaces(self, origin: Any, column: str) -> str | None:  # noqa: ARG002 - nothing is read
        """Every column is there."""
        return None

    def misses(self, origin: Any, parameter: str) -> str | None:  # noqa: ARG002 - nothing is asked
        """Every argument is met."""
        return None

    def keyed(self, origin: Any) -> tuple[tuple[str, str], ...]:  # noqa: ARG002 - nothing is asked
        """Nothing is said of any key."""
        return ()

    def unplaced(self, origin: Any, columns: tuple[str, ...]) -> str | None:  # noqa: ARG002 - nothing is asked
        """Every key is given."""
        return None


class EveryKind(Mapping[str, KindModels]):
    """A sandbox reaches no source, so that no source's settings can keep a department away."""

    def __init__(self) -> None:
        self._installed = find_kinds()

    def __getitem__(self, name: str) -> KindModels:
        installed = self._installed.get(name)  # the graph is to be that of the real sources
        return _AnyKind(can_search=installed is None or installed.can_search)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


class EveryVariable(Mapping[str, str]):
    """An environment in which no variable of a source is missing; none has a value."""

    def __bool__(self) -> bool:
        return True

    def __contains__(self, name: object) -> bool:
        return True

    def __getitem__(self, name: str) -> str:
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def with_own_state(settings: Settings) -> Settings:
    """The settings with a state of its own for a sandbox, so that none writes into a real record."""
    if not settings.sandbox:
        return settings
    return settings.model_copy(update={"state": settings.state / "sandbox"})


def read_connected(directory: Path) -> CheckedCatalogue:
    """Read a catalogue as if every resource in it were connected; it is listed as it was declared."""
    checked = read_catalogue(directory, EveryKind(), EveryVariable())
    resources = {
        code: replace(resource, is_connected=True, is_listed_only=not resource.is_connected)
        for code, resource in checked.catalogue.resources.items()
    }
    return replace(checked, catalogue=replace(checked.catalogue, resources=resources))


def check_personas(directory: Path) -> None:
    """Raise `PersonaError` for the first mistake."""
    read_personas(directory, read_connected(directory).catalogue)


@dataclass(frozen=True, slots=True)
class SyntheticSources:
    """All sources of a sandbox, by any name."""

    rows: SyntheticRows

    def get(self, name: str) -> SandboxConnector:  # noqa: ARG002 - whatever its name
        """The connector of a source."""
        return SandboxConnector(self.rows)

    async def aclose(self) -> None:
        """Nothing to give back."""


def open_synthetic(directory: Path, catalogue: Catalogue) -> SyntheticSources:
    """Open the sources of a connected catalogue with its personas. Raises `PersonaError`."""
    return SyntheticSources(SyntheticRows(catalogue, read_personas(directory, catalogue)))
