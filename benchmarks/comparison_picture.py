"""The comparison as a picture: what a request costs each contestant, and how long it takes."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median
from textwrap import fill
from typing import Any

from matplotlib.axes import Axes

from benchmarks.cases import CASES
from benchmarks.picture import OURS, picture
from benchmarks.report import SUBJECT

SHOWN = ("b", "c", "d")
"""Cases; in the others no source is asked, or one."""
NAMES = {
    "jutong": "Jutong",
    "tailcall": "Tailcall (Rust)",
    "stitching": "stitching (Node)",
    "strawberry": "Strawberry",
    "fan-out": "the calls alone, by hand",
}
ROWS = (
    ("rest", "cpu_seconds", "CPU per request, ms"),
    ("rest-5ms", "p50_seconds", "p50 where sources take 5 ms, ms"),
)
TITLE_WIDTH = 30
"""Characters in a line of a title."""
_COLOURS = {SUBJECT: OURS, "fan-out": "#c9c9c9"}
_OTHERS = "#8fabc9"


def draw(measured: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Draw cases beside one another, CPU over REST above and latency over slow REST below, into an SVG file.
    Who did not take part has no bar."""
    measured = list(measured)
    with picture(path, 10, 4.4) as figure:
        for row, (upstream, figure_of, axis) in enumerate(ROWS):
            for column, case in enumerate(SHOWN):
                axes = figure.add_subplot(len(ROWS), len(SHOWN), row * len(SHOWN) + column + 1)
                found = [one for one in measured if (one["upstream"], one["case"]) == (upstream, case)]
                _bars(axes, _medians(found, figure_of))
                axes.set_xlabel(axis)
                axes.tick_params(left=False, labelleft=column == 0)
                if row == 0:
                    title = fill(f"{case}: {CASES[case].title}", TITLE_WIDTH)
                    axes.set_title(title, loc="left", fontweight="bold")


def _medians(found: Iterable[Mapping[str, Any]], figure_of: str) -> Mapping[str, float]:
    """Milliseconds by contestant, in the order of `NAMES`."""
    all_of: dict[str, list[float]] = {name: [] for name in NAMES}
    for one in found:
        if one["contestant"] in all_of:
            all_of[one["contestant"]].append(one[figure_of] * 1e3)
    return {name: median(values) for name, values in all_of.items() if values}


def _bars(axes: Axes, values: Mapping[str, float]) -> None:
    bars = axes.barh(
        [NAMES[name] for name in values],
        list(values.values()),
        color=[_COLOURS.get(name, _OTHERS) for name in values],
        height=0.7,
    )
    axes.bar_label(bars, fmt="{:.3g}", padding=3, fontsize=8)
    axes.invert_yaxis()
    axes.set_xlim(0, max(values.values(), default=1) * 1.15)
    axes.spines[["top", "right", "left"]].set_visible(False)
