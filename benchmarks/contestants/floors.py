"""What no gateway can be faster than: bytes that are ready, and the same calls without any GraphQL."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send

from benchmarks.cases import CASES
from benchmarks.contestants.sources import Source
from benchmarks.world import TABLES

HEADERS = ((b"content-type", b"application/json"),)
Answer = Callable[[Mapping[str, Any]], Awaitable[bytes]]


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _asgi(answer: Answer) -> Any:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = await answer(orjson.loads(await _body(receive)))
        headers = [*HEADERS, (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return application


def make_bytes() -> Any:
    """Always the bytes that were taught: `{"teach": document, "bytes": text}` first."""
    known: dict[str, bytes] = {}

    async def answer(asked: Mapping[str, Any]) -> bytes:
        if "teach" in asked:
            known[asked["teach"]] = asked["bytes"].encode()
            return b"{}"
        return known[asked["query"]]

    return _asgi(answer)


def make_fan_out(source: Source) -> Any:
    """The calls of each case, by hand, and orjson."""
    fan_out = FanOut(source)
    by_document: dict[str, Answer] = {
        CASES["a"].document: fan_out.person,
        CASES["b"].document: fan_out.three,
        CASES["c"].document: fan_out.fifty,
        CASES["d"].document: fan_out.permit,
    }

    async def answer(asked: Mapping[str, Any]) -> bytes:
        return await by_document[asked["query"]](asked["variables"])

    return _asgi(answer)


def _day(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:]}"


def _core(row: Any) -> dict[str, Any]:
    return {
        "name": row["NAME"], "sex": row["SEX"], "birthDate": _day(row["BIRTH"]), "nation": row["NATION"],
        "address": row["ADDRESS"], "householdNo": row["HOUSEHOLD_NO"], "district": row["DISTRICT"],
        "status": row["STATUS"],
    }  # fmt: skip


def _insurance(row: Any) -> dict[str, Any]:
    return {"kind": row["KIND"], "status": row["STATUS"], "paidThrough": row["PAID_THROUGH"]}


def _property(row: Any) -> dict[str, Any]:
    return {
        "certificateNo": row["CERT_NO"], "area": row["AREA"], "usage": row["USAGE"],
        "registeredOn": _day(row["REGISTERED"]),
    }  # fmt: skip


class FanOut:
    """One method per case."""

    def __init__(self, source: Source) -> None:
        self._source = source

    async def person(self, variables: Mapping[str, Any]) -> bytes:
        """Case a."""
        (row,) = await self._source.read("household", [variables["id"]])
        return orjson.dumps({"data": {"person": _core(row)}})

    async def three(self, variables: Mapping[str, Any]) -> bytes:
        """Cases b and e."""
        keys = [variables["id"]]
        core, insurances, properties = await self._together(keys, "household", "insurance", "property")
        person = {
            **_core(core[0]),
            "insurances": [_insurance(row) for row in insurances],
            "properties": [_property(row) for row in properties],
        }
        return orjson.dumps({"data": {"person": person}})

    async def fifty(self, variables: Mapping[str, Any]) -> bytes:
        """Case c."""
        keys = variables["ids"]
        core, insurances, properties = [
            _by_key(table, rows)
            for table, rows in zip(
                ("household", "insurance", "property"),
                await self._together(keys, "household", "insurance", "property"),
                strict=True,
            )
        ]
        persons = [
            {
                "person": {
                    **_core(core[key][0]),
                    "insurances": [{**_insurance(row), "base": row["BASE"]} for row in insurances[key]],
                    "properties": [_property(row) for row in properties[key]],
                }
            }
            for key in keys
        ]
        return orjson.dumps({"data": {"persons": persons}})

    async def permit(self, variables: Mapping[str, Any]) -> bytes:
        """Case d: two hops."""
        core, held = await self._together([variables["id"]], "household", "qualification")
        codes = list(dict.fromkeys(row["ORG"] for row in held))
        found = await self._together(codes, "company", "taxpayer", "employer")
        companies, taxpayers, employers = [
            _by_key(table, rows)
            for table, rows in zip(("company", "taxpayer", "employer"), found, strict=True)
        ]

        def employer(code: str) -> dict[str, Any]:
            company, taxpayer, insurance = companies[code][0], taxpayers[code][0], employers[code][0]
            return {
                "name": company["NAME"],
                "status": company["STATUS"],
                "capital": company["CAPITAL"],
                "taxpayer": {"status": taxpayer["STATUS"], "grade": taxpayer["GRADE"]},
                "socialInsurance": {
                    "insuredCount": insurance["INSURED"],
                    "paidThrough": insurance["PAID_THROUGH"],
                },
            }

        qualifications = [
            {
                "certificateNo": row["CERT_NO"],
                "category": row["CATEGORY"],
                "validTo": _day(row["VALID_TO"]),
                "employer": employer(row["ORG"]),
            }
            for row in held
        ]
        person = {"name": core[0]["NAME"], "district": core[0]["DISTRICT"], "qualifications": qualifications}
        return orjson.dumps({"data": {"person": person}})

    async def _together(self, keys: Sequence[str], *tables: str) -> list[Sequence[Any]]:
        return await asyncio.gather(*(self._source.read(table, keys) for table in tables))


def _by_key(table: str, rows: Sequence[Any]) -> Mapping[str, list[Any]]:
    column, found = TABLES[table].key, defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return found
