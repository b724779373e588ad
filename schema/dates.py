"""Date formats as Java writes them: `yyyyMMdd`, `yyyy年M月d日`, `yyyy-MM-dd HH:mm:ss`.

A format is compiled once into what reads and what writes. It knows `yyyy M d H m s S`, text in
single quotes, and takes every other character that is no letter as itself.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from itertools import product
from typing import Any, Final

_NAMES: Final = {
    "y": "year",
    "M": "month",
    "d": "day",
    "H": "hour",
    "m": "minute",
    "s": "second",
    "S": "millisecond",
}
_TOKEN: Final = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+")


@dataclass(frozen=True, slots=True)
class DateFormat:
    """One compiled format."""

    pattern: re.Pattern[str]
    writers: tuple[tuple[Callable[[datetime], str], ...], ...]
    """Per token, every way to write it: `3` and `03` for a single letter."""
    keeps_order: bool
    """Whether texts sort as their dates do: largest unit first, every field of fixed width."""
    has_days: bool
    """Whether a date survives being written: year, month and day are in the format."""
    below: tuple[int, ...] | None
    """Where its fields are those that make a moment, in their order, from the year to the day at least and to
    the second at most: what they leave of it, down to the microsecond."""

    def read(self, text: str, zone: tzinfo | None = None) -> datetime | None:
        """Give the moment in a zone (naive in none), the least that it can be; `None` if it does not fit."""
        found = self.pattern.fullmatch(text)
        if found is None:
            return None
        try:
            if self.below is not None:
                fields: list[Any] = [*map(int, found.groups()), *self.below, zone]
                return datetime(*fields)  # noqa: DTZ001  # the caller knows the zone
            parts: dict[str, Any] = {name: int(digits) for name, digits in found.groupdict().items()}
            microsecond = parts.pop("millisecond", 0) * 1000
            return datetime(**{"month": 1, "day": 1, **parts}, microsecond=microsecond, tzinfo=zone)
        except ValueError:
            return None

    def write(self, moment: datetime) -> tuple[str, ...]:
        """Give every text that reads as this moment, or as what the format keeps of it."""
        choices = ([writer(moment) for writer in writers] for writers in self.writers)
        return tuple(dict.fromkeys("".join(parts) for parts in product(*choices)))


@lru_cache(maxsize=256)
def compile_format(text: str) -> DateFormat:
    """Compile a format; raises `ValueError` naming what is not understood."""
    pattern: list[str] = []
    writers: list[tuple[Callable[[datetime], str], ...]] = []
    names: list[str] = []
    is_fixed = True
    end = 0
    while end < len(text):
        token = _TOKEN.match(text, end)
        if token is None:
            raise ValueError(f"a quote is not closed in date format {text!r}")
        end = token.end()
        letter, width = token[2], len(token[0])
        if letter is None:
            literal = token[0] if token[1] is None else token[1].replace("''", "'") or "'"
            pattern.append(re.escape(literal))
            writers.append((_literal_writer(literal),))
            continue
        name = _NAMES.get(letter)
        if name is None or name in names or not _is_known(letter, width):
            raise ValueError(f"{token[0]!r} is not understood in date format {text!r}")
        names.append(name)
        is_fixed = is_fixed and width > 1
        digits = f"{{{width}}}" if width > 1 else "{1,2}"
        pattern.append(f"(?P<{name}>[0-9]{digits})")
        widths = (width,) if width > 1 else (1, 2)
        writers.append(tuple(_field_writer(name, digits_wide) for digits_wide in widths))
    if "year" not in names:
        raise ValueError(f"no year in date format {text!r}")
    in_order = names == list(_NAMES.values())[: len(names)]
    has_days = {"year", "month", "day"} <= set(names)
    names_moment = in_order and has_days and "millisecond" not in names
    below = (0,) * (len(_NAMES) - len(names)) if names_moment else None
    return DateFormat(re.compile("".join(pattern)), tuple(writers), is_fixed and in_order, has_days, below)


def _is_known(letter: str, width: int) -> bool:
    if letter == "y":
        return width == 4  # two digits do not tell the century
    return width == 3 if letter == "S" else width <= 2


def _literal_writer(literal: str) -> Callable[[datetime], str]:
    return lambda _moment: literal


def _field_writer(name: str, width: int) -> Callable[[datetime], str]:
    if name == "millisecond":
        return lambda moment: f"{moment.microsecond // 1000:03d}"
    return lambda moment: f"{getattr(moment, name):0{width}d}"
