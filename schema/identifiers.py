"""Citizen ids (GB 11643), credit codes (GB 32100) and organisation codes (GB 11714).

What counts as an identifier, in one normal form each. A division prefix is never a reason to
refuse: prefixes retire, and a number keeps the one it was issued with. No message here carries
any part of the value it is about. Masks live in `schema/policy/masks.py`.
"""

import re
from datetime import date, datetime, timedelta, timezone
from operator import mul
from typing import Final

BEIJING: Final = timezone(timedelta(hours=8))
"""Today is what the calendar says in Beijing, whatever the machine's clock is set to."""
_PAST: Final = datetime.now(BEIJING).date()
"""A day that has come once: of it and of those before, no clock need be asked."""

_CITIZEN_CHECKS: Final = "10X98765432"
"""GB 11643-1999, ISO 7064 MOD 11-2: check character by remainder."""
_CREDIT_SYMBOLS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100-2015: 31 symbols, without I, O, S, V and Z."""
_CREDIT_VALUES: Final = {symbol: value for value, symbol in enumerate(_CREDIT_SYMBOLS)}
_CREDIT_WEIGHTS: Final = tuple(pow(3, position, 31) for position in range(17))
_ORGANISATION_SYMBOLS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_VALUES: Final = {symbol: value for value, symbol in enumerate(_ORGANISATION_SYMBOLS)}
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_CENTENARIAN_SEQUENCES: Final = frozenset({"996", "997", "998", "999"})
"""Fifteen-digit numbers with these sequences were given to people born in the 1800s."""

_HALF_WIDTH: Final[dict[int, int | str]] = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    0x3000: " ",
    0x00A0: " ",
}
"""Full-width forms (and two odd spaces) to what they stand for."""
_FULL_WIDTH: Final = {code - 0xFEE0: code for code in range(0xFF01, 0xFF5F)}

_CITIZEN_ID: Final = re.compile(r"[0-9]{17}[0-9X]")
_PERHAPS_CITIZEN: Final = re.compile(r"(?=(\d{17}[\dXx]|\d{15}))")
"""Overlapping: the digits before an id do not hide it."""
_CREDIT_CODE: Final = re.compile(rf"[{_CREDIT_SYMBOLS}]{{18}}")
"""What is written in its normal form, as nearly all are, and may be right."""
_SCIENTIFIC: Final = re.compile(r"[0-9]+(\.[0-9]*)?E\+?[0-9]+", re.ASCII)


class IdentifierError(ValueError):
    """Text that is no identifier of its kind. The message names a reason and never the value."""

    def __init__(self, reason: str, hint: str | None = None) -> None:
        super().__init__(reason if hint is None else f"{reason}; {hint}")
        self.reason = reason
        """Stable, for tables: `check digit is wrong`."""
        self.hint = hint
        """What may have happened to it, and what to do."""


def normalise(text: str) -> str:
    """Write an identifier in its plain dress: half-width, upper case, without white space."""
    if text.isascii() and text.isalnum():
        return text.upper()
    return "".join(text.translate(_HALF_WIDTH).split()).upper()


def to_full_width(text: str) -> str:
    """Write ASCII in full-width forms, as some registers store identifiers."""
    return text.translate(_FULL_WIDTH)


def citizen_check_character(body: str) -> str:
    """Compute the 18th character from the first 17 digits (GB 11643-1999)."""
    return _CITIZEN_CHECKS[2 * int(body, 13) % 11]  # weights are powers of two modulo 11, where 13 is two


def credit_check_character(body: str) -> str:
    """Compute the 18th symbol from the first 17 (GB 32100-2015); any of the 31 may result."""
    total = sum(map(mul, map(_CREDIT_VALUES.__getitem__, body), _CREDIT_WEIGHTS))
    return _CREDIT_SYMBOLS[-total % 31]


def organisation_check_character(body: str) -> str:
    """Compute the ninth character of an organisation code from the first eight (GB 11714)."""
    total = sum(map(mul, map(_ORGANISATION_VALUES.__getitem__, body), _ORGANISATION_WEIGHTS))
    remainder = 11 - total % 11
    return {10: "X", 11: "0"}.get(remainder, str(remainder))


def parse_citizen_id(text: str, today: date | None = None) -> str:
    """Give the 18-character normal form of a citizen id.

    Takes 18 characters or the old 15 digits, in any case, width and spacing. Residence permits of
    Hong Kong, Macao and Taiwan (81–83) and of foreigners (9) have the same form. `today` bounds
    the date of birth; without it, today in Beijing. Raises `IdentifierError`.
    """
    number = text if _CITIZEN_ID.fullmatch(text) else _undressed_citizen_id(text)
    if number[17] != citizen_check_character(number[:17]):
        raise _wrong_check(number)
    try:
        birth = date.fromisoformat(number[6:14])
    except ValueError:
        birth = None
    if birth is None:
        raise IdentifierError("date of birth is not in the calendar")
    if birth > (today or _PAST) and birth > (today or datetime.now(BEIJING).date()):
        raise IdentifierError("date of birth is in the future")
    return number


def names_citizen(text: str) -> bool:
    """Whether a citizen id stands anywhere in a text, in its new form or in the old one."""
    for found in _PERHAPS_CITIZEN.finditer(text):
        try:
            parse_citizen_id(found[1])
        except IdentifierError:
            continue
        return True
    return False


def to_fifteen_digits(number: str) -> str | None:
    """Give the old form of an 18-character citizen id, `None` if it never had one."""
    is_centenarian = number[14:17] in _CENTENARIAN_SEQUENCES
    century = "18" if is_centenarian else "19"
    return number[:6] + number[8:17] if number[6:8] == century else None


def parse_credit_code(text: str) -> str:
    """Give the normal form of a unified social credit code.

    Both checks must hold: its own and that of the organisation code inside. Raises
    `IdentifierError`.
    """
    code = text if _CREDIT_CODE.fullmatch(text) else _undressed_credit_code(text)
    if code[17] != credit_check_character(code[:17]):
        raise IdentifierError("check symbol is wrong")
    if code[16] != organisation_check_character(code[8:16]):
        raise IdentifierError("check of the organisation code inside is wrong")
    return code


def _undressed_citizen_id(text: str) -> str:
    """18 characters, the first 17 of them digits, out of any dress and of the old form."""
    number = normalise(text)
    if len(number) == 15 and _is_digits(number):
        return _from_fifteen_digits(number)
    if len(number) != 18:
        raise _wrong_length(number)
    if not _is_digits(number[:17]):
        raise IdentifierError("characters other than digits are in it")
    return number


def _from_fifteen_digits(number: str) -> str:
    century = "18" if number[12:] in _CENTENARIAN_SEQUENCES else "19"
    body = number[:6] + century + number[6:]
    return body + citizen_check_character(body)


def _undressed_credit_code(text: str) -> str:
    """18 symbols of the code's alphabet, out of any dress."""
    code = normalise(text)
    if len(code) != 18:
        raise IdentifierError("length is not 18")
    if not _CREDIT_CODE.fullmatch(code):
        raise IdentifierError("symbols outside the code's alphabet are in it", "I, O, S, V, Z never occur")
    return code


def _wrong_length(number: str) -> IdentifierError:
    if _SCIENTIFIC.fullmatch(number):
        return IdentifierError(
            "number in scientific notation",
            "a spreadsheet has cut its last digits; export the column as text",
        )
    return IdentifierError("length is neither 18 nor 15")


def _wrong_check(number: str) -> IdentifierError:
    if number.endswith("000"):
        return IdentifierError(
            "check digit is wrong",
            "it ends in 000: a spreadsheet may have cut its last digits; export the column as text",
        )
    return IdentifierError("check digit is wrong")


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
