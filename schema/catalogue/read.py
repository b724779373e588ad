"""Reads a catalogue from disk. Only `files.py` and `policy/read.py` touch it besides."""

import os
from collections.abc import Mapping
from pathlib import Path

from schema.catalogue.files import CatalogueFiles
from schema.catalogue.kinds import KindModels
from schema.catalogue.reader import CatalogueReader, CheckedCatalogue

ELSEWHERE = frozenset({"access", "personas"})
"""Folders that are read by others: the policy, the sandbox."""


def read_catalogue(
    directory: Path,
    kinds: Mapping[str, KindModels],
    environment: Mapping[str, str] | None = None,
) -> CheckedCatalogue:
    """Read and check a directory; `${NAME}` and `${NAME:-default}` come from the environment."""
    environment = os.environ if environment is None else environment
    return compile_declarations(read_texts(directory), kinds, environment)


def read_texts(directory: Path) -> dict[str, str]:
    """The files of a catalogue, by path."""
    files = CatalogueFiles(directory)
    files.look()
    return files.texts(ELSEWHERE)


def compile_declarations(
    texts: Mapping[str, str],
    kinds: Mapping[str, KindModels],
    environment: Mapping[str, str] | None = None,
) -> CheckedCatalogue:
    """Check and compile files given as text by path: for tests and generated catalogues."""
    return CatalogueReader(kinds, environment or {}).read(texts)
