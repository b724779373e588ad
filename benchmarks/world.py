"""The bench city's data: raw rows of every table, computed from a key alone, so that no key need repeat.

Whoever answers (memory, the REST service, PostgreSQL's tables) gives these rows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from schema.identifiers import citizen_check_character, credit_check_character, organisation_check_character

Raw = dict[str, Any]
ENTERPRISES = 60_000
PER_DAY = 990
"""Sequence numbers used of one birthday; 996 to 999 have a meaning of their own."""
FIRST_BIRTHDAY = date(1950, 1, 1)


def person_id(number: int) -> str:
    """The citizen id of the person with this number."""
    born = FIRST_BIRTHDAY + timedelta(days=number // PER_DAY)
    body = f"500000{born:%Y%m%d}{number % PER_DAY:03d}"
    return body + citizen_check_character(body)


def person_number(citizen_id: str) -> int:
    """The number of a person."""
    born = date(int(citizen_id[6:10]), int(citizen_id[10:12]), int(citizen_id[12:14]))
    return (born - FIRST_BIRTHDAY).days * PER_DAY + int(citizen_id[14:17])


def credit_code(number: int) -> str:
    """The credit code of the enterprise with this number."""
    organisation = f"DEM{number:05d}"
    body = f"91500000{organisation}{organisation_check_character(organisation)}"
    return body + credit_check_character(body)


def _household(key: str) -> list[Raw]:
    n = person_number(key)
    return [
        {
            "ID_NO": key, "NAME": f"居民{n:06d}", "SEX": "12"[n % 2], "BIRTH": key[6:14], "NATION": "汉族",
            "ADDRESS": f"示例路{n % 500}号", "HOUSEHOLD_NO": f"H{n:09d}", "DISTRICT": str(500101 + n % 38),
            "STATUS": "正常",
        }
    ]  # fmt: skip


def _insurance(key: str) -> list[Raw]:
    n = person_number(key)
    return [
        {
            "INS_NO": f"I{n:09d}{i}", "ID_NO": key, "KIND": kind, "STATUS": "参保缴费",
            "PAID_THROUGH": "202609", "BASE": 4000 + n % 1000 + i,
        }
        for i, kind in enumerate(("养老", "失业", "工伤"))
    ]  # fmt: skip


def _property(key: str) -> list[Raw]:
    n = person_number(key)
    return [
        {
            "CERT_NO": f"P{n:09d}{i}", "ID_NO": key, "AREA": 60 + n % 80 + i, "USAGE": "住宅",
            "REGISTERED": f"20{10 + i}0{1 + n % 9}15",
        }
        for i in range(2)
    ]  # fmt: skip


def _qualification(key: str) -> list[Raw]:
    n = person_number(key)
    return [
        {
            "CERT_NO": f"Q{n:09d}{i}", "ID_NO": key, "CATEGORY": ("货运", "客运")[i],
            "VALID_TO": f"2029{1 + n % 9:02d}28", "ORG": credit_code((2 * n + i) % ENTERPRISES),
        }
        for i in range(2)
    ]  # fmt: skip


def _company(key: str) -> list[Raw]:
    m = int(key[11:16])
    return [{"USCC": key, "NAME": f"示例企业{m:05d}", "STATUS": "存续", "CAPITAL": 100 + m % 900}]


def _taxpayer(key: str) -> list[Raw]:
    return [{"USCC": key, "STATUS": "正常", "GRADE": "AABM"[int(key[11:16]) % 4]}]


def _employer(key: str) -> list[Raw]:
    return [{"USCC": key, "INSURED": 5 + int(key[11:16]) % 200, "PAID_THROUGH": "202609"}]


@dataclass(frozen=True)
class Table:
    """One table: the column of its key, the columns that are no text or hold days, and its rows."""

    key: str
    of: Any
    is_of_person: bool = True
    numbers: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    """Written YYYYMMDD."""


TABLES: Mapping[str, Table] = {
    "household": Table("ID_NO", _household, days=("BIRTH",)),
    "insurance": Table("ID_NO", _insurance, numbers=("BASE",)),
    "property": Table("ID_NO", _property, numbers=("AREA",), days=("REGISTERED",)),
    "qualification": Table("ID_NO", _qualification, days=("VALID_TO",)),
    "company": Table("USCC", _company, is_of_person=False, numbers=("CAPITAL",)),
    "taxpayer": Table("USCC", _taxpayer, is_of_person=False),
    "employer": Table("USCC", _employer, is_of_person=False, numbers=("INSURED",)),
}


def rows_of(table: str, keys: Iterable[str]) -> list[Raw]:
    """The raw rows of some keys, key after key, in order of their identity."""
    of = TABLES[table].of
    return [row for key in keys for row in of(key)]


def dated_rows_of(table: str, keys: Iterable[str]) -> list[Raw]:
    """The same rows with their days written YYYY-MM-DD, for a gateway that computes nothing."""
    rows = rows_of(table, keys)
    for row in rows:
        for column in TABLES[table].days:
            text = row[column]
            row[column] = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return rows
