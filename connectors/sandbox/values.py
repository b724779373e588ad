"""One value of an item: by its code list, its type, and what its name and mask say it is."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from connectors.sandbox import words
from connectors.sandbox.draw import SIZE, draw, pick
from connectors.sandbox.universe import BIRTHDAYS, FIRST_BIRTHDAY, Owner, text_at, write_index
from schema.catalogue.item import Item
from schema.catalogue.model import CodeList
from schema.geography import read_geometry
from schema.identifiers import BEIJING

TODAY: Final = date(2026, 1, 1)
"""When synthetic data stands: fixed, so that two runs agree."""
ROWS: Final = 4
"""At most so many of one owner."""

LONGITUDES: Final = (100, 120)
LATITUDES: Final = (22, 40)
"""Degrees between which synthetic places lie."""

_ABOUT_BIRTH: Final = re.compile(r"born|birth", re.IGNORECASE)
_ABOUT_SEX: Final = re.compile(r"^(sex|gender)$", re.IGNORECASE)
_ABOUT_AN_END: Final = re.compile(r"(To|Until|Through|End|[Ee]xpir\w*)$")
_ABOUT_A_CLOSE: Final = re.compile(r"removed|closed|ended|lifted|cremated|cancelled|returned", re.IGNORECASE)
_MONTHS: Final = re.compile(r"(month|Through)$", re.IGNORECASE)
_NUMBERS: Final = re.compile(r"(^|[a-z])(number|no|code|oid|id)$", re.IGNORECASE)
_ADDRESSES: Final = re.compile(r"address|location", re.IGNORECASE)
_PHONES: Final = re.compile(r"phone|mobile", re.IGNORECASE)
_LINKS: Final = re.compile(r"ur[il]$", re.IGNORECASE)
_OWN_NAME: Final = re.compile(r"^(full|registered|holder|person)?name$", re.IGNORECASE)
_PEOPLE: Final = re.compile(
    r"representative|contact|holder|person|doctor|teacher|guardian|child|infant|parent|former", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a row's values have in common."""

    resource: str
    owner: Owner
    row: int
    referred: Mapping[str, Owner]
    """Whom the row's links lead to, by column."""

    @property
    def seed(self) -> str:
        """What draws about this row depend on."""
        return f"{self.resource}/{self.owner.seed}/{self.row}"

    @property
    def number(self) -> int:
        """A number that no other row of the resource has."""
        if self.owner.index is not None:
            return ROWS * self.owner.index + self.row
        return ROWS * SIZE + draw(self.seed, "number") % (7 * ROWS * SIZE)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What is known of an item besides its declaration."""

    item: Item
    codes: CodeList | None
    is_identity: bool
    """Part of what makes a row one row: never empty."""
    is_unique: bool
    """What makes it so: no other row of the same owner has the same value."""
    is_alone: bool
    """Its identity does not hold the owner, so no row of another owner may have it either."""
    linked: tuple[tuple[str, str], ...]
    """Links of the same resource: name and column."""
    wanted: tuple[Any, ...]
    """Values that the resource's opening speaks of; some rows should meet it."""
    bounds: tuple[Any, ...]
    """Bounds of the bands that are derived from it."""
    span: tuple[int, int] | None = None
    """Degrees, of a coordinate."""


def values_of(meaning: Meaning, facts: Facts) -> Iterator[Any]:
    """Values to try in turn, until one can be stored; `None` is an empty field."""
    item, seed = meaning.item, f"{facts.seed}/{meaning.item.column}"
    if not meaning.is_identity and draw(seed, "empty") % 16 == 0:
        yield None
        return
    if meaning.wanted and draw(seed, "wanted") % 2:
        yield pick(meaning.wanted, seed)
    if meaning.codes is not None:
        yield _code(meaning.codes, item, facts, seed)
    yield from _places(meaning, seed)
    match item.type:
        case "Int":
            yield from _whole(meaning, facts, seed)
        case "Decimal" | "Float":
            kind = Decimal if item.type == "Decimal" else float
            yield from (kind(value) for value in _amounts(meaning, facts, seed))
        case "Boolean":
            yield bool(draw(seed) % 2)
        case "Date":
            yield from _days(meaning, facts, seed)
        case "DateTime":
            for day in _days(meaning, facts, seed):
                at = timedelta(hours=8, minutes=draw(seed, "minute") % 540)
                yield datetime(day.year, day.month, day.day, tzinfo=BEIJING) + at
        case "CitizenId" | "CreditCode":
            yield from (write_index(item.type, draw(seed, turn) % SIZE) for turn in range(8))
        case "String" | "ID":
            yield _text(meaning, facts, seed)


def _places(meaning: Meaning, seed: str) -> Iterator[Any]:
    """Coordinates and areas."""
    if meaning.span is not None:
        yield _degrees(meaning.span, seed)
    elif meaning.item.type == "GeoJSON":
        yield _square(seed)


def _degrees(span: tuple[int, int], seed: str) -> Decimal:
    low, high = span
    return low + Decimal(draw(seed) % ((high - low) * 10_000)) / 10_000


def _square(seed: str) -> str:
    """An area of a tenth of a degree either way."""
    west, south = _degrees(LONGITUDES, f"{seed}/lon"), _degrees(LATITUDES, f"{seed}/lat")
    east, north = west + Decimal("0.1"), south + Decimal("0.1")
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    positions = [[float(lon), float(lat)] for lon, lat in ring]
    return read_geometry({"type": "Polygon", "coordinates": [positions]})


def _code(codes: CodeList, item: Item, facts: Facts, seed: str) -> str:
    sex = _sex(facts.owner)
    if sex is not None and _ABOUT_SEX.search(item.name) and {"1", "2"} <= set(codes.labels):
        return sex
    return pick(tuple(codes.labels), seed)


def _sex(owner: Owner) -> str | None:
    """`1` or `2` as the citizen id says (GB 11643); `None` for whoever has none."""
    number = _citizen_id(owner)
    return None if number is None else "1" if int(number[16]) % 2 else "2"


def _citizen_id(owner: Owner) -> str | None:
    keys = (str(key[0]) for key in owner.keys.values() if len(key) == 1)
    return next((key for key in keys if len(key) == 18 and key[:17].isdigit()), None)


def _has_credit_code(owner: Owner) -> bool:
    return any(len(key) == 1 and len(str(key[0])) == 18 for key in owner.keys.values())


def _in_band(bounds: Sequence[Any], seed: str) -> Decimal:
    """A number in one of the bands, each as likely."""
    ends = [Decimal(str(bound)) for bound in bounds]
    band = draw(seed, "band") % (len(ends) + 1)
    low = ends[band - 1] if band else min(Decimal(0), ends[0])
    high = ends[band] if band < len(ends) else 2 * abs(ends[-1]) + 100
    return low + (high - low) * (draw(seed, "in band") % 100) / 100


def _whole(meaning: Meaning, facts: Facts, seed: str) -> Iterator[int]:
    if re.search(r"year$", meaning.item.name, re.IGNORECASE):  # another one in each of an owner's rows
        yield TODAY.year - 1 - facts.row - draw(facts.seed, "year") % 2 * ROWS
    elif meaning.is_unique:
        yield facts.number
    elif meaning.bounds:
        yield int(_in_band(meaning.bounds, seed))
    else:
        yield from (draw(seed, turn) % 200 for turn in range(40))


def _amounts(meaning: Meaning, facts: Facts, seed: str) -> Iterator[str]:
    item = meaning.item
    if meaning.bounds:
        yield f"{_in_band(meaning.bounds, seed):.2f}"
    elif item.unit == "°":
        low, span = (105, 5) if re.search(r"lon|lng", item.name, re.IGNORECASE) else (28, 4)
        yield f"{low + draw(seed) % (span * 10**6) / 10**6:.6f}"
    elif item.unit == "%" or re.search(r"ratio|percent", item.name, re.IGNORECASE):
        yield f"{draw(seed) % 10_001 / 100:.2f}"
    elif draw(seed, "zero") % 3 == 0:
        yield "0.00"
    cents = facts.number * 10**5 if meaning.is_unique else draw(seed) % 10**7
    yield from (f"{cents // 10**cut * 10**cut / 100:.2f}" for cut in range(6))


def _days(meaning: Meaning, facts: Facts, seed: str) -> Iterator[date]:
    name, number = meaning.item.name, _citizen_id(facts.owner)
    if _ABOUT_BIRTH.search(name) and number is not None:
        yield date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    elif _ABOUT_BIRTH.search(name) and facts.owner.is_person:
        yield FIRST_BIRTHDAY + timedelta(days=draw(facts.owner.seed, "birthday") % BIRTHDAYS)
    if _ABOUT_AN_END.search(name):
        day = TODAY + timedelta(days=draw(seed) % 2_000 - 20)
    elif _ABOUT_A_CLOSE.search(name):
        day = TODAY - timedelta(days=draw(seed) % 29)
    else:  # later rows are older, so that a date may be part of an identity
        day = TODAY - timedelta(days=30 + facts.row * 900 + draw(seed) % 800)
    yield from (day, day.replace(day=1), day.replace(month=1, day=1))


def _text(meaning: Meaning, facts: Facts, seed: str) -> str:
    item = meaning.item
    name, mask = item.name, item.mask
    if _MONTHS.search(name):
        return f"{TODAY.year - 1}-{12 - 2 * facts.row - draw(seed) % 2:02d}"
    if meaning.is_unique and not meaning.is_alone and not _NUMBERS.search(name):
        return f"{words.sample(item.title, facts.resource)}-{facts.row + 1}"
    if meaning.is_unique or _NUMBERS.search(name) or mask in {"tail4", "citizen_id"}:
        return text_at(facts.number if meaning.is_unique else draw(seed) % SIZE)
    if mask == "phone" or _PHONES.search(name):
        return words.phone(seed)
    if mask == "address" or _ADDRESSES.search(name):
        return words.address(item.title, seed)
    if mask == "name" or re.search(r"name$", name, re.IGNORECASE):
        return _name(meaning, facts, seed)
    if _ABOUT_SEX.search(name):
        return words.sex(item.title, _sex(facts.owner))
    if _LINKS.search(name):
        return f"https://sandbox.invalid/{text_at(draw(seed) % SIZE)}"
    return words.sample(item.title, seed)


def _name(meaning: Meaning, facts: Facts, seed: str) -> str:
    """The name of whoever the item's name begins with, else of whoever owns the row."""
    whose = facts.owner
    for link, column in meaning.linked:
        if meaning.item.name.startswith(link) and column in facts.referred:
            whose = facts.referred[column]
    title = meaning.item.title
    is_its_own = whose is not facts.owner or _OWN_NAME.search(meaning.item.name)
    if is_its_own and (whose.is_person or _citizen_id(whose) is not None):
        return words.person_name(title, whose.seed)
    if whose is not facts.owner and _has_credit_code(whose):
        return words.body_name(title, whose.seed)
    if meaning.item.mask == "name" or _PEOPLE.search(meaning.item.name):
        return words.person_name(title, seed)
    if _has_credit_code(whose) and meaning.item.name == "name":
        return words.body_name(title, whose.seed)
    return words.sample(title, seed)
