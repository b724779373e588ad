"""Every package that an installation brings has one version, the same on every machine."""

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CONSTRAINTS = Path(__file__).parents[2] / "constraints.txt"
OF_PYTHON = {"pip", "setuptools"}
"""Come with every private environment, as old as its Python; datasette asks for any."""


def test_whatever_is_installed_has_an_exact_version() -> None:
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    pinned = {
        canonicalize_name(one.name): str(one.specifier)
        for one in map(Requirement, (line for line in lines if line and not line.startswith("#")))
    }
    assert [name for name, version in pinned.items() if not version.startswith("==")] == []
    assert sorted(_brought_by(Requirement("jutong[dev]")) - pinned.keys()) == []


def _brought_by(requirement: Requirement) -> set[str]:
    """What is installed for the sake of a requirement, but for ourselves."""
    brought: set[str] = set()
    waiting, seen = [requirement], {str(requirement)}
    for one in waiting:
        try:
            needs = distribution(one.name).requires or []
        except PackageNotFoundError:  # of another platform, or of an extra that is not installed
            continue
        brought.add(canonicalize_name(one.name))
        following = [need for need in map(Requirement, needs) if _applies(need, {"", *one.extras})]
        waiting += [need for need in following if str(need) not in seen]
        seen.update(map(str, following))
    return brought - {"jutong", *OF_PYTHON}


def _applies(need: Requirement, extras: set[str]) -> bool:
    return need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras)
