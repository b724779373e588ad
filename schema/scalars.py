"""The scalars of the graph, as graphql-core types, with errors that carry no value.

Input may be an identifier, and what a register holds may be one too, so no text here contains any
part of either: every failure is `<Scalar>: <fixed reason>`. graphql-core's five built-in scalars
quote what they refuse; they cannot be replaced (their names are reserved, introspection holds the
instances), so importing this module exchanges their coercers for silent ones, in place.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from graphql import (
    FloatValueNode,
    GraphQLBoolean,
    GraphQLError,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLScalarType,
    GraphQLString,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    StringValueNode,
    value_from_ast_untyped,
)

from schema.geography import MAX_METRES, Area, GeographyError, read_area, read_geometry
from schema.identifiers import IdentifierError, parse_citizen_id, parse_credit_code
from schema.lexical import ScalarError, in_beijing, parse_date, parse_date_time, parse_decimal, write_decimal

Coercer = Callable[[Any], Any]


def _coerce_decimal(value: Any) -> Decimal:
    if isinstance(value, str):
        return parse_decimal(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return parse_decimal(repr(value))  # the shortest text that reads back the same
    raise ScalarError("expects a number or a decimal string")


def _coordinate(limit: int) -> Coercer:
    def coerce(value: Any) -> Decimal:
        found = _coerce_decimal(value)
        if abs(found) > limit:
            raise ScalarError(f"between -{limit} and {limit} degrees")
        return found

    return coerce


def _coerce_metres(value: Any) -> Decimal:
    found = _coerce_decimal(value)
    if not 0 < found <= MAX_METRES:
        raise ScalarError("more than 0 and at most a thousand kilometres")
    return found


def _write_geometry(value: Any) -> Any:
    return json.loads(read_geometry(value.text if isinstance(value, Area) else value))


def _write_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise ScalarError("not text")


def _write_date(value: Any) -> str:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    raise ScalarError("not a date")


def _write_date_time(value: Any) -> str:
    if isinstance(value, datetime):
        return in_beijing(value).isoformat()
    raise ScalarError("not a time")


def _write_decimal(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, Decimal) and value.is_finite():
        return write_decimal(value)
    raise ScalarError("not a decimal number")


def _silent(name: str, coerce: Coercer, told: str | None = None, *, reads_text: bool = False) -> Coercer:
    """Wrap a coercer so that every failure is a `GraphQLError` with fixed words.

    `told` speaks for a coercer that is not ours; one that reads text is given nothing else. The error is
    raised outside of `except`: no context remains that quotes the value.
    """

    def silent(value: Any) -> Any:
        try:
            if not reads_text or isinstance(value, str):
                return coerce(value)
            words = "expects a string"
        except (ScalarError, IdentifierError, GeographyError) as error:
            words = str(error)
        except (GraphQLError, ValueError, TypeError, ArithmeticError):
            words = told or "unreadable"
        raise GraphQLError(f"{name}: {words}")

    return silent


def _placed(coerce: Coercer) -> Coercer:
    """Wrap a silent coercer of literals, so that what it refuses has its place in the document."""

    def placed(node: Any) -> Any:
        try:
            return coerce(node)
        except GraphQLError as error:
            words = error.message
        raise GraphQLError(words, _place(node))

    return placed


def _place(node: Any) -> Any:
    """A literal, or what is first in it: of lists and objects graphql-core gives copies without a place."""
    match node:
        case ObjectValueNode(fields=(first, *_)):
            return first.name
        case ListValueNode(values=(first, *_)):
            return _place(first)
    return node


def _literal(coerce: Coercer, *nodes: type[Any]) -> Coercer:
    """Coerce the text of literals of some kinds; any other literal is refused as `None` is."""
    return lambda node: coerce(node.value if isinstance(node, nodes) else None)


def _scalar(
    name: str,
    description: str,
    read: Coercer,
    write: Coercer,
    literals: tuple[type[Any], ...] = (StringValueNode,),
    url: str | None = None,
    read_literal: Coercer | None = None,
    *,
    reads_text: bool = False,
) -> GraphQLScalarType:
    coerce = _silent(name, read, reads_text=reads_text)
    coerce_literal = _silent(name, read_literal) if read_literal else _literal(coerce, *literals)
    return GraphQLScalarType(
        name,
        description=description,
        coerce_input_value=coerce,
        coerce_input_literal=_placed(coerce_literal),
        coerce_output_value=_silent(name, write),
        specified_by_url=url,
    )


def _silence(scalar: GraphQLScalarType, told: str) -> GraphQLScalarType:
    """Exchange a built-in scalar's coercers for silent ones that accept the same.

    But for one literal: `1e400`, which graphql-core takes for infinity, is refused as in a variable.
    """
    name = scalar.name
    coerce, coerce_literal = scalar.coerce_input_value, scalar.coerce_input_literal
    assert coerce_literal is not None
    read = _silent(name, coerce, told)
    write = _silent(name, scalar.coerce_output_value, "the stored value is of another type")
    scalar.coerce_input_value = read
    scalar.coerce_input_literal = _placed(_silent(name, lambda node: coerce(coerce_literal(node)), told))
    scalar.coerce_output_value = write
    # The legacy names of the same two; mypy sees methods in them.
    scalar.parse_value = read  # type: ignore[method-assign, assignment]
    scalar.serialize = write  # type: ignore[method-assign, assignment]
    return scalar


NUMBERS: Final = (StringValueNode, IntValueNode, FloatValueNode)
"""Literals that numbers may be written as."""

_SCALARS: Final = (
    _silence(GraphQLString, "expects a string"),
    _silence(GraphQLInt, "expects a whole number of 32 bits"),
    _silence(GraphQLFloat, "expects a number"),
    _silence(GraphQLBoolean, "expects true or false"),
    _silence(GraphQLID, "expects a string or a whole number"),
    _scalar(
        "CitizenId",
        "公民身份号码 — Citizen id (GB 11643), 18 characters; the old 15 digits are accepted.",
        parse_citizen_id,
        _write_text,
        reads_text=True,
    ),
    _scalar(
        "CreditCode",
        "统一社会信用代码 — Unified social credit code (GB 32100), 18 symbols.",
        parse_credit_code,
        _write_text,
        reads_text=True,
    ),
    _scalar("Date", "日期 — Date, YYYY-MM-DD.", parse_date, _write_date, reads_text=True),
    _scalar(
        "DateTime",
        "时间 — Time, RFC 3339 with offset +08:00; without an offset it is taken as Beijing time.",
        parse_date_time,
        _write_date_time,
        reads_text=True,
        url="https://www.rfc-editor.org/rfc/rfc3339",
    ),
    _scalar(
        "Decimal",
        "十进制数 — Exact decimal number, written as a string.",
        _coerce_decimal,
        _write_decimal,
        literals=NUMBERS,
    ),
    _scalar(
        "Longitude",
        "经度（CGCS2000，度；不接受GCJ-02、BD-09） — Longitude in degrees, CGCS2000 (EPSG:4490); "
        "not GCJ-02 or BD-09, which are shifted.",
        _coordinate(180),
        _write_decimal,
        literals=NUMBERS,
    ),
    _scalar(
        "Latitude",
        "纬度（CGCS2000，度；不接受GCJ-02、BD-09） — Latitude in degrees, CGCS2000 (EPSG:4490); "
        "not GCJ-02 or BD-09, which are shifted.",
        _coordinate(90),
        _write_decimal,
        literals=NUMBERS,
    ),
    _scalar(
        "Metres",
        f"米 — Metres on the ellipsoid, more than 0 and at most {MAX_METRES}.",
        _coerce_metres,
        _write_decimal,
        literals=NUMBERS,
    ),
    _scalar(
        "GeoJSON",
        "几何对象（GeoJSON，经度在前，CGCS2000，不接受GCJ-02、BD-09；输入为面） — "
        "Geometry as GeoJSON (RFC 7946), longitude first, CGCS2000 and not GCJ-02 or BD-09; "
        "as input a Polygon or MultiPolygon, holes allowed, cut at the antimeridian.",
        read_area,
        _write_geometry,
        url="https://www.rfc-editor.org/rfc/rfc7946",
        read_literal=lambda node: read_area(value_from_ast_untyped(node)),
    ),
)

SCALARS: Final[Mapping[str, GraphQLScalarType]] = {scalar.name: scalar for scalar in _SCALARS}
"""Every scalar of the graph by name, the five built-in ones included."""

GEOGRAPHIC: Final = frozenset({"GeoJSON", "Longitude", "Latitude", "Metres"})
"""Types of conditions on where a row stands. What is stored as longitude and latitude is Decimal."""
