"""Harness: a department's GraphQL service, asked in every way that `graphql` can ask."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from aiohttp import web
from graphql import Visitor, build_schema, graphql_sync, parse, print_ast, visit
from graphql.language import REMOVE

from connectors.graphql.driver import GraphQLConnector
from connectors.graphql.settings import GraphQLSettings
from connectors.protocol import Connector
from schema.catalogue.model import Resource
from tests.conformance.listening import ListeningHarness

SCHEMA = build_schema(
    """
    type Query {
      rows(keys: [Key!], by: Key, where: _Any, Name: String, YEAR: Int, PLAIN: String): [Row]
      registry: Registry!
      _entities(representations: [_Any!]!): [_Entity]!
    }
    type Registry {
      each(keys: [Key!]!, Name: String, YEAR: Int, PLAIN: String): [[Row!]]!
      page(keys: [Key!], first: Int!, after: String, Name: String, YEAR: Int, PLAIN: String): Connection!
      part(keys: [Key!], skip: Int!, take: Int!, Name: String, YEAR: Int, PLAIN: String): Part!
    }
    scalar _Any
    union _Entity = Holder
    type Holder { rows(Name: String, YEAR: Int, PLAIN: String): [Row!]! }
    type Connection { edges: [Edge] pageInfo: PageInfo! }
    type Edge { node: Row }
    type PageInfo { hasNextPage: Boolean! endCursor: String }
    type Part { total: Int! list: [Row!]! }
    input Key { idNo: String SPOUSE: String PLAIN: String YEAR: Int CREDIT: String DAY: String }
    type Row {
      ROW_ID: Int! holder: Person SPOUSE: String PLAIN: String YEAR: Int CREDIT: String Name: String
      amount(unit: Unit!): String DAY: String DAY_TEXT: String
    }
    type Person { idNo: String }
    enum Unit { YUAN CENT }
    """
)
ARGUMENTS = "$Name: String, $YEAR: Int, $PLAIN: String"
PASSED = "Name: $Name, YEAR: $YEAR, PLAIN: $PLAIN"
FIELDS = {"证件号码": "holder.idNo", "AMOUNT": "AMOUNT: amount(unit: YUAN)"}
BY = {"idNo": "idNo", "SPOUSE": "SPOUSE", "PLAIN": "PLAIN", "CREDIT": "CREDIT", "DAY": "DAY"}
OWN = {("证件号码" if name == "idNo" else name): f"by{name}" for name in [*BY, "YEAR"]}
ALIASED = ", ".join(f"${name}: {'Int' if column == 'YEAR' else 'String'}" for column, name in OWN.items())
KEY = ", ".join(f"{'idNo' if column == '证件号码' else column}: ${name}" for column, name in OWN.items())
RELAY = {"variable": "after", "size": 3, "size_variable": "first"}
OFFSET = {
    "kind": "offset",
    "variable": "skip",
    "size": 4,
    "size_variable": "take",
    "total": "registry.part.total",
}
LIST = f"query ($keys: [Key!], {ARGUMENTS}) {{ rows(keys: $keys, {PASSED}) {{ __typename }} }}"
FILTERED = f"""query ($keys: [Key!], $where: _Any, {ARGUMENTS}) {{
  rows(keys: $keys, where: $where, {PASSED}) {{ __typename }} }}"""
FILTER = {
    "variable": "where",
    "operators": {
        **{name: f"_{name}" for name in ("eq", "ne", "lt", "le", "gt", "ge", "in", "startsWith", "contains")},
        "isNull": "{}_is_null",
    },
    "columns": {"证件号码": "holder.idNo", "AMOUNT": "amount"},
}
PAGE = f"""query Page($keys: [Key!], $first: Int!, $after: String, {ARGUMENTS}) {{
  registry {{ page(keys: $keys, first: $first, after: $after, {PASSED}) {{ edges {{ node {{ __typename }} }} }} }}
}}"""
PART = f"""query ($keys: [Key!], $skip: Int!, $take: Int!, {ARGUMENTS}) {{
  registry {{ part(keys: $keys, skip: $skip, take: $take, {PASSED}) {{ list {{ __typename }} }} }}
}}"""
PARTS = {"证件号码": "idNo", **{column: column for column in ("SPOUSE", "PLAIN", "YEAR", "CREDIT", "DAY")}}
STYLES: Mapping[str, Mapping[str, Any]] = {
    "list": {"query": LIST, "parts": PARTS},
    "filtered": {"query": FILTERED, "parts": PARTS, "filter": FILTER},
    "aliases": {
        "query": f"query ({ALIASED}, {ARGUMENTS}) {{ rows(by: {{ {KEY} }}, {PASSED}) {{ __typename }} }}",
        "keys": "aliases",
        "variables": OWN,
    },
    "representations": {
        "query": f"""query ($keys: [_Any!]!, {ARGUMENTS}) {{
          _entities(representations: $keys) {{ ... on Holder {{ rows({PASSED}) {{ __typename }} }} }} }}""",
        "keys": "representations",
        "typename": "Holder",
        "parts": PARTS,
    },
    "positional": {
        "query": f"query ($keys: [Key!]!, {ARGUMENTS}) {{ registry {{ each(keys: $keys, {PASSED}) {{ __typename }} }} }}",
        "positional": True,
        "parts": PARTS,
    },
    "relay": {"query": PAGE, "parts": PARTS, "pages": RELAY},
    "offset": {"query": PART, "parts": PARTS, "pages": OFFSET},
}
SCANS: Mapping[str, Mapping[str, Any]] = {
    "list": {"query": LIST},
    "filtered": {"query": FILTERED, "filter": FILTER},
    "relay": {"query": PAGE, "pages": RELAY},
    "offset": {"query": PART, "pages": OFFSET},
}


class Root:
    """Answers from rows as they are stored."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._rows = rows
        self.registry = self

    def rows(
        self, _info: Any, keys: Any = None, by: Any = None, where: Any = None, **arguments: Any
    ) -> list[Any]:
        """Rows that any of the keys names; a null among them is nobody's."""
        found = self._found([by] if by is not None else keys, arguments)
        return [None, *(row for row in found if where is None or _passes(row, where))]

    def each(self, _info: Any, keys: Any, **arguments: Any) -> list[Any]:
        """A list for each key; null where there is no row."""
        return [self._found([key], arguments) or None for key in keys]

    def page(
        self, _info: Any, first: int, after: str | None = None, keys: Any = None, **arguments: Any
    ) -> Any:
        """A Relay connection."""
        found, start = self._found(keys, arguments), int(after or 0)
        stop = start + first
        return {
            "edges": [{"node": row} for row in found[start:stop]],
            "pageInfo": {"hasNextPage": stop < len(found), "endCursor": str(min(stop, len(found)))},
        }

    def part(self, _info: Any, skip: int, take: int, keys: Any = None, **arguments: Any) -> Any:
        """A part of a list, and how long it is."""
        found = self._found(keys, arguments)
        return {"total": len(found), "list": found[skip : skip + take]}

    def _entities(self, _info: Any, representations: Any) -> list[Any]:
        return [
            {
                "__typename": key["__typename"],
                "rows": lambda _info, key=key, **arguments: self._found(
                    [{name: value for name, value in key.items() if name != "__typename"}], arguments
                ),
            }
            for key in representations
        ]

    def _found(self, keys: Any, arguments: Mapping[str, Any]) -> list[Any]:
        wanted = [_row_key(key) for key in keys] if keys is not None else [{}]
        return [
            {
                **row,
                "holder": None if row["证件号码"] is None else {"idNo": row["证件号码"]},
                "amount": row["AMOUNT"],
            }
            for row in self._rows
            if any(_has(row, key) for key in wanted) and _has(row, arguments)
        ]


class GraphQLHarness(ListeningHarness):
    """Rows behind GraphQL."""

    path = "/graphql"

    takes_composite = True
    asks_each = False
    keeps_empty_text = True

    def __init__(self, style: str, transport: str, _directory: Path) -> None:
        super().__init__()
        self.sent: list[str] = []
        self.asks_each = "pages" in STYLES[style]  # a page each
        self._style = style
        self._transport = transport
        self._rows: list[dict[str, Any]] = []

    async def make(self, resource: Resource, raw_rows: Sequence[Mapping[str, Any]]) -> Connector:
        """Serve the rows."""
        self._rows = [
            {name: str(value) if isinstance(value, Decimal | date) else value for name, value in row.items()}
            for row in raw_rows
        ]
        app = web.Application()
        app.router.add_post(self.path, self._answer)
        return await self.serve(app, resource)

    def connector_to(self, resource: Resource, url: str) -> Connector:
        """One that asks in this style."""
        origin = {**STYLES[self._style], "fields": FIELDS, "scan": SCANS.get(self._style, SCANS["list"])}
        settings = GraphQLSettings.model_validate(
            {"endpoint": url, "max_keys": 50, "transport": self._transport}
        )
        return GraphQLConnector(settings, (replace(resource, origin=origin),))

    async def _answer(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.sent.append(_selected(body["query"]))
        done = graphql_sync(SCHEMA, body["query"], Root(self._rows), variable_values=body.get("variables"))
        return web.json_response(done.formatted, content_type="application/graphql-response+json")


def _passes(row: Mapping[str, Any], where: Mapping[str, Any]) -> bool:
    """A filter input, in the two-valued way of a program: what is empty is simply not."""
    ((name, operand),) = where.items()
    if name in {"and", "or"}:
        return (all if name == "and" else any)(_passes(row, part) for part in operand)
    if name == "not":
        return not _passes(row, operand)
    if name.endswith("_is_null"):
        return (_typed(name.removesuffix("_is_null"), row) is None) is operand
    if name == "holder":
        if "idNo_is_null" in operand:
            return (row["证件号码"] is None) is operand["idNo_is_null"]
        name, operand = "证件号码", operand["idNo"]
    ((operator, operand),) = operand.items()
    value = _typed(name, row)
    if operator == "_in":
        return value in [_typed(name, {name: one}) for one in operand]
    operand = _typed(name, {name: operand})
    if operator in {"_eq", "_ne"}:
        return value is not None and (value == operand) is (operator == "_eq")
    compare = {
        "_lt": "__lt__",
        "_le": "__le__",
        "_gt": "__gt__",
        "_ge": "__ge__",
        "_startsWith": "startswith",
    }
    return value is not None and bool(getattr(value, compare.get(operator, "__contains__"))(operand))


def _typed(name: str, row: Mapping[str, Any]) -> Any:
    """A value as the service compares it: numbers and days as such."""
    value = row[name]
    if value is None:
        return None
    return Decimal(value) if name == "amount" else date.fromisoformat(value) if name == "DAY" else value


def _selected(query: str) -> str:
    """A document without its arguments, which are named as columns are."""

    class Bare(Visitor):
        def enter_argument(self, *_: Any) -> Any:
            return REMOVE

        def enter_variable_definition(self, *_: Any) -> Any:
            return REMOVE

    return print_ast(visit(parse(query), Bare()))


def _row_key(key: Mapping[str, Any]) -> dict[str, Any]:
    return {("证件号码" if name == "idNo" else name): value for name, value in key.items()}


def _has(row: Mapping[str, Any], member: Mapping[str, Any]) -> bool:
    return all(str(row[name]) == str(value) for name, value in member.items())
