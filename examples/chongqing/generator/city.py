"""Builds the city: personas first, then the crowd in batches, so that memory stays small."""

import random
from collections.abc import Callable
from pathlib import Path

from generator.enterprises import add_enterprises
from generator.files import write_files
from generator.people import add_people
from generator.personas import PERSONAS
from generator.places import add_places
from generator.store import Store

BATCH = 10_000
"""Rows of one theme made at a time."""


def build(
    directory: Path, persons: int = 2_000, enterprises: int = 800, say: Callable[[str], None] | None = None
) -> None:
    """Build the city's data in a directory."""
    store = Store(Path(directory))
    for persona in PERSONAS:
        for table, row in persona.rows:
            store.plant(table, row)
    add_places(store)
    write_files(Path(directory), persons)
    for theme, add, total, others in (
        ("enterprises", add_enterprises, enterprises, persons),
        ("persons", add_people, persons, enterprises),
    ):
        for start in range(0, total, BATCH):
            numbers = range(start, min(start + BATCH, total))
            add(store, random.Random(f"{theme}/{start}"), numbers, others)
            if say is not None:
                say(f"{theme}: {numbers.stop:,} of {total:,}   ")
    store.close()
