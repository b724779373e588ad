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
SINCE = {"500110": "20111022", "500111": "20111022"}
"""Codes that were given anew; the others count from 1997."""
SQUARE = {"type": "Polygon", "coordinates": [[[106.5, 29.5], [106.6, 29.5], [106.6, 29.6], [106.5, 29.5]]]}


def add_places(store: Store) -> None:
    """Add what every city has, whatever its size."""
    boundary = json.dumps(SQUARE)
    store.insert(
        "planning.T_XZQH",
        [
            (code, name, "500000", boundary, SINCE.get(code, "19970618"), "")
            for code, name in DISTRICTS.items()
        ],
    )
    store.insert(
        "planning.T_BZDZ",
        [
            (f"{code}0010010001", f"重庆市{name}示范路1号", "106.5516", "29.5630")
            for code, name in DISTRICTS.items()
        ],
    )
    store.insert(
        "sensors.structures",
        [
            (f"{code}-B{n}", code, f"{name}{n}号大桥", "桥梁", 12, "3.5", 1_795_420_800_000, "20.0", None)
            for code, name in DISTRICTS.items()
            for n in (1, 2)
            if code != "500106"
        ],
    )
