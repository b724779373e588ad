"""What assembling costs beside the same dictionaries written by hand: rows in memory -> bytes.

    python -m benchmarks.assemble

The rows of a case are fetched once, through Jutong's own plan. Then both make the whole body of them again
and again, in turns: Jutong through its compiled plan, the floor through a function that knows nothing of
states, rights, bounds or what a row may hold besides the right thing. Bodies are compared first.
"""

import argparse
import asyncio
import gc
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from benchmarks.cases import CASES, Case
from benchmarks.catalogue import write_catalogue
from benchmarks.contestants.memory_kind import KIND
from benchmarks.report import spread, table
from connectors.requests import Key
from connectors.results import Row
from connectors.stack import open_sources
from gateway.assemble.assemble import assemble
from gateway.assemble.assembly import Assembly
from gateway.assemble.nodes import NodeBound
from gateway.assemble.respond import finished_body
from gateway.audit.event import Event
from gateway.fetch.environment import Environment
from gateway.fetch.keys import read_ids
from gateway.fetch.result import Result, Rows
from gateway.fetch.run import FetchRun
from gateway.identity.cursors import Cursors
from gateway.identity.pseudonyms import Pseudonyms
from gateway.pipeline import Gateway
from gateway.plan.model import Plan
from gateway.snapshot import take_snapshot
from schema.catalogue.read import read_catalogue
from schema.policy.caller import Caller, Operator
from schema.policy.read import read_policy

ROUND_SECONDS = 0.2
FIRST_PERSON = 7
CALLER = Caller("bench", "share", None, frozenset({"BENCH"}), "BENCH", Operator("bench-operator"), "BENCH-1")
Body = Callable[[], bytes]


@dataclass(frozen=True)
class Fetched:
    """A case, planned and fetched."""

    plan: Plan
    results: Mapping[int, Result]
    assembly: Callable[[], Assembly]
    keys: tuple[Key, ...]
    """Of the persons asked for."""

    def rows(self, resource: str) -> Callable[[Any], tuple[Row, ...]]:
        """What finds the rows of a resource by the first part of a key."""
        (fetch,) = (one for one in self.plan.fetches if one.spec.resource.code == resource)
        entries: dict[Any, tuple[Row, ...]] = {}
        for key, entry in self.results[fetch.id].entries.items():
            assert isinstance(entry, Rows)
            entries[key[0]] = entry.rows
        return entries.__getitem__


class Unkept:
    """A record of nothing: nobody is answered here."""

    is_writable = True

    def record(self, event: Event) -> asyncio.Future[None]:  # noqa: ARG002
        """Keep nothing."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    def note(self, event: Event) -> None:
        """Keep nothing."""

    async def aclose(self) -> None:
        """Nothing to give back."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args()
    rows = []
    for name in FLOORS:
        fetched = asyncio.run(fetch(CASES[name]))
        jutong, floor = jutong_of(fetched), FLOORS[name](fetched)
        if jutong() != floor():
            raise SystemExit(f"{name}: the bodies differ")
        rows.append([f"{name}: {CASES[name].title}", *_measured(jutong, floor, given.rounds)])
    head = ["case", "Jutong, µs", "by hand, µs", "ratio"]
    print("\n".join(table(head, rows)))


async def fetch(case: Case) -> Fetched:
    """Plan a case over the bench city as its application, and fetch its rows."""
    with tempfile.TemporaryDirectory() as folder:
        checked = read_catalogue(write_catalogue(Path(folder), "memory", ""), {"computed": KIND})
        policy, _ = read_policy(Path(folder), checked.catalogue)
    pseudonyms = Pseudonyms(b"bench")
    sources = open_sources(
        checked.catalogue, {"computed": KIND}, hash_keys=pseudonyms.cache_keys, cache_bytes=2**20
    )
    snapshot = take_snapshot(checked.catalogue, policy)
    gateway = Gateway(snapshot, sources.get, Unkept(), pseudonyms, Cursors(b"c" * 32))
    deadline = asyncio.get_running_loop().time() + 30
    view = snapshot.view("share")
    given = case.variables(FIRST_PERSON)
    asked = view.documents.ask(case.document, None, given)
    plan, operands = gateway.plan(snapshot, view, CALLER, asked, gateway.now())
    operands = read_ids(plan, operands)
    results = await FetchRun(plan, operands, Environment(sources.get, CALLER, deadline)).run()
    await sources.aclose()
    now = datetime.now(UTC)

    def assembly() -> Assembly:
        return Assembly(
            operands=operands,
            results=results,
            catalogue=checked.catalogue,
            pseudonym=lambda _entity, _key: "",
            cursor=lambda _fetch, _place: "",
            now=now,
            is_final=True,
            nodes=NodeBound(200_000),
        )

    keys = tuple((one,) for one in given.get("ids", [given.get("id")]))
    return Fetched(plan, results, assembly, keys)


def jutong_of(fetched: Fetched) -> Body:
    """The fast path's last step."""

    def body() -> bytes:
        assembly = fetched.assembly()
        return finished_body(assemble(fetched.plan, assembly), assembly.table, quiet_states=False)

    return body


def _person(fetched: Fetched) -> Body:
    household = fetched.rows("police.household")
    ((key,),) = fetched.keys
    return lambda: orjson.dumps({"data": {"person": _household(household(key)[0])}})


def _three(fetched: Fetched) -> Body:
    household, insurance = fetched.rows("police.household"), fetched.rows("labour.insurance")
    property_ = fetched.rows("housing.property")
    ((key,),) = fetched.keys

    def body() -> bytes:
        person = _household(household(key)[0])
        person["insurances"] = [{"kind": r[0], "status": r[1], "paidThrough": r[2]} for r in insurance(key)]
        person["properties"] = [_property(r) for r in property_(key)]
        return orjson.dumps({"data": {"person": person}})

    return body


def _fifty(fetched: Fetched) -> Body:
    household, insurance = fetched.rows("police.household"), fetched.rows("labour.insurance")
    property_ = fetched.rows("housing.property")

    def body() -> bytes:
        persons = []
        for (key,) in fetched.keys:
            person = _household(household(key)[0])
            person["insurances"] = [
                {"kind": r[0], "status": r[1], "paidThrough": r[2], "base": r[3]} for r in insurance(key)
            ]
            person["properties"] = [_property(r) for r in property_(key)]
            persons.append({"person": person})
        return orjson.dumps({"data": {"persons": persons}})

    return body


def _permit(fetched: Fetched) -> Body:
    household, qualification = fetched.rows("police.household"), fetched.rows("transport.qualification")
    company, taxpayer = fetched.rows("market.company"), fetched.rows("market.taxpayer")
    employer = fetched.rows("labour.employer")
    ((key,),) = fetched.keys

    def enterprise(code: str) -> dict[str, Any]:
        found, tax, social = company(code)[0], taxpayer(code)[0], employer(code)[0]
        return {
            "name": found[0],
            "status": found[1],
            "capital": found[2],
            "taxpayer": {"status": tax[0], "grade": tax[1]},
            "socialInsurance": {"insuredCount": social[0], "paidThrough": social[1]},
        }

    def body() -> bytes:
        found = household(key)[0]
        qualifications = [
            {"certificateNo": r[0], "category": r[1], "validTo": r[2], "employer": enterprise(r[3])}
            for r in qualification(key)
        ]
        person = {"name": found[0], "district": found[1], "qualifications": qualifications}
        return orjson.dumps({"data": {"person": person}})

    return body


def _household(row: Row) -> dict[str, Any]:
    return {
        "name": row[0],
        "sex": row[1],
        "birthDate": row[2],
        "nation": row[3],
        "address": row[4],
        "householdNo": row[5],
        "district": row[6],
        "status": row[7],
    }


def _property(row: Row) -> dict[str, Any]:
    return {"certificateNo": row[0], "area": row[1], "usage": row[2], "registeredOn": row[3]}


FLOORS: Mapping[str, Callable[[Fetched], Body]] = {"a": _person, "b": _three, "c": _fifty, "d": _permit}


def _measured(jutong: Body, floor: Body, rounds: int) -> tuple[str, str, str]:
    """Microseconds of both and their ratio, from interleaved rounds."""
    gc.collect()
    both: list[tuple[float, float]] = [(_timed(jutong), _timed(floor)) for _ in range(rounds)]
    ratio = spread([one / other for one, other in both])
    return (
        f"{spread([one for one, _ in both])[1]:.1f}",
        f"{spread([other for _, other in both])[1]:.1f}",
        f"**{ratio[1]:.2f}** ({ratio[0]:.2f} to {ratio[2]:.2f})",
    )


def _timed(body: Body) -> float:
    """CPU microseconds of one call."""
    count, began = 0, time.process_time()
    while (spent := time.process_time() - began) < ROUND_SECONDS:
        for _ in range(20):
            body()
        count += 20
    return spent / count * 1e6


if __name__ == "__main__":
    main()
