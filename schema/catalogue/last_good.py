"""Which texts to go on with when some of them changed for the worse."""

from collections.abc import Iterable, Mapping

from schema.catalogue.declared import unit_of
from schema.catalogue.problems import Problem

Texts = Mapping[str, str]
"""Files of a catalogue by path."""


def with_last_good(texts: Texts, problems: Iterable[Problem], good: Texts) -> Texts:
    """Put the last good version of what has mistakes in its place: a department, or a file of the city.

    What never was good stays as it is, mistakes and all.
    """
    broken = {unit_of(problem.file) for problem in problems} & {unit_of(path) for path in good}
    sound = {path: text for path, text in texts.items() if unit_of(path) not in broken}
    return sound | {path: text for path, text in good.items() if unit_of(path) in broken}


def good_of(texts: Texts, problems: Iterable[Problem]) -> Texts:
    """The texts without those of what has mistakes."""
    broken = {unit_of(problem.file) for problem in problems}
    return {path: text for path, text in texts.items() if unit_of(path) not in broken}
