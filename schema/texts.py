"""How identifiers, text and codes are stored: in the declared forms, under the declared codes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from functools import partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from operator import methodcaller
from typing import Any, Final
from uuid import UUID

from schema.geography import read_geometry
from schema.identifiers import normalise, to_fifteen_digits, to_full_width
from schema.lexical import ScalarError
from schema.predicate import OPERATORS
from schema.quick import EXACT, text_of
from schema.stored import EQUALITY, Stored

CHAR_WIDTHS: Final = (18, 20)
"""Characters: the usual widths of CHAR columns for identifiers, filled up with spaces."""
CODES: Final = 4_096
"""Most lists of codes are shorter: administrative divisions, down to counties, are some 3,200."""


def identifier(parse: Callable[[str], str], forms: Sequence[str]) -> Stored:
    """Identifiers in the declared forms; `18` stands for the normal one."""

    def read(raw: Any) -> str:
        if isinstance(raw, bool) or not isinstance(raw, str | int):
            raise ScalarError("not text")
        return parse(str(raw))

    at_once = text_of(parse)
    if set(forms) <= {"18"}:
        return Stored(read, _as_itself, EQUALITY, writes_itself=True, reads_itself=True, quick=at_once)
    return Stored(read, partial(_dressed, forms=forms), EQUALITY, reads_itself=True, quick=at_once)


def plain_text(forms: Sequence[str]) -> Stored:
    """Text as it is; with declared forms, text whose normal form is upper case and half-width."""
    if not forms:
        return Stored(
            _as_text,
            _as_itself,
            OPERATORS,
            keeps_blank=True,
            plain=str,
            writes_itself=True,
            reads_itself=True,
        )

    def read(raw: Any) -> str:
        text = _as_text(raw)
        if "full-width" in forms:
            text = normalise(text)
        if "padded" in forms:
            text = text.rstrip(" ")
        if "unhyphenated" in forms:
            text = text.replace("-", "")
        return text.upper() if {"upper", "lower", "lower-x"} & set(forms) else text

    return Stored(read, partial(_dressed, forms=forms), EQUALITY)


def geometry() -> Stored:
    """GeoJSON as text, or as the object that a service nests; the value is compact text."""
    return Stored(read_geometry, lambda value: (value,), frozenset())


def coded(codes: Mapping[str, Any], type_name: str) -> Stored:
    """Codes as the source writes them. An enumeration refuses what it does not know; a String
    keeps it.
    """
    code_of = {_as_text(stored): code for code, stored in codes.items()}
    is_enumeration = type_name != "String"

    def read(raw: Any) -> str:
        text = _as_text(raw)
        if text not in code_of and is_enumeration:
            raise ScalarError("not a code of the list")
        return code_of.get(text, text)

    def write(value: Any) -> list[Any]:
        forms = [codes[value]] if value in codes else []
        # Outside an enumeration a code also stands for itself, unless that text means another.
        if not is_enumeration and value not in code_of:
            forms.append(value)
        return forms

    return Stored(read, write, EQUALITY, keeps_blank=not is_enumeration, recurring=CODES)


_FORMS: Final[Mapping[str, Callable[[str], str | None]]] = {
    "15": to_fifteen_digits,
    "lower-x": methodcaller("replace", "X", "x"),
    "lower": str.lower,
    "upper": str.upper,
    "unhyphenated": methodcaller("replace", "-", ""),
}
"""What writes a value in a declared form, where it is not the value itself; `None`: it has no such form."""


def _dressed(value: str, forms: Sequence[str]) -> list[str]:
    """Write an identifier in all declared forms; the first declared one is the usual one."""
    texts: dict[str, None] = {}
    widened: dict[str, None] = {}
    bases = [form for form in forms if form not in {"padded", "full-width"}] or ["18"]
    for form in bases:
        text = _FORMS.get(form, str)(value)
        if text is not None:
            texts[text] = None
    for form in forms:
        if form == "full-width":
            widened.update(dict.fromkeys(to_full_width(text) for text in texts))
        if form == "padded":
            widened.update(
                (text.ljust(width), None) for text in texts for width in CHAR_WIDTHS if len(text) < width
            )
    is_usually_plain = forms[0] in bases
    return [*texts, *widened] if is_usually_plain else [*widened, *texts]


def _as_itself(value: Any) -> tuple[Any]:
    return (value,)


_WRITTEN: Final = (int, float, Decimal, date, time, UUID, IPv4Address, IPv6Address, IPv4Network, IPv6Network)
"""What Python writes as sources do. Of anything else it would write how a driver names it."""


def _as_text(raw: Any) -> str:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, timedelta):
        return _as_clock(raw)
    if isinstance(raw, float) and abs(raw) >= EXACT:
        raise ScalarError("a number whose last digits are lost")
    if isinstance(raw, _WRITTEN):
        return str(raw)
    raise ScalarError("not text")


def _as_clock(duration: timedelta) -> str:
    """A duration, or a time of MariaDB, as databases write it: two digits of hours at least, no days."""
    seconds, rest = divmod(abs(duration), timedelta(seconds=1))
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{rest.microseconds:06}" if rest else ""
    return f"{'-' if duration < timedelta() else ''}{hours:02}:{minutes:02}:{seconds:02}{fraction}"
