"""Measured series -> a table, and where their picture stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import table

IMAGE = Path("docs") / "images" / "growth.svg"


@dataclass(frozen=True)
class Series:
    """CPU per request against one thing that grows."""

    name: str
    axis: str
    """What is counted along it."""
    points: tuple[tuple[int, float], ...]
    """How many, and CPU milliseconds; growing."""

    def ratio(self) -> float:
        """Cost of the last point over that of the first."""
        return self.points[-1][1] / self.points[0][1]

    def each(self) -> float:
        """Milliseconds that one more costs, from the first point to the last."""
        (first, low), (last, high) = self.points[0], self.points[-1]
        return (high - low) / (last - first)


def series_table(measured: Iterable[Series]) -> list[str]:
    """One row for each series."""
    head = ["what grows", "how many: CPU per request, ms", "last over first", "one more costs, µs"]
    return table(
        head,
        (
            [
                one.axis,
                ", ".join(f"{at:,}: {cost:.2f}" for at, cost in one.points),
                f"{one.ratio():.2f}",
                f"{one.each() * 1e3:.2f}",
            ]
            for one in measured
        ),
    )
