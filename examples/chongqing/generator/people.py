"""The crowd: persons in the registers of police, health, insurance, transport and housing."""

from datetime import date, timedelta
from random import Random

from generator.enterprises import company_code
from generator.identifiers import citizen_id, old_form
from generator.places import DISTRICTS
from generator.store import Store

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚"
START = date(1950, 1, 1)
DAYS = 20_000
MOST = DAYS * 295
"""Persons for whom there is a birthday and a sequence number of their own."""


def citizen(number: int) -> str:
    """The citizen id of one of the crowd: no two have the same."""
    if number >= MOST:
        raise ValueError(f"at most {MOST:,} persons")
    block, _ = divmod(number, DAYS)
    born = START + timedelta(days=number * 7919 % DAYS)
    return citizen_id(f"500000{born:%Y%m%d}{400 + block * 2 + number % 2:03d}")


def name_of(number: int) -> str:
    """A name: the same for the same person in every register."""
    return (
        SURNAMES[number * 31 % 20] + GIVEN[number * 17 % 19] + ("", GIVEN[number * 13 % 20])[number % 3 == 0]
    )


def add_people(store: Store, draw: Random, numbers: range, enterprises: int) -> None:
    """Add one batch of persons to every register."""
    ids = {number: citizen(number) for number in numbers}
    _add_population(store, draw, ids)
    _add_transport(store, draw, ids, enterprises)
    _add_work(store, draw, ids, enterprises)
    _add_health(store, draw, ids)
    _add_homes(store, draw, ids)
    _add_schools(store, ids)


def _every(ids: dict[int, str], step: int) -> list[tuple[int, str]]:
    return [(number, one) for number, one in ids.items() if number % step == 0]


def _add_population(store: Store, draw: Random, ids: dict[int, str]) -> None:
    dress = draw.choices((str, str, str.lower, old_form), k=len(ids))
    homes = draw.choices(list(DISTRICTS.items()), k=len(ids))
    store.insert(
        "population.T_HJRK",
        [
            (
                dressed(one),
                name_of(number),
                None,
                "1" if int(one[16]) % 2 else "2",
                "汉族",
                one[6:14],
                f"重庆市{district}{number}号",
                code,
                "是" if number % 3 == 0 else "否",
                "本人" if number % 3 == 0 else "配偶",
                "0",
            )
            for (number, one), dressed, (code, district) in zip(ids.items(), dress, homes, strict=True)
        ],
    )
    store.insert(
        "population.T_SFZZT",
        [
            (one, f"重庆市公安局{district}分局", f"{2026 + number % 20}0630", "否")
            for (number, one), (_, district) in zip(ids.items(), homes, strict=True)
        ],
    )
    store.insert(
        "population.T_JZZ",
        [
            (f"JZ{n:08d}", one, f"重庆市渝北区居住路{n}号", "20250101", "20291231")
            for n, one in _every(ids, 20)
        ],
    )
    pairs = [(n, one, ids[n + 1]) for n, one in _every(ids, 6) if n + 1 in ids]
    store.insert(
        "civil.T_HYDJ",
        [(f"J-{n:08d}", "结婚", f"20{10 + n % 15:02d}0520", b, a, "20") for n, a, b in pairs],
    )
    store.insert(
        "civil.T_DBJZ",
        [(one, "城市低保", "A", "202610", 71_700, "渝北区民政局") for _, one in _every(ids, 50)],
    )
    store.insert(
        "civil.T_SWHH", [(f"SW-{n:08d}", one, "20250301", "20250304") for n, one in _every(ids, 101)]
    )


def _add_transport(store: Store, draw: Random, ids: dict[int, str], enterprises: int) -> None:
    drivers = _every(ids, 4)
    years = draw.choices(range(2026, 2034), k=len(drivers))
    store.insert(
        "traffic.licences",
        [
            (f"L{one[-8:]}-{n}", one, "C1", f"{year}-06-30", n % 12, "正常")
            for (n, one), year in zip(drivers, years, strict=True)
        ],
    )
    store.insert(
        "transport.T_QUALIFICATION",
        [
            (
                f"51{n:08d}",
                one,
                f"0{1 + n % 3}",
                f"{year - 2}0630",
                "AA",
                company_code(n % enterprises) if enterprises else None,
            )
            for (n, one), year in zip(drivers, years, strict=True)
        ],
    )
    cars = _every(ids, 5)
    store.insert(
        "traffic.vehicles",
        [
            (f"渝D{n:07d}", "1", "小型汽车", f"DEMV{n:013d}", "非营运", "2027-06-30", None, "正常", "1", one)
            for n, one in cars
        ],
    )
    store.insert(
        "traffic.insurances",
        [(f"渝D{n:07d}", "1", f"JQ-{n:08d}", "示范财险", "2026-07-01", "2027-06-30", one) for n, one in cars],
    )


def _add_work(store: Store, draw: Random, ids: dict[int, str], enterprises: int) -> None:
    if enterprises:
        workers = [(n, one, company_code(n * 7 % enterprises)) for n, one in _every(ids, 2)]
        months = draw.choices(range(1, 400), k=len(workers))
        store.insert(
            "insurance.persons",
            [
                (one, "养老", code, "参保缴费", "202610", count)
                for (_, one, code), count in zip(workers, months, strict=True)
            ],
        )
        store.insert(
            "fund.accounts",
            [
                (f"GJJ{n:08d}", one, code, "示范单位", "1250.00", "202610", f"{count * 1250}.00")
                for (n, one, code), count in zip(workers, months, strict=True)
            ],
        )
    store.insert("employment.T_JYSYDJ", [(one, "20240301", "就业") for _, one in _every(ids, 10)])
    store.insert(
        "employment.T_JNZS", [(f"JN{n:08d}", one, "汽车驾驶员", "四级") for n, one in _every(ids, 25)]
    )


def _add_health(store: Store, draw: Random, ids: dict[int, str]) -> None:
    areas = draw.choices(list(DISTRICTS.values()), k=len(ids))
    store.insert(
        "medical.entitlements",
        [
            (one, "职工医保" if n % 2 else "居民医保", area, "正常", n * 37 % 900_000)
            for (n, one), area in zip(ids.items(), areas, strict=True)
        ],
    )
    patients = _every(ids, 5)
    bloods = draw.choices(("A", "B", "O", "AB"), k=len(patients))
    store.insert(
        "records.summaries",
        [
            (one, code, blood, None, "高血压" if n % 3 == 0 else None, None)
            for (n, one), blood, code in zip(
                patients, bloods, draw.choices(list(DISTRICTS), k=len(patients)), strict=True
            )
        ],
    )
    store.insert(
        "health.T_YSZY",
        [(f"110500{n:09d}", one, "临床", "内科", "渝北区示范医院") for n, one in _every(ids, 200)],
    )


def _add_homes(store: Store, draw: Random, ids: dict[int, str]) -> None:
    owners = _every(ids, 10)
    areas = draw.choices(range(45, 180), k=len(owners))
    store.insert(
        "planning.T_BDC",
        [
            (
                f"500112001001GB00001F{n:08d}",
                f"渝（2020）渝北区不动产权第{n:09d}号",
                one,
                None,
                f"重庆市渝北区住宅路{n}号",
                "住宅",
                f"{area}.50",
                "1" if n % 4 == 0 else "0",
                "0",
                "5001120010010001" if n % 50 == 0 else None,
            )
            for (n, one), area in zip(owners, areas, strict=True)
        ],
    )
    store.insert(
        "housing.T_FWJYBA",
        [
            (f"HT{n:08d}", one, None, f"重庆市渝北区住宅路{n}号", f"{area}.50", "20200815")
            for (n, one), area in zip(owners, areas, strict=True)
        ],
    )


def _add_schools(store: Store, ids: dict[int, str]) -> None:
    store.insert(
        "education.degrees",
        [(f"10611{n:09d}", one, "示范大学", "物流管理", "本科") for n, one in _every(ids, 8)],
    )
