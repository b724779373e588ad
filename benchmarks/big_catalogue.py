"""A catalogue as large as a city's: 72 departments, 3,591 resources, some 40,000 items."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.catalogue import write_catalogue

DEPARTMENTS, RESOURCES = 72, 3_591
BENCH_DEPARTMENTS, BENCH_RESOURCES = 5, 7
LARGEST = 1_800
"""Resources of one department: its namespace is the type on which a typo is tried."""
_ITEMS = (
    "{{ title: 名称{n} — Name {n}, column: C{n}, level: 1 }}",
    "{{ title: 证号{n} — Number {n}, column: C{n}, level: 2 }}",
    "{{ title: 日期{n} — Date {n}, column: C{n}, type: Date, level: 2, read: {{ format: yyyyMMdd }} }}",
    "{{ title: 金额{n} — Amount {n}, column: C{n}, type: Decimal, unit: 元, level: 3 }}",
    "{{ title: 数量{n} — Count {n}, column: C{n}, type: Int, level: 1 }}",
)


def write_city(folder: Path, departments: int = DEPARTMENTS, resources: int = RESOURCES) -> Path:
    """Write the catalogue and give its folder; fewer departments and resources for tests."""
    write_catalogue(folder, "memory", "")
    for number, size in enumerate(_sizes(departments - BENCH_DEPARTMENTS, resources - BENCH_RESOURCES)):
        home = folder / "departments" / f"bureau{number:02d}"
        home.mkdir()
        (home / "department.yaml").write_text(
            f"department: bureau{number:02d}\ntitle: 市第{number}局 — Bureau {number}\n"
            f"sources:\n  service{number:02d}: {{ kind: rest, base_url: 'http://127.0.0.1:9' }}\n",
            encoding="utf-8",
        )
        for place in range(size):
            (home / f"resource{place:04d}.yaml").write_text(_resource(number, place), encoding="utf-8")
    return folder


def count(folder: Path) -> tuple[int, int, int]:
    """Departments, resources and items of a written catalogue."""
    departments = list((folder / "departments").iterdir())
    resources = [path for home in departments for path in home.iterdir() if path.name != "department.yaml"]
    items = sum(path.read_text(encoding="utf-8").count("column: ") for path in resources)
    return len(departments), len(resources), items


def _sizes(departments: int, resources: int) -> Iterator[int]:
    largest = min(LARGEST, resources - (departments - 1))
    yield largest
    left = resources - largest
    for place in range(departments - 1):
        share = left // (departments - 1 - place)
        left -= share
        yield share


def _resource(department: int, place: int) -> str:
    entity, key, type_ = (
        ("Enterprise", "uscc", "CreditCode") if place % 3 == 2 else ("Person", "citizenId", "CitizenId")
    )
    name, many = f"resource{place:04d}", "false" if place % 2 else "true"
    items = range(10 + (place % 6 == 0))
    lines = [
        f"resource: {name}",
        f"title: 信息资源{place} — Resource {place}",
        f"source: service{department:02d}",
        f"from: {{ path: /{name}, keys: repeated, parameter: key, records: data }}",
        "identity: [KEY]",
        "attach:",
        f"  - {{ on: {entity}, field: {name}, many: {many}, by: {{ {key}: KEY }} }}",
        "update_cycle: daily",
        "sharing: { type: conditional, condition: 行政审批 — Administrative approval }",
        "items:",
        f"  key: {{ title: 主键 — Key, column: KEY, type: {type_}, level: 3 }}",
        *(f"  item{n:02d}: {_ITEMS[n % len(_ITEMS)].format(n=n)}" for n in items),
    ]
    return "\n".join(lines) + "\n"
