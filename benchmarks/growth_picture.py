"""How cost grows, as a picture: one small plot for each measured series."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes

from benchmarks.growth_report import Series
from benchmarks.picture import OURS, picture

_WIDE = 100
"""An axis whose ends are further apart than this, as a ratio, is logarithmic."""


def draw(measured: Sequence[Series], path: Path) -> None:
    """Draw one small plot for each series, each from zero, into an SVG file."""
    with picture(path, 10, 5.6) as figure:
        for place, series in enumerate(measured):
            _plot(figure.add_subplot(2, 3, place + 1), series)


def _plot(axes: Axes, series: Series) -> None:
    counts, costs = zip(*series.points, strict=True)
    axes.plot(counts, costs, marker="o", markersize=3.5, linewidth=1.4, color=OURS)
    if counts[-1] / counts[0] > _WIDE:
        axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_ylim(0, max(costs) * 1.15)
    axes.set_title(series.name, loc="left", fontweight="bold")
    axes.set_xlabel(series.axis)
    axes.set_ylabel("CPU per request, ms")
    axes.grid(visible=True, color="#dddddd", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
