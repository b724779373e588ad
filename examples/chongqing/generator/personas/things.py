"""Vehicles and places with a story."""

from generator.personas.names import FLEET, SHOP, ZHANG
from generator.personas.persona import Persona

THINGS = (
    Persona(
        who="the fleet's tractor unit",
        identifier="渝DEM001 YELLOW",
        odd="its owner is an enterprise, told by a kind beside the number; for those below level 3 masked",
        query='{ vehicle(plate: { number: "渝DEM001", colour: YELLOW }) { registration { vin ownerIdMasked owner { ... on Enterprise { name } } } } }',
        answer={
            "vehicle": {
                "registration": {
                    "vin": "DEMVIN00000000001",
                    "ownerIdMasked": "915***********129B",
                    "owner": {"name": "重庆示范运输集团有限公司"},
                }
            }
        },
        rows=(
            (
                "traffic.vehicles",
                {
                    "plate": "渝DEM001",
                    "colour": "2",
                    "kind": "大型汽车",
                    "vin": "DEMVIN00000000001",
                    "use": "货运",
                    "inspectionTo": "2027-06-30",
                    "scrapBy": "2035-06-30",
                    "status": "正常",
                    "ownerKind": "2",
                    "ownerId": FLEET,
                },
            ),
            (
                "traffic.vehicles",
                {
                    "plate": "渝DEM002",
                    "colour": "1",
                    "kind": "小型汽车",
                    "vin": "DEMVIN00000000002",
                    "use": "非营运",
                    "inspectionTo": "2026-12-31",
                    "status": "正常",
                    "ownerKind": "1",
                    "ownerId": ZHANG,
                },
            ),
            (
                "traffic.insurances",
                {
                    "plate": "渝DEM001",
                    "colour": "2",
                    "policyNo": "JQ-0001",
                    "insurer": "示范财险",
                    "validFrom": "2026-07-01",
                    "validTo": "2027-06-30",
                    "holderId": FLEET,
                },
            ),
            (
                "transport.T_DLYSZ",
                {
                    "YSZH": "500112YZ0001",
                    "CPH": "渝DEM001",
                    "CPYS": "2",
                    "CLLX": "重型半挂牵引车",
                    "DZW": "40.0",
                    "NSYXQ": "20270331",
                    "YHDM": FLEET,
                },
            ),
        ),
    ),
    Persona(
        who="the plate that hangs",
        identifier="渝DEM408 BLUE",
        odd="the police's service does not answer for it within the time of a request",
        query='{ vehicle(plate: { number: "渝DEM408", colour: BLUE }) { registration { status } transportCertificate { transportCertNo } } }',
        answer={"vehicle": {"registration": None, "transportCertificate": None}},
        errors=("SOURCE_DOWN",),
        rows=(("traffic.vehicles", {"plate": "渝DEM408", "colour": "1", "status": "HANGS"}),),
    ),
    Persona(
        who="綦江",
        identifier="500110",
        odd="the code was another district's until 2011, when that one and a county were merged into a new one; the "
        "county's code leads to it, and an institution is filed under it still",
        query='{ retired: place(code: "500222") { code planning { divisions { name validFrom } }'
        " health { medicalInstitutions(first: 1, orderBy: [{ name: DESC }]) { name } }"
        " _states { field alias aliasKinds } }"
        ' then: place(code: "500110", asOf: "2005-01-01") { planning { divisions { name validTo } } }'
        ' county: place(code: "500222", asOf: "2005-01-01") { code planning { divisions { name } } } }',
        key="",
        answer={
            "retired": {
                "code": "500110",
                "planning": {"divisions": [{"name": "綦江区", "validFrom": "2011-10-22"}]},
                "health": {"medicalInstitutions": [{"name": "綦江县示范卫生院"}]},
                "_states": [
                    {"field": field, "alias": "planning.divisionChange", "aliasKinds": ["MERGED"]}
                    for field in ("planning.divisions", "health.medicalInstitutions")
                ],
            },
            "then": {"planning": {"divisions": [{"name": "万盛区", "validTo": "2011-10-22"}]}},
            "county": {"code": "500222", "planning": {"divisions": [{"name": "綦江县"}]}},
        },
        rows=(
            (
                "health.T_YLJG",
                {
                    "DJH": "YLJG-500222-1",
                    "MC": "綦江县示范卫生院",
                    "JB": "未定级",
                    "ZLKM": "全科医疗",
                    "QH": "500222",
                    "JD": 107.85,
                    "WD": 29.2,
                },
            ),
        ),
    ),
    Persona(
        who="开州",
        identifier="511221",
        odd="renumbered when it came to Chongqing in 1997, and again when the county became a district in 2016",
        query='{ places(ids: ["511221", "500234", "500154"]) { code duplicateOf aliasKinds place { code planning { divisions { name } } } } }',
        key="",
        answer={
            "places": [
                {
                    "code": code,
                    "duplicateOf": first,
                    "aliasKinds": kinds,
                    "place": {"code": "500154", "planning": {"divisions": [{"name": "开州区"}]}},
                }
                for code, first, kinds in [
                    ("ALIAS_OF", None, ["RENUMBERED"]),
                    ("DUPLICATE_OF", 0, ["RENUMBERED"]),
                    ("DUPLICATE_OF", 0, []),
                ]
            ]
        },
    ),
    Persona(
        who="两江新区",
        identifier="LJXQ",
        odd="acts as a district and has no code: a place by a key of its own; the grouping codes 500100 and 500200 are no places at all",
        query='{ area: placeBy(key: { managementArea: "LJXQ" }) { planning { divisions { name code managementArea } } cityManagement { bridges(first: 1) { name } } }'
        ' grouping: place(code: "500100") { planning { divisions { name } } } }',
        answer={
            "area": {
                "planning": {"divisions": [{"name": "两江新区", "code": None, "managementArea": "LJXQ"}]},
                "cityManagement": {"bridges": [{"name": "江北区1号大桥"}]},
            },
            "grouping": {"planning": {"divisions": []}},
        },
    ),
    Persona(
        who="what stands in 沙坪坝",
        identifier="500106",
        odd="one of its bridges has not been heard of since March, and says so itself; the other was read a moment ago",
        query='{ place(code: "500106") { cityManagement { bridges { name isStale } } emergency { hazards(where: { level: { eq: "一级" } }) { hazardNo } } } }',
        key="demo-hall",
        answer={
            "place": {
                "cityManagement": {
                    "bridges": [
                        {"name": "沙坪坝示范大桥", "isStale": True},
                        {"name": "沙坪坝区2号大桥", "isStale": False},
                    ]
                },
                "emergency": {"hazards": [{"hazardNo": "WXY-500106-1"}]},
            }
        },
        rows=(
            (
                "emergency.T_ZDWXY",
                {
                    "WXYBH": "WXY-500106-1",
                    "TYSHXYDM": SHOP,
                    "WXYDJ": "一级",
                    "JWD": "109.0750,28.4500",
                    "ZRR": "李秀英",
                    "JCZT": "正常",
                    "QH": "500106",
                    "JD": 109.075,
                    "WD": 28.45,
                },
            ),
        ),
    ),
    Persona(
        who="沙坪坝示范大桥",
        identifier="500106-B1",
        odd="promises readings in real time; the last one is from March",
        query='{ place(code: "500106-B1") { cityManagement { bridges { name reading observedAt isStale threshold maintainer { name } } } } }',
        answer={
            "place": {
                "cityManagement": {
                    "bridges": [
                        {
                            "name": "沙坪坝示范大桥",
                            "reading": "18.7",
                            "observedAt": "2026-03-01T08:00:00+08:00",
                            "isStale": True,
                            "threshold": "20.0",
                            "maintainer": {"name": "重庆示范运输集团有限公司"},
                        }
                    ]
                }
            }
        },
        rows=(
            (
                "sensors.structures",
                {
                    "component": "500106-B1",
                    "division": "500106",
                    "area": "XBKX",
                    "lon": 109.075,
                    "lat": 28.45,
                    "name": "沙坪坝示范大桥",
                    "kind": "桥梁",
                    "sensors": 24,
                    "value": "18.7",
                    "at": 1_772_323_200_000,
                    "threshold": "20.0",
                    "maintainer": FLEET,
                },
            ),
        ),
    ),
    Persona(
        who="示范路1号",
        identifier="5001060010010001",
        odd="an address is a place, too: its code is longer than a district's",
        query='{ place(code: "5001060010010001") { planning { address { addressCode fullAddress } } } }',
        answer={"place": {"planning": {"address": None}}},
        errors=("DENIED",),
    ),
    Persona(
        who="a certificate of 张伟",
        identifier="1.2.156.3005.2.DEM.ZHANG.1",
        odd="belongs to a person or to an enterprise, told by the kind beside the number",
        query=f'{{ person(id: "{ZHANG}") {{ bigData {{ certificates {{ type number validTo certificate {{ number }} }} }} }} }}',
        key="demo-citizen",
        answer={
            "person": {
                "bigData": {
                    "certificates": [
                        {
                            "type": "道路运输从业资格证",
                            "number": "5000001234",
                            "validTo": "2027-12-31",
                            "certificate": {"number": "1.2.156.3005.2.DEM.ZHANG.1"},
                        }
                    ]
                }
            }
        },
    ),
)
