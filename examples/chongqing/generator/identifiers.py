"""Synthetic identifiers with valid check characters: citizen ids begin with 500000, codes carry DEM."""

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODE_WEIGHTS = tuple(pow(3, position, 31) for position in range(17))
ORG_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
CODE_VALUES = {character: value for value, character in enumerate(CODE_CHARACTERS)}
ORG_VALUES = {character: value for value, character in enumerate(ORG_CHARACTERS)}
DIGITS = {str(value): value for value in range(10)}


def citizen_id(body: str) -> str:
    """Seventeen digits and their check character."""
    return body + "10X98765432"[sum(DIGITS[c] * w for c, w in zip(body, WEIGHTS, strict=True)) % 11]


def organisation_code(number: int) -> str:
    """DEM, five characters, check: digits up to 99,999, then letters (up to about a million)."""
    body = f"DEM{number:05d}" if number < 100_000 else f"DEM{_letters(number - 100_000)}"
    check = 11 - sum(ORG_VALUES[c] * w for c, w in zip(body, ORG_WEIGHTS, strict=True)) % 11
    return body + {10: "X", 11: "0"}.get(check, str(check))


def credit_code(number: int, division: str, kind: str = "91") -> str:
    """The unified social credit code of a synthetic organisation."""
    body = f"{kind}{division}{organisation_code(number)}"
    return (
        body + CODE_CHARACTERS[-sum(CODE_VALUES[c] * w for c, w in zip(body, CODE_WEIGHTS, strict=True)) % 31]
    )


def old_form(number: str) -> str:
    """The 15-digit form that old registers keep; who was born after 1999 has none."""
    return number[:6] + number[8:17] if number[6:8] == "19" else number


def _letters(number: int) -> str:
    if number >= 31**4:
        raise ValueError("no codes left for so many organisations")
    found = ""
    for _ in range(4):
        number, rest = divmod(number, 31)
        found = CODE_CHARACTERS[rest] + found
    return "A" + found
