"""The bench city as a catalogue of Jutong's: five departments, seven resources, one application."""

import hashlib
from pathlib import Path
from typing import Any

import yaml

API_KEY = "bench"
CACHE_SECONDS = 300
"""Every resource is cached: cases a to d never ask for the same person twice, case e always does."""

_DEPARTMENTS: dict[str, dict[str, dict[str, Any]]] = {
    "police": {
        "household": {
            "identity": ["ID_NO"],
            "attach": [{"on": "Person", "core": True, "by": {"citizenId": "ID_NO"}}],
            "items": {
                "name": "NAME", "sex": "SEX", "birthDate": "BIRTH date", "nation": "NATION",
                "address": "ADDRESS", "householdNo": "HOUSEHOLD_NO", "district": "DISTRICT",
                "status": "STATUS",
            },
            "guards": ["protection"],
        }
    },
    "labour": {
        "insurance": {
            "identity": ["INS_NO"],
            "attach": [{"on": "Person", "field": "insurances", "by": {"citizenId": "ID_NO"}}],
            "items": {
                "kind": "KIND", "status": "STATUS", "paidThrough": "PAID_THROUGH", "base": "BASE int",
            },
        },
        "employer": {
            "identity": ["USCC"],
            "attach": [
                {"on": "Enterprise", "field": "socialInsurance", "many": False, "by": {"uscc": "USCC"}}
            ],
            "items": {"insuredCount": "INSURED int", "paidThrough": "PAID_THROUGH"},
        },
    },
    "housing": {
        "property": {
            "identity": ["CERT_NO"],
            "attach": [{"on": "Person", "field": "properties", "by": {"citizenId": "ID_NO"}}],
            "items": {
                "certificateNo": "CERT_NO", "area": "AREA int", "usage": "USAGE",
                "registeredOn": "REGISTERED date",
            },
        }
    },
    "transport": {
        "qualification": {
            "identity": ["CERT_NO"],
            "attach": [{"on": "Person", "field": "qualifications", "by": {"citizenId": "ID_NO"}}],
            "items": {
                "certificateNo": "CERT_NO", "category": "CATEGORY", "validTo": "VALID_TO date",
                "employer": "ORG link",
            },
        }
    },
    "market": {
        "company": {
            "identity": ["USCC"],
            "attach": [{"on": "Enterprise", "core": True, "by": {"uscc": "USCC"}}],
            "items": {"name": "NAME", "status": "STATUS", "capital": "CAPITAL int"},
        },
        "taxpayer": {
            "identity": ["USCC"],
            "attach": [{"on": "Enterprise", "field": "taxpayer", "many": False, "by": {"uscc": "USCC"}}],
            "items": {"status": "STATUS", "grade": "GRADE"},
        },
    },
}  # fmt: skip

_DRESS: dict[str, dict[str, Any]] = {
    "": {},
    "date": {"type": "Date", "read": {"format": "yyyyMMdd"}},
    "int": {"type": "Int"},
    "link": {"type": "CreditCode", "link": {"to": "Enterprise", "by": "uscc"}},
}

_ALL_ITEMS = [f"{name}.{resource}.*" for name, found in _DEPARTMENTS.items() for resource in found]


def write_catalogue(folder: Path, upstream: str, url: str) -> Path:
    """Write the catalogue over an upstream (`memory`, `postgres`, `rest…`, `graphql`); give its folder."""
    promoted: dict[str, list[str]] = {"Person": [], "Enterprise": []}
    for department, resources in _DEPARTMENTS.items():
        home = folder / "departments" / department
        source = _source(upstream, url)
        _write(
            home / "department.yaml",
            {"department": department, "title": department, "sources": {f"{department}Source": source}},
        )
        for name, declared in resources.items():
            for attach in declared["attach"]:
                if "field" in attach:
                    promoted[attach["on"]].append(f"{department}.{name}")
            _write(home / f"{name}.yaml", _resource(department, name, declared, upstream))
    _write(folder / "city.yaml", {"city": "Bench", "use": ["Person", "Enterprise"], "promoted": promoted})
    write_application(folder, _ALL_ITEMS)
    return folder


def write_application(folder: Path, grants: list[str]) -> None:
    """Register the application of all benches, with its key."""
    _write(folder / "access" / "bench.yaml", _application(grants, "bench", API_KEY))


def write_more_applications(folder: Path, count: int) -> list[str]:
    """Register as many applications beside it, each with its own key and the same grants; give the keys."""
    keys = [f"{API_KEY}-{number}" for number in range(count)]
    for number, key in enumerate(keys):
        name = f"bench{number:04d}"
        _write(folder / "access" / f"{name}.yaml", _application(_ALL_ITEMS, name, key))
    return keys


def write_plugin(folder: Path) -> Path:
    """Make the connector kind `computed` known to every Python that has this folder in its path."""
    info = folder / "jutong_bench-0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: jutong-bench\nVersion: 0\n", encoding="ascii"
    )
    (info / "entry_points.txt").write_text(
        "[jutong.connectors]\ncomputed = benchmarks.contestants.memory_kind:KIND\n", encoding="ascii"
    )
    return folder


def _source(upstream: str, url: str) -> dict[str, Any]:
    if upstream == "memory":
        return {"kind": "computed"}
    if upstream == "postgres":
        return {"kind": "sql", "url": url.replace("postgresql://", "postgresql+asyncpg://")}
    if upstream == "graphql":
        return {"kind": "graphql", "endpoint": f"{url}/graphql"}
    return {"kind": "rest", "base_url": url}


def _origin(upstream: str, name: str) -> Any:
    if upstream == "memory":
        return name
    if upstream == "postgres":
        return f"jutong_bench.{name}"
    if upstream == "graphql":
        return {"query": f"query ($keys: [String!]!) {{ {name}(keys: $keys) {{ __typename }} }}"}
    return {"path": f"/{name}", "method": "POST", "keys": "body", "parameter": "keys", "records": "data"}


def _resource(department: str, name: str, declared: dict[str, Any], upstream: str) -> dict[str, Any]:
    items = {}
    for item, text in declared["items"].items():
        column, _, dress = text.partition(" ")
        items[item] = {"title": item, "column": column, "level": 2, **_DRESS[dress]}
    return {
        "resource": name,
        "title": name,
        "source": f"{department}Source",
        "from": _origin(upstream, name),
        "identity": declared["identity"],
        "attach": declared["attach"],
        "sharing": {"type": "conditional", "condition": "Administrative approval"},
        "cache_seconds": CACHE_SECONDS,
        "guards": declared.get("guards", []),
        "items": items,
    }


def _application(grants: list[str], name: str, key: str) -> dict[str, Any]:
    return {
        "application": name,
        "title": "Bench",
        "audience": "share",
        "purposes": ["BENCH"],
        "keys": [f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"],
        "operator": f"{name}-operator",
        "case": f"{name}-1".upper(),
        "grants": [{"id": f"G-{name}".upper(), "purposes": ["BENCH"], "level": 2, "items": grants}],
    }


def _write(path: Path, declared: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(declared, allow_unicode=True, sort_keys=False), encoding="utf-8")
