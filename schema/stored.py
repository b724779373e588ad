"""How numbers, dates and times are stored: what reads them, what writes them, what is exact.

One function per dress; those of text are in `texts.py`. Readers raise `ScalarError` or
`IdentifierError`, whose words are fixed, or any `ValueError`, `TypeError` or `ArithmeticError`,
whose words are dropped. `values.py` chooses the dress and has the reasons for what is exact.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Context, Decimal
from math import isfinite
from typing import Any, Final
from zoneinfo import ZoneInfo

from graphql import GRAPHQL_MAX_INT, GRAPHQL_MIN_INT

from schema.dates import DateFormat
from schema.identifiers import BEIJING
from schema.lexical import ScalarError, in_beijing, parse_date, parse_date_time, parse_decimal
from schema.predicate import OPERATORS
from schema.quick import EXACT, Quick, day_of, decimal_of, float_of, moment_of, whole_of, written_of

EQUALITY: Final = frozenset({"eq", "in"})
NATIVE: Final = OPERATORS - {"startsWith", "contains"}
"""What holds of a column whose type is that of the item."""
DAYS: Final = 40_000
"""Days from the birth of the oldest to next year: of a century there are 36,525."""

_EPOCH: Final = datetime(1970, 1, 1, 8, tzinfo=BEIJING)
_UNIT: Final = {"seconds": timedelta(seconds=1), "milliseconds": timedelta(milliseconds=1)}
_EXACT: Final = Context(prec=60)
"""Digits: enough for every product and quotient of amounts to come out even."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One way to store values of a type."""

    read: Callable[[Any], Any]
    """From a raw value that is neither empty nor blank."""
    write: Callable[[Any], Iterable[Any]]
    """Every stored form, the usual one first."""
    exact: frozenset[str]
    keeps_blank: bool = False
    """Whether blank text is a value of the type and not an empty field."""
    is_checked: bool = False
    """Whether `write` may give forms that do not read back, to be dropped."""
    plain: type | None = None
    """Raw values of this very class are values already; an `int` only within 32 bits."""
    written: type = str
    """The class of what `write` gives; `str` also where it depends on the declaration."""
    writes_itself: bool = False
    """Whether every value is its own and only stored form."""
    reads_itself: bool = False
    """Whether a text that is a value, letter by letter, reads as this value."""
    recurring: int = 0
    """How many texts make up most of a column, as of dates and codes, and name nobody. 0: no few do."""
    quick: Quick | None = None
    """What reads most raw values at once (see `quick.py`)."""


def whole_number(scale: Decimal | None) -> Stored:
    """Numbers without a fraction; `scale` is applied when reading."""

    def read(raw: Any) -> int:
        number = _number(raw, scale)
        if number != number.to_integral_value():
            raise ScalarError("not a whole number")
        if not GRAPHQL_MIN_INT <= number <= GRAPHQL_MAX_INT:
            raise ScalarError("beyond 32 bits")
        return int(number)

    return Stored(
        read,
        lambda value: (_unscaled(Decimal(value), scale),),
        _scaled_exact(scale),
        is_checked=True,
        plain=int if scale is None else None,
        written=int if scale is None else Decimal,
        quick=whole_of if scale is None else None,
    )


def decimal_number(scale: Decimal | None) -> Stored:
    """Exact numbers; `scale` is applied when reading: 0.01 reads 分 as 元."""

    def read(raw: Any) -> Decimal:
        if isinstance(raw, float) and abs(raw) >= EXACT:
            raise ScalarError("a number whose last digits are lost")
        return _number(raw, scale)

    return Stored(
        read,
        lambda value: (value if scale is None else _unscaled(Decimal(value), scale),),
        _scaled_exact(scale),
        is_checked=True,
        written=Decimal,
        quick=decimal_of(scale, _EXACT),
    )


def float_number(scale: Decimal | None) -> Stored:
    """Binary fractions. Scaled ones are not compared by a source: rounding may differ."""

    def write(value: Any) -> tuple[Any]:
        return (value if scale is None else float(_EXACT.divide(_number(value, None), scale)),)

    def read(raw: Any) -> float:
        is_read = isinstance(raw, float) and scale is None  # text has shorter exponents than a double
        number = raw if is_read else float(_number(raw, scale))
        if not isfinite(number):
            raise ScalarError("not a number")
        return float(number)

    exact = NATIVE if scale is None else frozenset[str]()
    return Stored(
        read,
        write,
        exact,
        written=float,
        quick=float_of if scale is None else None,
    )


def boolean(true: Sequence[Any], false: Sequence[Any]) -> Stored:
    """Truth values: native (0 and 1 included), or the declared ones."""
    declared = {str(raw): True for raw in true} | {str(raw): False for raw in false}

    def read(raw: Any) -> bool:
        if isinstance(raw, bool):
            return raw
        if not declared and raw in (0, 1):
            return bool(raw)
        if str(raw) in declared:
            return declared[str(raw)]
        raise ScalarError("neither true nor false")

    def write(value: Any) -> tuple[Any, ...]:
        return tuple(true if value else false) or (bool(value),)

    exact = EQUALITY if declared else EQUALITY | {"ne", "isNull"}
    return Stored(read, write, exact, plain=bool, written=str if declared else bool)


def native_date() -> Stored:
    """A DATE column, or ISO text from sources that have no dates."""

    def read(raw: Any) -> date:
        if isinstance(raw, str):
            return parse_date(raw) if len(raw) == 10 else _day_of(parse_date_time(raw))
        return _day_of(raw)

    return Stored(read, lambda value: (value,), NATIVE, plain=date, written=date, quick=day_of)


def text_date(formats: Sequence[DateFormat]) -> Stored:
    """Dates as text. Texts that sort as dates do may be compared from below: '' sorts first."""

    def read(raw: Any) -> date:
        return _day_of(_read_formats(raw, formats))

    def write(value: Any) -> list[str]:
        moment = datetime(value.year, value.month, value.day)  # noqa: DTZ001  # text has no zone
        return [text for one in formats for text in one.write(moment)]

    is_ordered = len(formats) == 1 and formats[0].keeps_order and formats[0].has_days
    exact = EQUALITY | ({"gt", "ge"} if is_ordered else set())
    return Stored(read, write, exact, is_checked=True, recurring=DAYS)


def epoch_date(unit: str) -> Stored:
    """Dates as moments: any moment of the day is read, midnight is written.

    The day is the one in Shanghai with its summer times (1940s, 1986 to 1991): a source that
    stored a birthday as midnight of its own clock would else be a day early.
    """
    shanghai = ZoneInfo("Asia/Shanghai")

    def read(raw: Any) -> date:
        return _from_epoch(raw, unit).astimezone(shanghai).date()

    def write(value: Any) -> tuple[Any]:
        return (_to_epoch(datetime(value.year, value.month, value.day, tzinfo=shanghai), unit),)

    return Stored(read, write, frozenset({"ge", "lt", "isNull"}), written=Decimal)


def native_time() -> Stored:
    """A column of times. What has no offset is Beijing time, and is written without one."""

    def read(raw: Any) -> datetime:
        if isinstance(raw, str):
            return parse_date_time(raw)
        if isinstance(raw, datetime):
            return in_beijing(raw)
        if isinstance(raw, date):
            return datetime(raw.year, raw.month, raw.day, tzinfo=BEIJING)
        raise ScalarError("not a time")

    return Stored(
        read,
        lambda value: (in_beijing(value).replace(tzinfo=None),),
        NATIVE,
        written=datetime,
        quick=moment_of,
    )


def text_time(formats: Sequence[DateFormat]) -> Stored:
    """Times as text; ranges are left to us, since an operand may be finer than the format."""

    def read(raw: Any) -> datetime:
        return in_beijing(_read_formats(raw, formats))

    def write(value: Any) -> list[str]:
        moment = in_beijing(value).replace(tzinfo=None)
        return [text for one in formats for text in one.write(moment)]

    return Stored(read, write, EQUALITY, is_checked=True, quick=written_of(formats))


def epoch_time(unit: str) -> Stored:
    """Times as seconds or milliseconds since 1970."""
    return Stored(
        lambda raw: _from_epoch(raw, unit),
        lambda value: (_to_epoch(in_beijing(value), unit),),
        NATIVE,
        written=Decimal,
    )


def _number(raw: Any, scale: Decimal | None) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal | str):
        raise ScalarError("not a number")
    if isinstance(raw, int):
        number = Decimal(raw)
    elif isinstance(raw, Decimal):
        number = raw
    else:
        number = parse_decimal(raw.strip() if isinstance(raw, str) else repr(raw))
    if not number.is_finite():
        raise ScalarError("not a number")
    return number if scale is None else _EXACT.multiply(number, scale)


def _unscaled(number: Decimal, scale: Decimal | None) -> int | Decimal:
    stored = number if scale is None else _EXACT.divide(number, scale)
    return int(stored) if stored == stored.to_integral_value() else stored


def _scaled_exact(scale: Decimal | None) -> frozenset[str]:
    # Ranges turn around under a negative factor; a factor such as 3 has no finite inverse.
    if scale is None or (scale > 0 and _EXACT.multiply(_EXACT.divide(1, scale), scale) == 1):
        return NATIVE
    return frozenset()


def _day_of(raw: Any) -> date:
    if isinstance(raw, datetime):
        moment = raw if raw.tzinfo is None else in_beijing(raw)
        if (moment.hour, moment.minute, moment.second, moment.microsecond) != (0, 0, 0, 0):
            raise ScalarError("a time of day in a date")
        return moment.date()
    if isinstance(raw, date):
        return raw
    raise ScalarError("not a date")


def _read_formats(raw: Any, formats: Sequence[DateFormat]) -> datetime:
    if isinstance(raw, datetime):
        return raw
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        raise ScalarError("not a date")
    for one in formats:
        moment = one.read(str(raw))
        if moment is not None:
            return moment
    raise ScalarError("in none of the declared date formats")


def _from_epoch(raw: Any, unit: str) -> datetime:
    number = _number(raw, None)
    step = _UNIT[unit]
    whole, fraction = divmod(number, 1)
    return _EPOCH + int(whole) * step + float(fraction) * step


def _to_epoch(moment: datetime, unit: str) -> int | Decimal:
    microseconds = (moment - _EPOCH) // timedelta(microseconds=1)
    step = _UNIT[unit] // timedelta(microseconds=1)
    whole, rest = divmod(microseconds, step)
    return whole if rest == 0 else Decimal(microseconds) / step
