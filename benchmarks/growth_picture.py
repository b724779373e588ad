"""Measured series -> one picture, by matplotlib (the `bench` extra); same numbers, same bytes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.growth_report import Series

_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "jutong",
    "font.size": 9,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Arial"],
}
_WIDE = 100
"""An axis whose ends are further apart than this, as a ratio, is logarithmic."""


def draw(measured: Sequence[Series], path: Path) -> None:
    """Draw one small plot for each series, each from zero, into an SVG file."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(10, 5.6), layout="constrained")
        for place, series in enumerate(measured):
            _plot(figure.add_subplot(2, 3, place + 1), series)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, metadata={"Date": None, "Creator": None})
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")


def _plot(axes: Axes, series: Series) -> None:
    counts, costs = zip(*series.points, strict=True)
    axes.plot(counts, costs, marker="o", markersize=3.5, linewidth=1.4, color="#1f5fa8")
    if counts[-1] / counts[0] > _WIDE:
        axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_ylim(0, max(costs) * 1.15)
    axes.set_title(series.name, loc="left", fontweight="bold")
    axes.set_xlabel(series.axis)
    axes.set_ylabel("CPU per request, ms")
    axes.grid(visible=True, color="#dddddd", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
