"""The same service as `tests/clients/guild.mjs`, as Strawberry writes it: `python guild.py PORT FILE`."""

import json
import sys
from pathlib import Path

import strawberry
import uvicorn
from graphql import GraphQLError
from strawberry.asgi import GraphQL
from strawberry.federation import Schema

PERMITS = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")) if __name__ == "__main__" else []


def refuse(code: str) -> GraphQLError:
    """An error as services raise them."""
    return GraphQLError("that company, by code, is not for you", extensions={"code": code})


@strawberry.type
class Hall:
    name: str


@strawberry.type
class Permit:
    row: strawberry.Private[dict[str, str]]

    @strawberry.field
    def no(self) -> strawberry.ID:
        return strawberry.ID(self.row["no"])

    @strawberry.field
    def uscc(self) -> strawberry.ID:
        return strawberry.ID(self.row["uscc"])

    @strawberry.field
    def trade(self) -> str | None:
        if self.row["trade"] == "sealed":
            raise refuse("FORBIDDEN")
        return self.row["trade"]

    @strawberry.field
    def hall(self) -> Hall | None:
        return Hall(name=self.row["hall"]) if self.row["hall"] else None


def of(uscc: str) -> list[Permit]:
    return [Permit(row=row) for row in PERMITS if row["uscc"] == uscc]


@strawberry.federation.type(keys=["uscc"])
class Company:
    uscc: strawberry.ID

    @strawberry.field
    def permits(self) -> list[Permit]:
        return of(self.uscc)

    @classmethod
    def resolve_reference(cls, uscc: strawberry.ID) -> "Company":
        return company(uscc)


def company(uscc: str) -> Company:
    if uscc.endswith("R"):
        raise refuse("FORBIDDEN")
    if not of(uscc):
        raise refuse("COMPANY_UNKNOWN")
    return Company(uscc=strawberry.ID(uscc))


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class PermitEdge:
    cursor: str
    node: Permit


@strawberry.type
class PermitConnection:
    edges: list[PermitEdge]
    page_info: PageInfo


@strawberry.type
class Query:
    @strawberry.field
    def permits(self, keys: list[str]) -> list[Permit | None] | None:
        return [Permit(row=row) for row in PERMITS if row["uscc"] in keys]

    @strawberry.field
    def company(self, uscc: strawberry.ID) -> Company | None:
        return company(uscc)

    @strawberry.field
    def all_permits(self, first: int, after: str | None = None) -> PermitConnection:
        start = int(after or 0)
        rows = PERMITS[start : start + first]
        edges = [PermitEdge(cursor=str(start + at), node=Permit(row=row)) for at, row in enumerate(rows, 1)]
        end = edges[-1].cursor if edges else None
        return PermitConnection(
            edges=edges, page_info=PageInfo(has_next_page=start + first < len(PERMITS), end_cursor=end)
        )


if __name__ == "__main__":
    uvicorn.run(GraphQL(Schema(query=Query, types=[Company])), port=int(sys.argv[1]), log_level="error")
