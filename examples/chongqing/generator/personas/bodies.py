"""A sole trader, societies, public bodies, a law firm and a collective."""

from generator.personas.filings import registered, represented
from generator.personas.names import COLLECTIVE, INSTITUTION, LAW_FIRM, LI, NON_PROFIT, ORGAN, SOCIETY, TRADER
from generator.personas.persona import Persona

BODIES = (
    Persona(
        who="沙坪坝区示范小面馆",
        identifier=TRADER,
        odd="a sole trader: data about the enterprise is data about its owner",
        query=f'{{ enterprise(uscc: "{TRADER}") {{ name marketRegulation {{ soleTrader {{ tradeName operatorName operator {{ name }} }} }} }} }}',
        answer={
            "enterprise": {
                "name": "沙坪坝区示范小面馆",
                "marketRegulation": {
                    "soleTrader": {"tradeName": "示范小面馆", "operatorName": "李秀英", "operator": None}
                },
            }
        },
        errors=("DENIED",),
        rows=(
            registered(
                TRADER,
                "沙坪坝区示范小面馆",
                "重庆市沙坪坝区某街5号",
                QYLX="个体工商户",
                **represented("1", LI, "李秀英"),
            ),
            (
                "market.T_GTH",
                {
                    "TYSHXYDM": TRADER,
                    "ZHMC": "示范小面馆",
                    "JYZ": "李秀英",
                    "JYZ_SFZ": LI,
                    "JYCS": "沙坪坝区某街5号",
                },
            ),
        ),
    ),
    Persona(
        who="示范协会",
        identifier=SOCIETY,
        odd=f"registered by civil affairs, like the private non-profit `{NON_PROFIT}`",
        query=f'{{ society: enterprise(uscc: "{SOCIETY}") {{ name supervisor certNo validTo }} home: enterprise(uscc: "{NON_PROFIT}") {{ name supervisor }} }}',
        key="",
        answer={
            "society": {
                "name": "重庆示范物流协会",
                "supervisor": "市交通局",
                "certNo": "渝社证字第73号",
                "validTo": "2028-12-31",
            },
            "home": {"name": "九龙坡示范养老服务中心", "supervisor": "九龙坡区民政局"},
        },
        rows=(
            (
                "civil.T_SHZZ",
                {
                    "TYSHXYDM": SOCIETY,
                    "MC": "重庆示范物流协会",
                    "DJZH": "渝社证字第73号",
                    "ZGDW": "市交通局",
                    "FDDBR": "张伟",
                    "YXQZ": "20281231",
                },
            ),
            (
                "civil.T_SHZZ",
                {
                    "TYSHXYDM": NON_PROFIT,
                    "MC": "九龙坡示范养老服务中心",
                    "DJZH": "九民证字第81号",
                    "ZGDW": "九龙坡区民政局",
                    "FDDBR": "李秀英",
                    "YXQZ": "20271231",
                },
            ),
        ),
    ),
    Persona(
        who="示范局",
        identifier=ORGAN,
        odd=f"a public body, whose code begins with 1, with an institution below it: `{INSTITUTION}`",
        query=f'{{ enterprises(ids: ["{ORGAN}", "{INSTITUTION}", "{ORGAN[:-1]}0"]) {{ code enterprise {{ name sponsor scope }} }} }}',
        key="",
        answer={
            "enterprises": [
                {
                    "code": "OK",
                    "enterprise": {"name": "重庆示范局", "sponsor": "重庆市", "scope": "示范行政管理"},
                },
                {
                    "code": "OK",
                    "enterprise": {"name": "重庆示范中心", "sponsor": "重庆示范局", "scope": "示范公益服务"},
                },
                {"code": "MALFORMED", "enterprise": None},
            ]
        },
        rows=(
            (
                "certificates.T_JGSY",
                {"TYSHXYDM": ORGAN, "JGMC": "重庆示范局", "JBDW": "重庆市", "ZZYWFW": "示范行政管理"},
            ),
            (
                "certificates.T_JGSY",
                {
                    "TYSHXYDM": INSTITUTION,
                    "JGMC": "重庆示范中心",
                    "JBDW": "重庆示范局",
                    "ZZYWFW": "示范公益服务",
                },
            ),
            (
                "health.T_YLJG",
                {
                    "DJH": "YLJG-500112-1",
                    "TYSHXYDM": INSTITUTION,
                    "MC": "渝北区示范医院",
                    "JB": "三级甲等",
                    "ZLKM": "内科、外科",
                    "QH": "500112",
                    "JD": 109.25,
                    "WD": 29.2,
                },
            ),
        ),
    ),
    Persona(
        who="示范律师事务所",
        identifier=LAW_FIRM,
        odd="its code begins with 31 and has an X before the last character, which many validators refuse",
        query=f'{{ enterprise(uscc: "{LAW_FIRM}") {{ justice {{ lawFirm {{ licenceNo status }} }} }} }}',
        key="",
        answer={"enterprise": {"justice": {"lawFirm": {"licenceNo": "31500000DEM01", "status": "正常"}}}},
        rows=(("justice.T_LSSWS", {"ZYXKZH": "31500000DEM01", "TYSHXYDM": LAW_FIRM, "ZYZT": "正常"}),),
    ),
    Persona(
        who="示范村集体",
        identifier=COLLECTIVE,
        odd="a village collective, whose code begins with N; its register is a file that is due every month, and the"
        " last one is from July 2025",
        query=f'{{ enterprise(uscc: "{COLLECTIVE}") {{ agriculture {{ collective {{ name tier members }} }}'
        " _states { field state asOf } } }",
        answer={
            "enterprise": {
                "agriculture": {
                    "collective": {"name": "渝北区示范村股份经济合作联合社", "tier": "村级", "members": 1268}
                },
                "_states": [
                    {"field": "agriculture.collective", "state": one, "asOf": "2025-07-01T20:00:00+08:00"}
                    for one in ("DATA", "STALE")
                ],
            }
        },
    ),
)
