"""What the sources of `harbour` store, as they store it: old ids, lower case, padding, codes, 分."""

from collections.abc import Mapping, Sequence
from typing import Any

ZHANG = "500000198502140017"
LI = "500000195811030029"
X_CHECK = "50000019900101018X"
CHILD = "500000201606010131"
PROTECTED = "500000198808080248"
UNKNOWN = "500000199003150071"
FLEET = "91500000DEM000129B"
SHOP = "91500112DEM000022H"
SOCIETY = "51500000DEM000073C"
MISTAKEN, CORRECTED = "500000197912310416", "500000197812310419"
FIRST, SECOND, THIRD = "500000196101010116", "500000196201010121", "500000196301010137"
"""Corrected twice: each stands in the place of the one before."""
CIRCLE = ("500000196401010142", "500000196501010158")
TORN = "500000196601010163"
"""Corrected to two numbers at once."""
ONCE_PROTECTED = "500000196701010179"
MERGED, LATER_MERGED = "91500000DEM000209Y", "91500000DEM000217R"
OLD_NUMBER = "500000000000129"

TABLES: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "registry.household": [
        {
            "ID_NO": "500000850214001",
            "XM": "张伟",
            "XB": "1",
            "CSRQ": "19850214",
            "ZZ": "某区某路1号",
        },
        {"ID_NO": LI, "XM": "李秀英", "XB": "2", "CSRQ": "19581103", "ZZ": None},
        {
            "ID_NO": X_CHECK.lower(),
            "XM": "王芳",
            "XB": "2",
            "CSRQ": "1990-01-01",
            "ZZ": "某县某街2号",
        },
        {"ID_NO": PROTECTED, "XM": "陈静", "XB": "2", "CSRQ": "19880808", "ZZ": "某处"},
        *(
            {"ID_NO": number, "XM": name, "XB": "1", "CSRQ": None, "ZZ": None}
            for number, name in [
                (MISTAKEN, "刘该"),
                (CORRECTED, "刘改"),
                (FIRST, "老陈"),
                (CIRCLE[0], "圆"),
                (TORN, "何人"),
                (ONCE_PROTECTED, "陈旧"),
            ]
        ),
    ],
    "registry.correction": [
        {"OLD_ID": old, "NEW_ID": new, "WHY": next(iter(why), None)}
        for old, new, *why in [
            ("500000791231041", CORRECTED, "1"),
            (FIRST, SECOND, "2"),
            (SECOND, THIRD, "1"),
            CIRCLE,
            CIRCLE[::-1],
            (TORN, LI),
            (TORN, X_CHECK),
            (ONCE_PROTECTED, PROTECTED),
            ("no id", LI),
        ]
    ],
    "registry.verification": [
        {"ID_NO": "500000850214001", "XM": "张伟"},
        {"ID_NO": LI, "XM": "李秀英"},
        {"ID_NO": X_CHECK.lower(), "XM": "王芳"},
        {"ID_NO": PROTECTED, "XM": "陈静"},
    ],
    "registry.marriage": [
        {"CERT_NO": "M-1", "REG_DATE": "2008-05-01", "HUSBAND_ID": ZHANG, "WIFE_ID": X_CHECK},
        {"CERT_NO": "M-0", "REG_DATE": "1980-05-01", "HUSBAND_ID": "bad id", "WIFE_ID": LI},
    ],
    "transport.qualification": [
        {
            "CERT_NO": "Q-3",
            "LB": "02",
            "VALID_TO": "20250101",
            "JF": 6,
            "ID_NO": "500000850214001",
            "ORG_USCC": FLEET,
        },
        {
            "CERT_NO": "Q-1",
            "LB": "01",
            "VALID_TO": "20271231",
            "JF": None,
            "ID_NO": ZHANG + "  ",
            "ORG_USCC": FLEET,
        },
        {
            "CERT_NO": "Q-2",
            "LB": "01",
            "VALID_TO": "20299999",
            "JF": 2,
            "ID_NO": ZHANG,
            "ORG_USCC": None,
        },
        {
            "CERT_NO": "Q-4",
            "LB": "01",
            "VALID_TO": "20260630",
            "JF": 9,
            "ID_NO": UNKNOWN,
            "ORG_USCC": SHOP,
        },
        {
            "CERT_NO": "Q-5",
            "LB": "01",
            "VALID_TO": None,
            "JF": 2,
            "ID_NO": X_CHECK.lower(),
            "ORG_USCC": FLEET,
        },
        *(
            {"CERT_NO": no, "LB": "01", "VALID_TO": "20300101", "JF": 1, "ID_NO": holder, "ORG_USCC": None}
            for no, holder in [("Q-6", MISTAKEN), ("Q-7", CORRECTED), ("Q-8", SECOND), ("Q-9", TORN)]
        ),
    ],
    "transport.vehicle": [
        {
            "PLATE": "渝DEM001",
            "COLOUR": "2",
            "KIND": "货车",
            "INSP": "2027-03-01",
            "OWNER_KIND": "2",
            "OWNER_ID": FLEET,
        },
        {
            "PLATE": "渝DEM002",
            "COLOUR": "1",
            "KIND": "轿车",
            "INSP": None,
            "OWNER_KIND": "1",
            "OWNER_ID": ZHANG,
        },
        {
            "PLATE": "渝DEM003",
            "COLOUR": "1",
            "KIND": "轿车",
            "INSP": "2026-01-01",
            "OWNER_KIND": "9",
            "OWNER_ID": "K-1",
        },
    ],
    "market.company": [
        {
            "USCC": FLEET.lower(),
            "NAME": "港城运输集团",
            "CAPITAL_FEN": 1234567,
            "REP_KIND": "1",
            "REP_NO": ZHANG,
        },
        {"USCC": SHOP, "NAME": "小店", "CAPITAL_FEN": None, "REP_KIND": "2", "REP_NO": FLEET},
    ],
    "market.society": [{"USCC": SOCIETY, "NAME": "港城协会"}],
    "market.penalty": [
        {
            "DECISION_NO": f"P-{n}",
            "FACT": "超载",
            "DECIDED": f"201{n}年3月1{n}日",
            "FINE": f"{n}00.50",
            "CODE_1": one,
            "CODE_2": two,
            "CODE_3": None,
        }
        for n, (one, two) in enumerate(
            [
                (FLEET, None),
                (None, "DEM000129"),
                (FLEET, "DEM000129"),
                (SHOP, None),
                (FLEET, None),
                (FLEET, None),
            ]
        )
    ],
    "market.tax": [
        {"USCC": FLEET, "GRADE": "A", "ARREARS": "0", "PAID": "99999.00"},
        {"USCC": SHOP, "GRADE": "B", "ARREARS": "12.50", "PAID": "1000"},
    ],
    "market.archive": [],
    "market.renumbering": [{"REG_NO": OLD_NUMBER, "USCC": FLEET}],
    "market.merger": [
        {"GONE": MERGED, "INTO": FLEET, "SINCE": "2015-06-01"},
        {"GONE": LATER_MERGED, "INTO": FLEET, "SINCE": "2099-01-01"},
    ],
    "market.profile": [
        {"USCC": FLEET, "SINCE": "2005-03-01", "UNTIL": "2019-07-01", "NAME": "老港车队", "MANAGER": LI},
        {"USCC": FLEET, "SINCE": "2019-07-01", "UNTIL": None, "NAME": "港城运输", "MANAGER": ZHANG},
        {"USCC": SHOP, "SINCE": None, "UNTIL": "2020-01-01", "NAME": "杂货铺", "MANAGER": None},
    ],
    "education.studentIndex": [{"XJH": "S-1", "ID_NO": CHILD}, {"XJH": "S-2", "ID_NO": CHILD}],
    "education.enrolment": [
        {"XJH": "S-1", "SCHOOL": "一小", "YEAR": 2024},
        {"XJH": "S-2", "SCHOOL": "二小", "YEAR": 2025},
        {"XJH": "S-2", "SCHOOL": "二小", "YEAR": 2026},
    ],
    "education.sealed": [{"NO": "X", "ID_NO": ZHANG}],
}
