"""The crowd: enterprises in the registers of market, tax, credit, insurance and transport."""

from random import Random

from generator.identifiers import credit_code
from generator.places import DISTRICTS, place_of
from generator.store import Store

DIVISIONS = ("500103", "500112", "500106", "500105")


def company_code(number: int) -> str:
    """The credit code of one of the crowd."""
    return credit_code(20_000 + number, DIVISIONS[number % 4])


def add_enterprises(store: Store, draw: Random, numbers: range, persons: int) -> None:
    """Add one batch of enterprises to every register."""
    codes = {number: company_code(number) for number in numbers}
    _add_market(store, draw, codes, persons)
    _add_money(store, draw, codes)
    _add_permits(store, draw, codes)


def _every(codes: dict[int, str], step: int) -> list[tuple[int, str]]:
    return [(number, code) for number, code in codes.items() if number % step == 0]


def _add_market(store: Store, draw: Random, codes: dict[int, str], persons: int) -> None:
    from generator.people import citizen, name_of  # people work at enterprises, and some lead them

    size = len(codes)
    capitals = draw.choices(range(1, 900), k=size)
    middles = draw.choices("宏华盛达安顺", k=size)
    trades = draw.choices(("运输", "商贸", "科技"), k=size)
    leaders = [number * 3 % persons for number in codes] if persons else []
    companies = []
    for position, (number, code) in enumerate(codes.items()):
        district = DISTRICTS[code[2:8]]
        leader = leaders[position] if leaders else None
        companies.append(
            (
                code,
                code[8:17],
                None,
                f"重庆{district}{middles[position]}{trades[position]}{number}有限公司",
                "存续",
                "有限责任公司",
                capitals[position] * 1_000_000,
                "20150506",
                f"重庆市{district}{number}号",
                code[2:8],
                "道路普通货物运输",
                f"{district}市场监管局",
                "20200101",
                "1" if leader is not None else "",
                citizen(leader) if leader is not None else None,
                name_of(leader) if leader is not None else None,
            )
        )
    store.insert("market.T_QYDJ", companies)
    store.insert(
        "market.T_GDCZ",
        [(row[0], 1, row[15], row[13], row[14], row[6], "1.00") for row in companies if row[14] is not None],
    )
    store.insert(
        "market.T_YYZZ",
        [
            (
                f"1.2.156.3005.2.DEM.{code}",
                code,
                "营业执照",
                code,
                row[11],
                "20200101",
                "20150506",
                "长期",
                "有效",
                f"/ofd/{code}",
            )
            for (_, code), row in zip(codes.items(), companies, strict=True)
        ],
    )
    store.insert(
        "market.T_JYYC",
        [
            (code, "未按规定公示年度报告", "2024年7月8日", "", "渝中区市场监管局")
            for _, code in _every(codes, 20)
        ],
    )


def _add_money(store: Store, draw: Random, codes: dict[int, str]) -> None:
    insured = draw.choices(range(1, 400), k=len(codes))
    arrears = draw.choices((0, 0, 0, 125_000), k=len(codes))
    store.insert(
        "insurance.employers",
        [
            (code, count, "202610", count * 500_000, owed)
            for code, count, owed in zip(codes.values(), insured, arrears, strict=True)
        ],
    )
    grades = draw.choices("ABMCD", k=len(codes))
    store.insert(
        "tax.taxpayers",
        [(code, "正常", grade, 2025) for code, grade in zip(codes.values(), grades, strict=True)],
    )
    paid = draw.choices(range(1_000, 9_000_000), k=len(codes))
    owes = draw.choices(("0.00", "0.00", "880.50"), k=len(codes))
    store.insert(
        "tax.payments",
        [(code, owed, f"{sum_}.00") for code, owed, sum_ in zip(codes.values(), owes, paid, strict=True)],
    )


def _add_permits(store: Store, draw: Random, codes: dict[int, str]) -> None:
    hauliers = _every(codes, 6)
    until = draw.choices(range(2026, 2032), k=len(hauliers))
    store.insert(
        "transport.T_DLYSXKZ",
        [
            (
                f"5001{n:08d}",
                code,
                "道路普通货物运输",
                "20220601",
                f"{year}0531",
                "有效",
                f"重庆市车站路{n}号",
            )
            for (n, code), year in zip(hauliers, until, strict=True)
        ],
    )
    store.insert(
        "transport.T_DLYSZ",
        [
            (f"YZ{n:08d}", f"渝H{n:07d}", "2", "重型半挂牵引车", "40.0", f"{year}0331", code)
            for (n, code), year in zip(hauliers, until, strict=True)
        ],
    )
    store.insert(
        "credit.penalty",
        [
            (
                f"渝交罚〔2023〕{n}号",
                "超限运输",
                "《公路安全保护条例》",
                "罚款",
                "2023-05-06",
                "市交通执法总队",
                code,
                None,
                None,
                None,
                None,
            )
            for n, code in _every(codes, 10)
        ],
    )
    store.insert(
        "credit.permit",
        [
            (
                f"渝交许〔2022〕{n}号",
                "道路货物运输经营许可",
                "2022-06-01",
                "2027-05-31",
                "市交通局",
                "有效",
                None,
                code[8:17],
                None,
                None,
                None,
            )
            for n, code in _every(codes, 5)
        ],
    )
    store.insert(
        "ecology.T_PWXK",
        [(f"PW-{n}", code, "排污许可", 1 + n % 4, "20281231") for n, code in _every(codes, 20)],
    )
    store.insert(
        "emergency.T_ZDWXY",
        [_hazard(n, code) for n, code in _every(codes, 40)],
    )


def _hazard(number: int, code: str) -> tuple[object, ...]:
    district = code[2:8]
    lon, lat = place_of(district, 0.1 + number % 80 / 100, 0.75)
    return (f"WXY-{number}", code, "三级", f"{lon:.4f},{lat:.4f}", "值班长", "正常", district, lon, lat)
