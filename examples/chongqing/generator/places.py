"""Districts and counties with their history, addresses, and structures that sensors watch."""

import json

from generator.store import Store

DISTRICTS = {
    "500101": "万州区", "500102": "涪陵区", "500103": "渝中区", "500104": "大渡口区", "500105": "江北区",
    "500106": "沙坪坝区", "500107": "九龙坡区", "500108": "南岸区", "500109": "北碚区", "500110": "綦江区",
    "500111": "大足区", "500112": "渝北区", "500113": "巴南区", "500114": "黔江区", "500115": "长寿区",
    "500116": "江津区", "500117": "合川区", "500118": "永川区", "500119": "南川区", "500120": "璧山区",
    "500151": "铜梁区", "500152": "潼南区", "500153": "荣昌区", "500154": "开州区", "500155": "梁平区",
    "500156": "武隆区", "500229": "城口县", "500230": "丰都县", "500231": "垫江县", "500233": "忠县",
    "500235": "云阳县", "500236": "奉节县", "500237": "巫山县", "500238": "巫溪县",
    "500240": "石柱土家族自治县", "500241": "秀山土家族苗族自治县", "500242": "酉阳土家族苗族自治县",
    "500243": "彭水苗族土家族自治县",
}  # fmt: skip
FOUNDED = "19970618"
"""The day on which Chongqing became a municipality of its own."""
RETIRED = {
    "500239": ("黔江土家族苗族自治县", "500114", "20000625"), "500221": ("长寿县", "500115", "20011225"),
    "500381": ("江津市", "500116", "20061022"), "500382": ("合川市", "500117", "20061022"),
    "500383": ("永川市", "500118", "20061022"), "500384": ("南川市", "500119", "20061022"),
    "500222": ("綦江县", "500110", "20111022"), "500225": ("大足县", "500111", "20111022"),
    "500227": ("璧山县", "500120", "20140502"), "500224": ("铜梁县", "500151", "20140502"),
    "500223": ("潼南县", "500152", "20150428"), "500226": ("荣昌县", "500153", "20150428"),
    "500234": ("开县", "500154", "20160608"), "500228": ("梁平县", "500155", "20161124"),
    "500232": ("武隆县", "500156", "20161124"),
}  # fmt: skip
"""Counties and cities by the code they had, with the district in their place and the day it was approved."""
ABSORBED = {"500110": "万盛区", "500111": "双桥区"}
"""Districts that were merged with a county, and whose codes the new district has."""
OF_SICHUAN = {"510221": "500221", "511221": "500234"}
"""Codes from before the municipality, and those in their place."""
SINCE = {code: day for _, code, day in RETIRED.values()}
"""Codes that were given anew; the others count from the beginning."""
AREAS = {
    "LJXQ": ("两江新区", "500105", "500112"),
    "XBKX": ("西部科学城重庆高新区", "500106", "500107"),
    "WSJK": ("万盛经济技术开发区", "500110", "500110"),
}
"""Management areas act as districts and have no code; each lies in the districts named here."""
WEST, SOUTH, WIDTH, HEIGHT, COLUMNS = 1054, 283, 7, 6, 6
"""In tenths of a degree: the city as a chessboard, one synthetic field for each district."""


def place_of(code: str, east: float = 0.5, north: float = 0.5) -> tuple[float, float]:
    """Longitude and latitude of a point in a district's field, by shares of its width and height."""
    row, column = divmod(list(DISTRICTS).index(code), COLUMNS)
    lon = (WEST + (column + east) * WIDTH) / 10
    return round(lon, 6), round((SOUTH + (row + north) * HEIGHT) / 10, 6)


def _field(west: tuple[float, float], east: tuple[float, float]) -> str:
    ring = [west, (east[0], west[1]), east, (west[0], east[1]), west]
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


def add_places(store: Store) -> None:
    """Add what every city has, whatever its size."""
    store.insert(
        "planning.T_XZQH",
        [
            (f"{code}-{since[:4]}", code, None, name, "500000", _boundary(code), since, "")
            for code, name in DISTRICTS.items()
            for since in [SINCE.get(code, FOUNDED)]
        ],
    )
    former = {code: (name, day) for code, (name, _, day) in RETIRED.items()}
    former |= {code: (name, SINCE[code]) for code, name in ABSORBED.items()}
    store.insert(
        "planning.T_XZQH",
        [
            (f"{code}-{FOUNDED[:4]}", code, None, name, "500000", None, FOUNDED, day)
            for code, (name, day) in former.items()
        ],
    )
    store.insert(
        "planning.T_QHBG",
        [
            *((old, code, "2" if code in ABSORBED else "1", day) for old, (_, code, day) in RETIRED.items()),
            *((old, code, "3", FOUNDED) for old, code in OF_SICHUAN.items()),
        ],
    )
    store.insert(
        "planning.T_XZQH",
        [
            (
                key,
                None,
                key,
                name,
                "500000",
                _field(place_of(one, 0.8, 0.2), place_of(other, 0.9, 0.9)),
                "20100618",
                "",
            )
            for key, (name, one, other) in AREAS.items()
        ],
    )
    store.insert(
        "planning.T_BZDZ",
        [
            (f"{code}0010010001", f"重庆市{name}示范路1号", *place_of(code))
            for code, name in DISTRICTS.items()
        ],
    )
    store.insert(
        "health.T_YLJG",
        [
            (
                f"YLJG-{code}-{n}",
                None,
                f"{name}第{n}示范诊所",
                "未定级",
                "全科医疗",
                code,
                *place_of(code, n / 4, 0.5),
            )
            for code, name in DISTRICTS.items()
            for n in (1, 2, 3)
            if code != "500112"
        ],
    )
    store.insert(
        "sensors.structures",
        [
            (
                f"{code}-B{n}", code, _area(code), f"{name}{n}号大桥", "桥梁", 12, "3.5", None, "20.0", None,
                *place_of(code, n / 4, 0.25),
            )
            for code, name in DISTRICTS.items()
            for n in (1, 2)
            if f"{code}-B{n}" != "500106-B1"
        ],
    )  # fmt: skip


def _boundary(code: str) -> str:
    """A field; 渝北 has a lake in it that belongs to nobody, so that one boundary has a hole."""
    west, east = place_of(code, 0, 0), place_of(code, 1, 1)
    if code != "500112":
        return _field(west, east)
    outer = json.loads(_field(west, east))["coordinates"]
    inner = json.loads(_field(place_of(code, 0.4, 0.6), place_of(code, 0.6, 0.8)))["coordinates"]
    return json.dumps({"type": "Polygon", "coordinates": outer + inner})


def _area(code: str) -> str | None:
    return next((key for key, (_, *within) in AREAS.items() if code in within), None)
