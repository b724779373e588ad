"""Random cities: catalogues of every shape the grammar has, rows as careless registers keep them, grants."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import orjson

from schema.policy.model import Application, Grant, Policy
from tests.cities import harbour_rows as rows
from tests.differential.registers import Pool, Register

PEOPLE = [rows.ZHANG, rows.LI, rows.X_CHECK, rows.PROTECTED]
FIRMS = [rows.FLEET, rows.SHOP, rows.SOCIETY]
SERIALS = ["s1", "s2"]
TONES = {"DARK": "1", "LIGHT": "2"}
WORDS = ["a", "b", "b ", ""]

Raw = dict[str, Any]


@dataclass(frozen=True)
class GeneratedCity:
    """Declarations by path, rows by resource, and the one application's grants."""

    texts: dict[str, str]
    tables: dict[str, list[Raw]]
    policy: Policy


def generate_city(seed: int) -> GeneratedCity:
    """The same city for the same seed."""
    random = Random(seed)
    texts: dict[str, Any] = {
        "city.yaml": {"city": "生成 — Generated", "use": ["Person", "Enterprise"]},
        "codes/tone.yaml": {
            "codes": "Tone",
            "title": "色 — Tone",
            "enum": True,
            "values": {code: {"label": code.lower(), "stored": stored} for code, stored in TONES.items()},
        },
        "entities/gadget.yaml": {
            "entity": "Gadget",
            "title": "器 — Gadget",
            "argument": "key",
            "keys": {"plate": {"serial": "String", "tone": "Tone"}, "tag": "String"},
        },
    }
    tables: dict[str, list[Raw]] = {}
    made: list[_Resource] = []
    for number in range(random.randint(3, 6)):
        one = _Resource(random, f"d{number % 2}", f"r{number}", made)
        made.append(one)
        texts[f"departments/{one.department}/{one.name}.yaml"] = one.declaration()
        tables[f"{one.department}.{one.name}"] = one.rows()
    pool = Pool(random)
    registers = [
        Register(random, f"d{number % 2}", f"alias{number}", pool) for number in range(random.randint(0, 3))
    ]
    for register in registers:
        texts[f"departments/{register.department}/{register.name}.yaml"] = register.declaration()
        tables[f"{register.department}.{register.name}"] = register.rows()
    for name in ("d0", "d1"):
        source = {"kind": "memory"}
        texts[f"departments/{name}/department.yaml"] = {
            "department": name,
            "title": name.upper(),
            "sources": {f"{name}Db": source},
        }
    placed = [one for one in made if one.places and not one.covers and random.random() < 0.3]
    promoted: dict[str, list[str]] = {}
    for one in placed:
        promoted.setdefault(one.places[0], []).append(f"{one.department}.{one.name}")
    texts["city.yaml"]["promoted"] = promoted
    return GeneratedCity(
        {path: orjson.dumps(value).decode() for path, value in texts.items()},
        tables,
        Policy({"app": _application(random, [*made, *registers])}),
    )


def _application(random: Random, made: "Sequence[_Resource | Register]") -> Application:
    grants = []
    for number in range(random.randint(1, 5)):
        one = random.choice(made)
        item = random.choice([*one.items, "*", "*", "*"])
        grants.append(
            Grant(
                id=f"G-{number}",
                items=(f"{one.department}.{one.name}.{item}",),
                purposes=frozenset({random.choice(["PERMIT", "PERMIT", "OTHER"])}),
                level=random.choice([1, 2, 3, 4]),
                rights=frozenset(random.sample(["show", "use", "match"], random.randint(1, 3))),
                is_revoked=random.random() < 0.1,
                requires_consent=random.random() < 0.1,
            )
        )
    return Application("app", "App", "share", "d0", frozenset({"PERMIT"}), (), tuple(grants))


class _Resource:
    """One random resource: its items with makers of raw values, and where it hangs."""

    def __init__(self, random: Random, department: str, name: str, before: "list[_Resource]") -> None:
        self._random = random
        self.department, self.name = department, name
        self.items: dict[str, dict[str, Any]] = {}
        self.places: list[str] = []
        self.covers: list[str] = []
        self._columns: dict[str, Any] = {"ROW": None}
        self._declared_columns: dict[str, Any] = {"ROW": {"type": "Int"}}
        self._arguments: dict[str, Any] = {}
        self._add_items()
        self._attach = self._attachments(before)

    def rows(self) -> list[Raw]:
        """Rows with empty, repeated and unreadable values among the good ones."""
        random = self._random
        return [
            {column: number if make is None else make() for column, make in self._columns.items()}
            for number in random.sample(range(100), random.randint(0, 9))
        ]

    def declaration(self) -> dict[str, Any]:
        """As YAML would say it."""
        random = self._random
        sharing = random.choice(
            [
                {"type": "unconditional"},
                {"type": "unconditional"},
                {"type": "conditional", "condition": "批准 — Approved"},
                {"type": "conditional", "condition": "批准 — Approved"},
                {"type": "withheld", "basis": "法 — Law"},
            ]
        )
        declared = {
            "resource": self.name,
            "title": f"{self.name} 源 — {self.name}",
            "source": f"{self.department}Db",
            "identity": ["ROW"],
            "attach": self._attach,
            "sharing": sharing,
            "open": self._opening(sharing["type"]),
            "connected": random.random() > 0.1,
            "partial": random.random() < 0.4,
            "guards": ["protection"] if random.random() < 0.6 else [],
            "limits": {"default_first": random.choice([2, 3, 50]), "max_first": 50},
            "coverage": {"territory": "500000"} if random.random() < 0.3 else {},
            "collection": self._collection(),
            "validity": self._validity(),
            "arguments": self._arguments,
            "columns": self._declared_columns,
            "items": self.items,
        }
        if declared["collection"] is not None or not self._has_one_key():
            declared["guards"] = []  # whom they protect would be shown
        return declared

    def _has_one_key(self) -> bool:
        """Whether its rows are had by the key of whom they tell alone."""
        links = [item["link"] for item in self.items.values() if "link" in item]
        ways = [columns for place in self._attach if "via" not in place for columns in place["by"].values()]
        is_choice = any(isinstance(columns, list) for columns in ways)
        return len(self._attach) == 1 and not is_choice and not any("reverse" in link for link in links)

    def _validity(self) -> dict[str, Any] | None:
        """Since when and until when; a column of it may be an item, whose right to match it then takes."""
        random = self._random
        if random.random() < 0.5:
            return None
        days = [None, "2000-01-01", "2012-03-12", "2026-06-30", "2099-01-01"]
        self._columns["SINCE"] = self._columns["ENDED"] = lambda: random.choice(days)
        if random.random() < 0.4:
            self.items["since"] = {
                "title": "since",
                "column": "SINCE",
                "type": "Date",
                "level": self._level(),
            }
        end = random.choice(["to", "until"])
        return {"from": "SINCE", end: "ENDED", "versions": random.random() < 0.5}

    def _collection(self) -> dict[str, Any] | None:
        if any(place["on"] == "Person" for place in self._attach) or self._random.random() < 0.4:
            return None
        return {"field": f"{self.name}All", "total": self._random.random() < 0.5}

    def _opening(self, sharing: str) -> Any:
        is_open = sharing != "withheld" and self._random.random() < 0.6
        if not is_open:
            return "closed"
        if "tone" in self.items and self._random.random() < 0.5:
            return {"type": "unconditional", "rows": {"tone": {"eq": "DARK"}}}
        return "unconditional"

    def _add_items(self) -> None:
        random = self._random
        word = lambda: random.choice([*WORDS, None])  # noqa: E731 - a maker of raw values
        self._item("word", {"column": "WORD", "mask": "name"}, "WORD", word)
        self._item(
            "tone", {"column": "TONE", "codes": "Tone"}, "TONE", lambda: random.choice(["1", "2", "9", None])
        )
        choices = [
            lambda: self._item(
                "count", {"column": "N", "type": "Int"}, "N", lambda: random.choice([0, 1, 5, 12, None, "x"])
            ),
            lambda: self._item(
                "amount",
                {"column": "FEN", "type": "Decimal", "read": {"scale": "0.01"}},
                "FEN",
                lambda: random.choice([0, 150, 99999, None, "?"]),
            ),
            lambda: self._item(
                "day",
                {"column": "DAY", "type": "Date", "read": {"format": ["yyyyMMdd", "yyyy年M月d日"]}},
                "DAY",
                lambda: random.choice(["20260630", "2012年3月1日", "20269999", "", None]),
            ),
            lambda: self._link("owner", "Person", "citizenId"),
            lambda: self._link("firm", "Enterprise", "uscc"),
            lambda: self._link("unit", "Enterprise", "orgCode"),
            self._union,
            self._composite,
        ]
        for add in random.sample(choices, random.randint(1, len(choices))):
            add()
        derivations = self._derivations()
        for derive in random.sample(derivations, random.randint(0, len(derivations))):
            ((how, of),) = derive.items()
            name = f"{how}{(of if isinstance(of, str) else of['item']).capitalize()}"
            kind = "String" if how == "band" else "Boolean"
            self.items[name] = {"title": name, "type": kind, "level": self._level(), "derive": derive}

    def _derivations(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = [{"exists": "word"}]
        if "count" in self.items:
            band = {"item": "count", "bounds": [1, 10], "labels": ["none", "few", "many"]}
            found += [{"positive": "count"}, {"band": band}]
        if "amount" in self.items:
            found.append({"positive": "amount"})
        if self._random.random() < 0.4:
            is_required = self._random.random() < 0.5
            self._arguments = {"word": {"title": "词 — Word", "required": is_required, "parameter": "WORD"}}
            found = [{"equals": {"item": "word", "argument": "word"}}, *found]
        return found

    def _level(self) -> int:
        return self._random.choice([1, 1, 1, 2, 2, 3, 4])

    def _item(self, name: str, declared: dict[str, Any], column: str, make: Any) -> None:
        self.items[name] = {"title": f"{name} 项 — {name}", "level": self._level(), **declared}
        self._columns[column] = make

    def _link(self, name: str, entity: str, key: str) -> None:
        type_ = {"citizenId": "CitizenId", "uscc": "CreditCode"}.get(key, "String")
        stored = ["18", "15", "lower-x", "padded"] if key == "citizenId" else []
        link: dict[str, Any] = {"to": entity, "by": key}
        if self._random.random() < 0.4:
            link["reverse"] = f"{self.name}{name.capitalize()}"
        declared = {"column": name.upper(), "type": type_, "stored": stored, "link": link}
        self._item(name, declared, name.upper(), lambda: self._raw_key(key))

    def _union(self) -> None:
        link: dict[str, Any] = {
            "kind_column": "KIND",
            "kinds": {"1": "Person.citizenId", "2": "Enterprise.uscc", "3": "Gadget.tag"},
        }
        if self._random.random() < 0.4:
            link["reverse"] = f"{self.name}Holder"
        forms = {"stored": ["18", "15", "lower-x", "padded"]} if self._random.random() < 0.5 else {}
        self._item("holder", {"column": "HOLDER", "link": link, **forms}, "HOLDER", self._raw_holder)
        self._columns["KIND"] = lambda: self._random.choice(["1", "2", "3", "9"])

    def _composite(self) -> None:
        link = {"to": "Gadget", "by": "plate", "parts": {"serial": "G_NO", "tone": "G_TONE"}}
        self._item("gadget", {"column": "G_NO", "link": link}, "G_NO", lambda: self._raw_key("serial"))
        self._columns["G_TONE"] = lambda: self._random.choice(["1", "2", "7", None])
        self._declared_columns["G_TONE"] = {"type": "Tone"}

    def _attachments(self, before: "list[_Resource]") -> list[dict[str, Any]]:
        random = self._random
        found = []
        entities = random.sample(["Person", "Enterprise", "Gadget"], random.choice([1, 1, 2]))
        for entity in entities:
            through = [one for one in before if entity in one.places]
            cores = [prefix for one in before for prefix in one.covers]
            if entity == "Enterprise" and len(cores) < 2 and random.random() < 0.5:
                self.covers = ["5" if cores else "9"]
                found.append({**self._direct(entity), "field": None, "core": True, "covers": self.covers})
            elif through and random.random() < 0.3:
                found.append(self._via(entity, random.choice(through)))
            else:
                found.append(self._direct(entity))
        return found

    def _direct(self, entity: str) -> dict[str, Any]:
        random = self._random
        self.places.append(entity)
        by: dict[str, Any]
        if entity == "Person":
            columns = ["K_ID", "K_ID2"][: random.choice([1, 2])]
            for column in columns:
                self._columns[column] = lambda: self._raw_key("citizenId")
                self._declared_columns[column] = {
                    "type": "CitizenId",
                    "stored": ["18", "15", "lower-x", "padded"],
                }
            by = {"citizenId": columns if len(columns) > 1 else columns[0]}
        elif entity == "Enterprise":
            by = {"uscc": "K_USCC"}
            self._columns["K_USCC"] = lambda: self._raw_key("uscc")
            self._declared_columns["K_USCC"] = {"type": "CreditCode", "stored": ["upper", "lower"]}
            if random.random() < 0.5:
                by["orgCode"] = "K_ORG"
                self._columns["K_ORG"] = lambda: self._raw_key("orgCode")
        else:
            by = {"plate": {"serial": "K_NO", "tone": "K_TONE"}}
            self._columns["K_NO"] = lambda: self._raw_key("serial")
            self._columns["K_TONE"] = lambda: random.choice(["1", "2", "7", None])
            self._declared_columns["K_TONE"] = {"type": "Tone"}
            if random.random() < 0.5:
                by["tag"] = "K_TAG"
                self._columns["K_TAG"] = lambda: random.choice(["t1", "t2", None])
        return {"on": entity, "field": f"{self.name}Rows", "by": by, "many": random.random() < 0.7}

    def _via(self, entity: str, through: "_Resource") -> dict[str, Any]:
        self._columns["VIA"] = lambda: self._random.choice(WORDS)
        path = f"{through.department}.{through.name}.word"
        return {
            "on": entity,
            "field": f"{self.name}Via",
            "via": path,
            "by": "VIA",
            "many": self._random.random() < 0.8,
        }

    def _raw_key(self, key: str) -> Any:
        """A key as registers keep it: another form, another case, nothing, or nonsense."""
        random = self._random
        if random.random() < 0.15:
            return random.choice([None, "nonsense", ""])
        match key:
            case "citizenId":
                whole = random.choice(PEOPLE)
                return random.choice([whole, whole.lower(), f"{whole}  ", whole[:6] + whole[8:17]])
            case "uscc":
                return random.choice([str.upper, str.lower])(random.choice(FIRMS))
            case "orgCode":
                return random.choice(FIRMS)[8:17]
        return random.choice(SERIALS)

    def _raw_holder(self) -> Any:
        old = PEOPLE[0][:6] + PEOPLE[0][8:17]
        return self._random.choice([*PEOPLE, *FIRMS, PEOPLE[2].lower(), old, "t1", None, "x", "", " "])
