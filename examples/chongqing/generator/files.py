"""What Agriculture and the Disabled Persons' Federation drop: collectives as CSV, certificates as Excel."""

import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

from generator.drops import write_csv, write_workbook
from generator.identifiers import credit_code
from generator.people import citizen
from generator.personas.names import COLLECTIVE, LI
from generator.places import DISTRICTS

COLLECTIVES = ("统一社会信用代码", "名称", "层级", "成员数", "登记日期")
CERTIFICATES = ("残疾证号", "身份证号", "残疾类别", "残疾等级", "监护人", "发证日期")
LAST_COLLECTIVES = datetime(2025, 7, 1, 20, tzinfo=timezone(timedelta(hours=8)))
"""When Agriculture dropped its file; one is due every month."""


def write_files(directory: Path, persons: int) -> None:
    """Write both files below `drops/`."""
    crowd = [
        (
            credit_code(15_000 + number, code, "N2"),
            f"{name}示范{number}村经济联合社",
            "村级",
            str(300 + number),
            "2024年5月6日",
        )
        for number, (code, name) in enumerate(DISTRICTS.items())
    ]
    persona = (COLLECTIVE, "渝北区示范村股份经济合作联合社", "村级", "1268", "2021年3月1日")
    dropped = directory / "drops/agriculture/collectives.csv"
    write_csv(dropped, COLLECTIVES, [persona, *crowd])
    os.utime(dropped, (LAST_COLLECTIVES.timestamp(), LAST_COLLECTIVES.timestamp()))
    holders = [(f"{LI}42", LI, "肢体", "二级", "", "2019年8月6日")]
    holders += [
        (f"{one}33", one, "听力", "三级", "", "2022年1月12日")
        for one in (citizen(number) for number in range(0, persons, 100))
    ]
    write_workbook(directory / "drops/disability/certificates.xlsx", "残疾人证", CERTIFICATES, holders)
