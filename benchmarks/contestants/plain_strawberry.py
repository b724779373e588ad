"""Strawberry as its documentation teaches it, by hand for this one city.

DataLoaders in the context, permission classes on the fields that reach a department, the parser and
validation cache extensions, httpx. No planner, no record, no cache of rows, no rights by item.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any, NewType

import strawberry
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.permission import BasePermission
from strawberry.schema.config import StrawberryConfig
from strawberry.types import Info
from strawberry.types.scalar import ScalarDefinition

from benchmarks.contestants.sources import Source
from benchmarks.world import TABLES

KEY = "Bearer bench"
CitizenId = NewType("CitizenId", str)


class IsPermitDesk(BasePermission):
    """Knows one key."""

    message = "This field needs a key."

    def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:  # noqa: ARG002 - its signature
        """Look at the header."""
        return bool(info.context["request"].headers.get("authorization") == KEY)


def _day(text: str) -> date:
    return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone


def _guarded(resolver: Callable[..., Awaitable[Any]]) -> Any:
    return strawberry.field(resolver=resolver, permission_classes=[IsPermitDesk])


async def _rows(info: Info, table: str, key: str) -> list[Any]:
    rows: list[Any] = await info.context["loaders"][table].load(key)
    return rows


@strawberry.type
class Insurance:
    kind: str
    status: str
    paid_through: str
    base: int


@strawberry.type
class Property:
    certificate_no: str
    area: int
    usage: str
    registered_on: date


@strawberry.type
class Taxpayer:
    status: str
    grade: str


@strawberry.type
class SocialInsurance:
    insured_count: int
    paid_through: str


async def _taxpayer(root: "Enterprise", info: Info) -> Taxpayer | None:
    rows = await _rows(info, "taxpayer", root.key)
    return Taxpayer(status=rows[0]["STATUS"], grade=rows[0]["GRADE"]) if rows else None


async def _social_insurance(root: "Enterprise", info: Info) -> SocialInsurance | None:
    rows = await _rows(info, "employer", root.key)
    if not rows:
        return None
    return SocialInsurance(insured_count=rows[0]["INSURED"], paid_through=rows[0]["PAID_THROUGH"])


@strawberry.type
class Enterprise:
    key: strawberry.Private[str]
    name: str
    status: str
    capital: int
    taxpayer: Taxpayer | None = _guarded(_taxpayer)
    social_insurance: SocialInsurance | None = _guarded(_social_insurance)


async def _employer(root: "Qualification", info: Info) -> Enterprise | None:
    rows = await _rows(info, "company", root.org)
    if not rows:
        return None
    row = rows[0]
    return Enterprise(key=root.org, name=row["NAME"], status=row["STATUS"], capital=row["CAPITAL"])


@strawberry.type
class Qualification:
    org: strawberry.Private[str]
    certificate_no: str
    category: str
    valid_to: date
    employer: Enterprise | None = _guarded(_employer)


async def _insurances(root: "Person", info: Info) -> list[Insurance]:
    return [
        Insurance(kind=row["KIND"], status=row["STATUS"], paid_through=row["PAID_THROUGH"], base=row["BASE"])
        for row in await _rows(info, "insurance", root.key)
    ]


async def _properties(root: "Person", info: Info) -> list[Property]:
    return [
        Property(
            certificate_no=row["CERT_NO"], area=row["AREA"], usage=row["USAGE"],
            registered_on=_day(row["REGISTERED"]),
        )
        for row in await _rows(info, "property", root.key)
    ]  # fmt: skip


async def _qualifications(root: "Person", info: Info) -> list[Qualification]:
    return [
        Qualification(
            org=row["ORG"], certificate_no=row["CERT_NO"], category=row["CATEGORY"],
            valid_to=_day(row["VALID_TO"]),
        )
        for row in await _rows(info, "qualification", root.key)
    ]  # fmt: skip


@strawberry.type
class Person:
    key: strawberry.Private[str]
    name: str
    sex: str
    birth_date: date
    nation: str
    address: str
    household_no: str
    district: str
    status: str
    insurances: list[Insurance] = _guarded(_insurances)
    properties: list[Property] = _guarded(_properties)
    qualifications: list[Qualification] = _guarded(_qualifications)


async def _read_person(info: Info, key: str) -> Person | None:
    rows = await _rows(info, "household", key)
    if not rows:
        return None
    row = rows[0]
    return Person(
        key=key, name=row["NAME"], sex=row["SEX"], birth_date=_day(row["BIRTH"]), nation=row["NATION"],
        address=row["ADDRESS"], household_no=row["HOUSEHOLD_NO"], district=row["DISTRICT"],
        status=row["STATUS"],
    )  # fmt: skip


async def _answered_person(root: "PersonAnswer", info: Info) -> Person | None:
    return await _read_person(info, root.key)


@strawberry.type
class PersonAnswer:
    key: strawberry.Private[str]
    person: Person | None = _guarded(_answered_person)


async def _person(info: Info, id: CitizenId) -> Person | None:  # noqa: A002 - the argument's name
    return await _read_person(info, id)


async def _persons(ids: list[str]) -> list[PersonAnswer]:
    return [PersonAnswer(key=one) for one in ids]


@strawberry.type
class Query:
    person: Person | None = _guarded(_person)
    persons: list[PersonAnswer] = _guarded(_persons)


class App(GraphQL[Any, Any]):
    """Strawberry's ASGI application, with loaders in the context."""

    source: Source

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Any:
        """New loaders for each request."""
        loaders = {table: DataLoader(load_fn=partial(self._load, table)) for table in TABLES}
        return {"request": request, "response": response, "loaders": loaders}

    async def _load(self, table: str, keys: list[str]) -> list[list[Any]]:
        column = TABLES[table].key
        found: dict[str, list[Any]] = defaultdict(list)
        for row in await self.source.read(table, list(dict.fromkeys(keys))):
            found[row[column]].append(row)
        return [found[key] for key in keys]


def make_app(source: Source) -> App:
    """The application over a source."""
    scalars: Mapping[object, ScalarDefinition] = {
        CitizenId: strawberry.scalar(name="CitizenId", serialize=str, parse_value=str)
    }
    schema = strawberry.Schema(
        query=Query, extensions=[ParserCache, ValidationCache], config=StrawberryConfig(scalar_map=scalars)
    )
    app = App(schema)
    app.source = source
    return app
