"""Draws: numbers that follow from words by a keyed hash, and shuffles that can be undone.

The key is fixed on purpose: every sandbox of a catalogue, anywhere, holds the same rows.
"""

import hashlib
from collections.abc import Sequence
from functools import cache
from math import gcd
from typing import Final, TypeVar

Choice = TypeVar("Choice")

KEY: Final = b"jutong sandbox 1"
SIZE: Final = 21_915_000
"""Synthetic entities of each kind: 60 years of birthdays, 1,000 persons a day."""


def draw(*words: object) -> int:
    """A number of 64 bits that follows from the words."""
    text = "\x1f".join(map(str, words))
    return int.from_bytes(hashlib.blake2b(text.encode(), key=KEY, digest_size=8).digest(), "big")


def pick(choices: Sequence[Choice], *words: object) -> Choice:
    """One of several."""
    return choices[draw(*words) % len(choices)]


@cache
def _factors(name: str) -> tuple[int, int, int]:
    factor = draw(name, "factor") % SIZE
    while gcd(factor, SIZE) != 1:
        factor += 1
    return factor, draw(name, "offset") % SIZE, pow(factor, -1, SIZE)


def shuffled(index: int, name: str) -> int:
    """Where an index goes in the shuffle of this name; each index below `SIZE` goes somewhere else."""
    factor, offset, _ = _factors(name)
    return (index * factor + offset) % SIZE


def unshuffled(index: int, name: str) -> int:
    """Which index went there."""
    _, offset, inverse = _factors(name)
    return (index - offset) * inverse % SIZE
