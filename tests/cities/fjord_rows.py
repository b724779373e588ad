"""What the sources of `fjord` store: whole numbers as keys, composite marks, days as seconds, cents."""

from collections.abc import Mapping, Sequence
from typing import Any

ANNA = 1001
BO = 1002
CARA = 1003
CHILD = 1004
PROTECTED = 1005
UNKNOWN = 1006
PILOTS = "GK-PILOT-7"
STORES = "GK-QUAYS-2"
CHARITY = "CH-BUOYS-1"
MISTAKEN, CORRECTED = 2001, 2002
FIRST, SECOND, THIRD = 2011, 2012, 2013
"""Renumbered twice: each stands in the place of the one before."""
CIRCLE = (2021, 2022)
TORN = 2031
"""Given two numbers at once."""
ONCE_PROTECTED = 2041
TAKEN_OVER, LATER_TAKEN_OVER = "GK-FERRY-4", "GK-SHIPS-5"
OLD_TAX = 7700129

TABLES: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "civil.roll": [
        {"resident_no": ANNA, "full_name": "Anna Holm", "pronoun": "she", "born": "14/02/1985", "tel": "40055501017"},
        {"resident_no": BO, "full_name": "Bo Lind", "pronoun": "he", "born": "03/11/1958", "tel": None},
        {"resident_no": CARA, "full_name": "Cara Moe", "pronoun": "she", "born": "1990", "tel": "40055501019"},
        {"resident_no": PROTECTED, "full_name": "Dag Nes", "pronoun": "he", "born": "08/08/1988", "tel": "1"},
        *(
            {"resident_no": number, "full_name": name, "pronoun": "she", "born": None, "tel": None}
            for number, name in [
                (MISTAKEN, "Eva Wrong"), (CORRECTED, "Eva Right"), (FIRST, "Finn Eide"), (CIRCLE[0], "Round"),
                (TORN, "Who"), (ONCE_PROTECTED, "Dag Old"),
            ]
        ),
    ],
    "civil.newNumber": [
        {"old_no": old, "new_no": new, "why": why}
        for old, new, why in [
            (MISTAKEN, CORRECTED, "m"), (FIRST, SECOND, "r"), (SECOND, THIRD, "m"), (*CIRCLE, None),
            (*CIRCLE[::-1], None), (TORN, BO, "m"), (TORN, CARA, "m"), (ONCE_PROTECTED, PROTECTED, "x"),
            ("unreadable", BO, "m"),
        ]
    ],
    "civil.identityCheck": [
        {"resident_no": ANNA, "born": "14/02/1985"},
        {"resident_no": BO, "born": "03/11/1958"},
    ],
    "civil.partnership": [
        {"deed": 31, "signed": "2008-05-01", "first_no": ANNA, "second_no": CARA},
        {"deed": 30, "signed": "1980-05-01", "first_no": "unreadable", "second_no": BO},
    ],
    "maritime.crewLicence": [
        {"serial": "L-3", "grade": "o", "expires": 1735689600, "sea_days": 6, "holder_no": ANNA, "employer_lei": PILOTS},
        {"serial": "L-1", "grade": "c", "expires": 1830211200, "sea_days": None, "holder_no": ANNA, "employer_lei": PILOTS},
        {"serial": "L-2", "grade": "c", "expires": "soon", "sea_days": 2, "holder_no": ANNA, "employer_lei": None},
        {"serial": "L-4", "grade": "c", "expires": 1782777600, "sea_days": 9, "holder_no": UNKNOWN, "employer_lei": STORES},
        {"serial": "L-5", "grade": "c", "expires": None, "sea_days": 2, "holder_no": CARA, "employer_lei": PILOTS},
        *(
            {"serial": serial, "grade": "c", "expires": 1893456000, "sea_days": 1, "holder_no": holder, "employer_lei": None}
            for serial, holder in [("L-6", MISTAKEN), ("L-7", CORRECTED), ("L-8", SECOND), ("L-9", TORN)]
        ),
    ],
    "maritime.vesselEntry": [
        {"flag": "SK", "hull": 11, "rig": "barque", "surveyed": "2027-03-01", "owner_kind": "F", "owner": PILOTS},
        {"flag": "ML", "hull": 12, "rig": "sloop", "surveyed": None, "owner_kind": "R", "owner": str(ANNA)},
        {"flag": "ML", "hull": 13, "rig": "sloop", "surveyed": "2026-01-01", "owner_kind": "X", "owner": "K-1"},
    ],
    "commerce.firm": [
        {"lei": PILOTS.lower(), "trade_name": "Skerry Pilots", "capital_cents": 1234567, "director_kind": "R", "director_no": ANNA},
        {"lei": STORES, "trade_name": "Quay Stores", "capital_cents": None, "director_kind": "F", "director_no": PILOTS},
    ],
    "commerce.charity": [{"lei": CHARITY, "trade_name": "Friends of the Buoys"}],
    "commerce.sanction": [
        {
            "docket": 900 + n,
            "ground": "overloading",
            "ruled": f"1{n}/03/201{n}" if n % 2 else f"201{n}.03.1{n}",
            "amount": f"{n}00.50",
            "ref_lei": lei,
            "ref_branch": branch,
            "ref_tax": None,
        }
        for n, (lei, branch) in enumerate(
            [(PILOTS, None), (None, "PILOT"), (PILOTS, "PILOT"), (STORES, None), (PILOTS, None), (PILOTS, None)]
        )
    ],
    "commerce.levy": [
        {"lei": PILOTS, "standing": "GOOD", "unpaid": 0.0, "tonnage": 9000},
        {"lei": STORES, "standing": "POOR", "unpaid": 12.5, "tonnage": 700},
    ],
    "commerce.charter": [
        {"lei": PILOTS, "granted": "2005-03-01", "lapsed": "2019-07-01", "style": "Old Pilots", "master_no": BO},
        {"lei": PILOTS, "granted": "2019-07-01", "lapsed": None, "style": "Skerry Pilots", "master_no": ANNA},
        {"lei": STORES, "granted": None, "lapsed": "2020-01-01", "style": "Corner Store", "master_no": None},
    ],
    "commerce.deedArchive": [],
    "commerce.taxNumber": [{"fiscal_no": OLD_TAX, "lei": PILOTS}],
    "commerce.takeover": [
        {"gone": TAKEN_OVER, "into": PILOTS, "since": "2015-06-01"},
        {"gone": LATER_TAKEN_OVER, "into": PILOTS, "since": "2099-01-01"},
    ],
    "schooling.pupilIndex": [{"pupil": 71, "resident_no": CHILD}, {"pupil": 72, "resident_no": CHILD}],
    "schooling.attendance": [
        {"pupil": 71, "school": "North School", "term": 2024},
        {"pupil": 72, "school": "South School", "term": 2025},
        {"pupil": 72, "school": "South School", "term": 2026},
    ],
    "schooling.sealedNote": [{"note": 5, "resident_no": ANNA}],
}  # fmt: skip
