"""Random registers of aliases for a generated city: chains, circles, torn keys, keys of another kind."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.cities import harbour_rows as rows

Raw = dict[str, Any]
Key = tuple[Any, ...]

PEOPLE = [
    rows.ZHANG,
    rows.LI,
    rows.X_CHECK,
    rows.PROTECTED,
    rows.MISTAKEN,
    rows.CORRECTED,
    rows.TORN,
    rows.FIRST,
]
FIRMS = [rows.FLEET, rows.SHOP, rows.SOCIETY, rows.MERGED]
KINDS = {"1": "corrected", "2": "renumbered", "3": "merged"}


@dataclass(frozen=True)
class End:
    """A key of an entity: its columns as YAML has them, what they hold, and keys to draw."""

    name: str
    parts: dict[str, str]
    """Part to type; a key that is not composite has one part without a name."""
    keys: list[Key]


CITIZEN = End("citizenId", {"": "CitizenId"}, [(one,) for one in PEOPLE])
FIRM = End("uscc", {"": "CreditCode"}, [(one,) for one in FIRMS])
NUMBER = End("registrationNo", {"": "String"}, [("a",), ("b",), (rows.OLD_NUMBER,)])
TAG = End("tag", {"": "String"}, [("t1",), ("t2",), ("A",)])
PLATE = End("plate", {"serial": "String", "tone": "Tone"}, [("s1", "1"), ("s1", "2"), ("s2", "1")])
SHAPES = [
    ("Person", CITIZEN, CITIZEN),
    ("Enterprise", FIRM, FIRM),
    ("Enterprise", NUMBER, FIRM),
    ("Gadget", TAG, PLATE),
    ("Gadget", PLATE, PLATE),
]


@dataclass
class Pool:
    """Keys that no row names yet: chains longer than are followed would make answers depend on each other."""

    random: Random
    taken: set[tuple[str, Key]] = field(default_factory=set)

    def draw(self, end: End) -> Key | None:
        free = [key for key in end.keys if (end.name, key) not in self.taken]
        if not free:
            return None
        key = self.random.choice(free)
        self.taken.add((end.name, key))
        return key


class Register:
    """One random register; `items` and `department` as of other generated resources."""

    def __init__(self, random: Random, department: str, name: str, pool: Pool) -> None:
        self._random = random
        self.department, self.name = department, name
        self.entity, self._old, self._current = random.choice(SHAPES)
        self._validity = random.choice([None, None, {"from": "SINCE"}, {"from": "SINCE", "to": "UNTIL"}])
        self._kind: dict[str, Any] = random.choice(
            [{}, {"kind": "merged"}, {"kind_column": "WHY", "kinds": KINDS}]
        )
        self.items = {**self._items_of("old", self._old), **self._items_of("new", self._current)}
        self.items["why"] = {"title": "why", "column": "WHY", "level": random.choice([1, 3])}
        if random.random() < 0.5:
            self.items["since"] = {
                "title": "since",
                "column": "SINCE",
                "type": "Date",
                "level": self._level(),
            }
        self._pairs = list(self._drawn(pool))

    def declaration(self) -> dict[str, Any]:
        """As YAML would say it."""
        sharing = self._random.choice(
            [
                {"type": "unconditional"},
                {"type": "unconditional"},
                {"type": "conditional", "condition": "批准 — Approved"},
            ]
        )
        return {
            "resource": self.name,
            "title": f"{self.name} 别名 — {self.name}",
            "source": f"{self.department}Db",
            "identity": ["ROW"],
            "sharing": sharing,
            "open": "unconditional" if self._random.random() < 0.5 else "closed",
            "validity": self._validity,
            "aliases": {
                "of": self.entity,
                "old": {self._old.name: _columns("old", self._old)},
                "current": {self._current.name: _columns("new", self._current)},
                **self._kind,
            },
            "columns": {"ROW": {"type": "Int"}},
            "items": self.items,
        }

    def rows(self) -> list[Raw]:
        """Rows of today and of other days."""
        random = self._random
        return [
            {
                "ROW": number,
                **_row("old", self._old, old),
                **_row("new", self._current, new),
                "WHY": random.choice(["1", "2", "9", None]),
                "SINCE": random.choice([None, "2000-01-01", "2012-03-12", "2099-01-01"]),
                "UNTIL": random.choice([None, None, "2026-06-29", "2099-01-01"]),
            }
            for number, (old, new) in enumerate(self._pairs)
        ]

    def _drawn(self, pool: Pool) -> Iterator[tuple[Key, Key]]:
        """Groups of keys that hang together, none of them farther from another than two aliases."""
        is_one_kind = self._old is self._current
        for _ in range(self._random.randint(1, 3)):
            shape = self._random.choice(["pair", "pair", "torn", "two", "chain", "circle", "nonsense"])
            if shape in {"chain", "circle"} and not is_one_kind:
                shape = "pair"
            ends = {
                "two": (self._old, self._old, self._current),
                "torn": (self._old, self._current, self._current),
            }
            drawn = [pool.draw(end) for end in ends.get(shape, (self._old, self._current, self._current))]
            one, two, three = drawn
            if one is None or two is None:
                continue
            match shape:
                case "pair":
                    yield one, two
                case "nonsense":
                    yield one, ("nonsense", "7")[: len(two)]
                case "circle":
                    yield from [(one, two), (two, one)]
                case "chain" if three is not None:
                    yield from [(one, two), (two, three)]
                case "torn" if three is not None:
                    yield from [(one, two), (one, three)]
                case "two" if three is not None:
                    yield from [(one, three), (two, three)]

    def _items_of(self, name: str, end: End) -> dict[str, dict[str, Any]]:
        level = self._level()
        return {
            f"{name}{part.capitalize()}": {
                "title": f"{name} {part}",
                "column": _column(name, part),
                "level": level,
                "codes" if type_ == "Tone" else "type": type_,
            }
            for part, type_ in end.parts.items()
        }

    def _level(self) -> int:
        return self._random.choice([1, 1, 2, 3])


def _column(name: str, part: str) -> str:
    return f"{name}_{part}".upper().rstrip("_")


def _columns(name: str, end: End) -> Any:
    columns = {part: _column(name, part) for part in end.parts}
    return columns.get("", columns)


def _row(name: str, end: End, key: Key) -> Raw:
    return {_column(name, part): value for part, value in zip(end.parts, key, strict=True)}
