"""Results -> the sections of docs/performance.md between `<!-- name -->` and `<!-- /name -->`."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.cases import CASES
from benchmarks.field import CONTESTANTS, UPSTREAMS

SUBJECT = "jutong"


def write_report(results: Mapping[str, Any], page: Path) -> None:
    """Put the comparison into the page."""
    put_section(page, "comparison", "\n".join(_comparison(results)))


def put_section(page: Path, name: str, text: str) -> None:
    """Replace one section of a page. `ValueError` if the page has none of this name."""
    old = page.read_text(encoding="utf-8")
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not pattern.search(old):
        raise ValueError(f"{page.name} has no section {name}")
    new = pattern.sub(lambda match: f"{match[1]}\n{text}\n\n{match[2]}", old)
    page.write_text(new, encoding="utf-8")


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Minimum, median, maximum."""
    return min(values), median(values), max(values)


def ratios(measured: Iterable[Mapping[str, Any]], upstream: str, case: str, other: str) -> list[float]:
    """CPU of Jutong over CPU of another, round by round."""
    cpu: dict[int, dict[str, float]] = defaultdict(dict)
    for one in measured:
        if one["upstream"] == upstream and one["case"] == case:
            cpu[one["round"]][one["contestant"]] = one["cpu_seconds"]
    return [both[SUBJECT] / both[other] for both in cpu.values() if SUBJECT in both and other in both]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cells) + " |" for cells in lines]


def machine_line(machine: Mapping[str, Any]) -> str:
    """What the numbers were measured on."""
    return (
        f"{machine['started']}, commit `{machine['commit']}`, {machine['processor']},"
        f" {machine['cores']} cores, Python {machine['python']}, Node {machine['node'] or 'none'};"
        f" load average {machine['load_before']} before and {machine['load_after']} after."
    )


def _comparison(results: Mapping[str, Any]) -> list[str]:
    machine, measured = results["machine"], results["measured"]
    lines = [
        machine_line(machine),
        f"{machine['rounds']} rounds of {machine['seconds']} s with {machine['connections']} connections.",
        "",
    ]
    upstreams = [name for name in UPSTREAMS if any(one["upstream"] == name for one in measured)]
    for upstream in upstreams:
        lines += [f"### Over {upstream}: {UPSTREAMS[upstream]}", ""]
        found = [one for one in measured if one["upstream"] == upstream]
        cells: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
        for one in found:
            cells[one["case"], one["contestant"]].append(one)
        names = [name for name in CONTESTANTS if any(one["contestant"] == name for one in found)]
        cases = [name for name in CASES if any(one["case"] == name for one in found)]
        lines += ["CPU of the server per request, ms: median (minimum to maximum).", ""]
        lines += table(
            ["case", *names],
            ([_case(case), *(_cpu(cells[case, name]) for name in names)] for case in cases),
        )
        lines += ["", "Jutong's CPU as a multiple of the others': median (minimum to maximum).", ""]
        others = [name for name in names if name != SUBJECT]
        lines += table(
            ["case", *others],
            ([case, *(_ratio(ratios(found, upstream, case, other)) for other in others)] for case in cases),
        )
        lines += ["", "Latency, ms: p50 / p99, medians of the rounds; upstream calls per request.", ""]
        lines += table(
            ["case", *names],
            ([case, *(_latency(cells[case, name]) for name in names)] for case in cases),
        )
        memory = ", ".join(
            f"{name} {max(one['resident_bytes'] for one in found if one['contestant'] == name) / 2**20:.0f}"
            for name in names
        )
        lines += ["", f"Resident memory at its highest, MiB: {memory}.", ""]
    if results["missing"]:
        lines.append("Not measured: " + "; ".join(f"{n} ({w})" for n, w in results["missing"].items()) + ".")
    return lines


def _case(name: str) -> str:
    return f"{name}: {CASES[name].title}"


def _cpu(found: Sequence[Mapping[str, Any]]) -> str:
    low, middle, high = spread([one["cpu_seconds"] * 1e3 for one in found])
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


def _ratio(found: Sequence[float]) -> str:
    low, middle, high = spread(found)
    return f"**{middle:.2f}** ({low:.2f} to {high:.2f})"


def _latency(found: Sequence[Mapping[str, Any]]) -> str:
    p50, p99 = (median(one[name] for one in found) * 1e3 for name in ("p50_seconds", "p99_seconds"))
    calls = [one["upstream_calls"] for one in found]
    counted = "" if calls[0] is None else f"; {median(calls):.2f}"
    return f"{p50:.1f} / {p99:.1f}{counted}"
