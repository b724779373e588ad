"""Since when and until when rows hold."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Validity:
    """Since when and until when a row holds. Items, or `column:` and a column that is none."""

    start: str | None
    """Its first day; empty: since ever."""
    end: str | None
    """Its last day, or with `ends_before` the day after; empty: still."""
    ends_before: bool = False
    is_versioned: bool = False
    """Rows of a key are versions of one, and today's answers where no day is asked for."""
    at_source: bool = False
    """The source is asked for a day, and no column is looked at."""
