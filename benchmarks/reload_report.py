"""Requests and ticks of a loop, put to the parts of the time they fall into, and the table of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.report import table

Span = tuple[float, float]
"""From and to, in seconds of `time.monotonic`."""
AFTER_SECONDS, GOING_SECONDS = 0.1, 1.0
"""After an exchange the first requests may still feel it; what it replaced goes within a second."""


@dataclass(frozen=True)
class Answered:
    """One request of the load, in seconds of `time.monotonic`."""

    sent: float
    done: float


@dataclass(frozen=True)
class Part:
    """What was measured in one part of the time; all times are seconds."""

    name: str
    requests: int
    p50: float
    p99: float
    longest: float
    stalls: tuple[float, float, float]
    """The loop's longest: on the clock, in CPU time of the process, in that of the loop's thread."""


def parts_of(
    answered: Sequence[Answered], watched: Mapping[str, Any], grace_seconds: float, calm_seconds: float
) -> list[Part]:
    """The time of reloads, the time when what they replaced goes, and all that lies between."""
    ticks = watched["ticks"]
    rows = list(zip(ticks[::4], ticks[1::4], ticks[2::4], ticks[3::4], strict=True))
    reloads = [(began, ended + AFTER_SECONDS) for began, ended in watched["reloads"]]
    ends = [ended + grace_seconds for _, ended in watched["reloads"]]
    leaving = [(end, end + GOING_SECONDS) for end in ends]
    calm = _between([(reloads[0][0] - calm_seconds,) * 2, *reloads, *leaving])
    spans = {"without a reload": calm, "while a reload works": reloads, "while the old schema goes": leaving}
    return [
        _part(
            name,
            [one.done - one.sent for one in answered if _meets(one.sent, one.done, own)],
            [row[1:] for row in rows if _meets(row[0] - row[1], row[0], own)],
        )
        for name, own in spans.items()
    ]


def report(results: Mapping[str, Any]) -> list[str]:
    """The words and the table of the page."""
    head = [
        "part of the time", "requests", "p50, ms", "p99, ms", "longest, ms",
        "longest stall of the loop on the clock, ms", "of the process at work, ms", "of the loop at work, ms",
    ]  # fmt: skip
    rows = [
        [
            one["name"],
            f"{one['requests']:,}",
            *(f"{one[name] * 1e3:.1f}" for name in ("p50", "p99", "longest")),
            *(f"{stall * 1e3:.1f}" for stall in one["stalls"]),
        ]
        for one in results["parts"]
    ]
    departments, resources, items = results["counts"]
    work = results["reload_seconds"]
    return [
        f"{len(results['edits'])} edits of {departments} departments, {resources:,} resources, {items:,}"
        f" items: **{len(results['failed'])} failed requests**, and {results['planned']} plans that a request"
        " had to make."
        f" A reload takes {median(work):.2f} s beside the load, at most {max(work):.2f} s.",
        "",
        f"From the edit until the answer is new, up to two seconds until files are looked at among it:"
        f" {_waits(results['edits'])}.",
        "",
        *table(head, rows),
    ]


def _waits(edits: Iterable[Mapping[str, Any]]) -> str:
    waited: dict[str, list[float]] = {}
    for one in edits:
        if one["seen"]:
            waited.setdefault(one["kind"], []).append(one["seen"] - one["at"])
    return "; ".join(
        f"{kind} {median(times):.1f} s, at most {max(times):.1f} s" for kind, times in waited.items()
    )


def _part(name: str, latencies: Iterable[float], ticks: Sequence[Sequence[float]]) -> Part:
    in_order = sorted(latencies)
    clock, process, thread = (max(row[place] for row in ticks) for place in range(3))
    p99 = in_order[int(len(in_order) * 0.99)]
    return Part(name, len(in_order), median(in_order), p99, in_order[-1], (clock, process, thread))


def _between(spans: Iterable[Span]) -> list[Span]:
    """What lies between spans that may overlap."""
    found: list[Span] = []
    reached: float | None = None
    for began, ended in sorted(spans):
        if reached is not None and began > reached:
            found.append((reached, began))
        reached = ended if reached is None else max(reached, ended)
    return found


def _meets(began: float, ended: float, spans: Iterable[Span]) -> bool:
    return any(began < last and ended > first for first, last in spans)
