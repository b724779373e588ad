"""Many clients at once, each answer compared: Jutong's data against that of the calls made by hand.

    python -m benchmarks.soak --upstreams rest graphql --seconds 40

Persons are drawn from few, so that answers mix what is remembered with what is asked anew, and lists overlap;
some clients leave before their answer. Ends with the first answer that differs.
"""

import argparse
import asyncio
import random
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import uvloop

from benchmarks.cases import CASES, Case
from benchmarks.catalogue import API_KEY
from benchmarks.field import UPSTREAMS, open_field
from benchmarks.postgres import PERSONS
from benchmarks.run import POSTGRES_URL
from benchmarks.world import person_id

CLIENTS = 48
KNOWN = 3_000
"""Persons that are asked for."""
LEAVES = 0.05
"""Of the requests, those whose client does not wait."""
HEADERS = {"content-type": "application/json", "authorization": f"Bearer {API_KEY}"}


class Different(Exception):
    """One request, two answers."""


async def soak(jutong: int, by_hand: int, seconds: float, seed: int = 0) -> tuple[int, int]:
    """How many answers of the servers at two ports were compared, and how many requests left alone; not none.

    Raises `Different` where two answers are not the same.
    """
    counts = [0, 0]
    until = time.monotonic() + seconds

    async def ask(port: int, body: bytes) -> Any:
        async with session.post(f"http://127.0.0.1:{port}/graphql", data=body, headers=HEADERS) as response:
            return orjson.loads(await response.read())

    async def client(number: int) -> None:
        drawn = random.Random(f"{seed} {number}")
        while time.monotonic() < until or not all(counts):
            body = _body(drawn)
            if drawn.random() < LEAVES:
                try:
                    await asyncio.wait_for(ask(jutong, body), drawn.random() / 100)
                except TimeoutError:
                    counts[1] += 1
                continue
            ours, theirs = await asyncio.gather(ask(jutong, body), ask(by_hand, body))
            if ours != theirs:
                raise Different(f"{body!r} is answered\n{ours} and\n{theirs}")
            counts[0] += 1

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await asyncio.gather(*map(client, range(CLIENTS)))
    return counts[0], counts[1]


def _body(drawn: random.Random) -> bytes:
    case: Case = CASES[drawn.choice("abcd")]
    if case.persons == 1:
        return orjson.dumps({"query": case.document, "variables": {"id": person_id(drawn.randrange(KNOWN))}})
    ids = [person_id(number) for number in drawn.sample(range(KNOWN), drawn.randrange(1, 60))]
    return orjson.dumps({"query": case.document, "variables": {"ids": ids}})


def main() -> None:
    """Compare over each upstream."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--upstreams", nargs="+", choices=UPSTREAMS, default=list(UPSTREAMS))
    parser.add_argument("--seconds", type=float, default=40, help="for each upstream")
    parser.add_argument("--postgres", default=POSTGRES_URL)
    given = parser.parse_args()
    for upstream in given.upstreams:
        with (
            tempfile.TemporaryDirectory() as folder,
            open_field(upstream, Path(folder), given.postgres, PERSONS, ("jutong", "fan-out")) as field,
        ):
            ports = field.servers["jutong"].port, field.servers["fan-out"].port
            try:
                compared, left = uvloop.run(soak(*ports, given.seconds))
            except Different as found:
                raise SystemExit(f"{upstream}: {found}") from None
            print(f"{upstream}: {compared:,} answers compared, none differs; {left:,} requests left alone")


if __name__ == "__main__":
    main()
