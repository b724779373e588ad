"""Drivers with a story: one has every record there is, one has two."""

from generator.identifiers import old_form
from generator.personas.names import FLEET, OUTSIDER, ZHANG
from generator.personas.persona import Persona
from generator.personas.registers import licensed, qualified, registered

DRIVERS = (
    Persona(
        who="张伟",
        identifier=ZHANG,
        odd="kept with 15 digits by the police, with 15, 18 and padded with blanks by transport: one person",
        query=f'{{ person(id: "{ZHANG}") {{ name registeredAddressMasked qualifications {{ qualificationNo category validTo }} }} }}',
        answer={
            "person": {
                "name": "张伟",
                "registeredAddressMasked": "重庆市渝中区***",
                "qualifications": [
                    {"qualificationNo": "5000001234", "category": "ROAD_FREIGHT", "validTo": "2027-12-31"},
                    {"qualificationNo": "5000001235", "category": "DANGEROUS_GOODS", "validTo": "2025-12-31"},
                ],
            }
        },
        rows=(
            registered(old_form(ZHANG), "张伟", "1", SFHZ="是", YHZGX="本人", CSRQ="19850214"),
            licensed(ZHANG, "A2", "2030-02-14", 3),
            qualified("5000001234", f"{ZHANG}  ", "01", "20271231", "AAA"),
            qualified("5000001235", old_form(ZHANG), "03", "20251231", "AAA"),
            (
                "insurance.persons",
                {
                    "idNo": ZHANG,
                    "type": "养老",
                    "employer": FLEET,
                    "status": "参保缴费",
                    "paidThrough": "202610",
                    "months": 178,
                },
            ),
            (
                "population.T_SFZZT",
                {"GMSFHM": ZHANG, "QFJG": "重庆市公安局渝中区分局", "YXQZ": "20350214", "GS": "否"},
            ),
            (
                "medical.entitlements",
                {
                    "id": ZHANG,
                    "scheme": "职工医保",
                    "area": "渝中区",
                    "status": "正常",
                    "balanceFen": 128_450,
                },
            ),
            (
                "medical.entitlements",
                {"id": ZHANG, "scheme": "大额医疗", "area": "渝中区", "status": "正常", "balanceFen": None},
            ),
            (
                "records.summaries",
                {
                    "patient": ZHANG,
                    "district": "500103",
                    "blood": "O",
                    "allergies": "青霉素",
                    "chronic": None,
                    "encounters": "2026-09-12 渝北区示范医院 内科",
                },
            ),
            (
                "fund.accounts",
                {
                    "account": "GJJ-DEM-1",
                    "person": ZHANG,
                    "code": FLEET,
                    "unitName": "重庆示范运输集团有限公司",
                    "monthly": "1680.00",
                    "paidThrough": "202610",
                    "balance": "90210.55",
                },
            ),
            (
                "planning.T_BDC",
                {
                    "BDCDYH": "500103001001GB00001F00010001",
                    "BDCQZH": "渝（2018）渝中区不动产权第000000001号",
                    "QLRZJH": ZHANG,
                    "ZL": "重庆市渝中区解放碑1号",
                    "YT": "住宅",
                    "MJ": "98.60",
                    "DY": "1",
                    "CF": "0",
                    "DZBM": "5001030010010001",
                },
            ),
            (
                "housing.T_FWJYBA",
                {
                    "HTH": "HT-DEM-1",
                    "MSRZJH": ZHANG,
                    "FWZL": "重庆市渝中区解放碑1号",
                    "MJ": "98.60",
                    "BARQ": "20180402",
                },
            ),
            (
                "certificates.T_DZZZ",
                {
                    "ZZBS": "1.2.156.3005.2.DEM.ZHANG.1",
                    "ZZLX": "道路运输从业资格证",
                    "ZZHM": "5000001234",
                    "BFJG": "市交通局",
                    "CZZTLX": "1",
                    "CZZT": ZHANG,
                    "BFRQ": "20220101",
                    "YXQQ": "20220101",
                    "YXQZ": "20271231",
                    "ZT": "有效",
                    "DZBM": "5001030010010001",
                },
            ),
            (
                "education.degrees",
                {
                    "certNo": "106110000000001",
                    "idNo": ZHANG,
                    "institution": "示范大学",
                    "major": "交通运输",
                    "degreeLevel": "本科",
                },
            ),
            ("employment.T_JYSYDJ", {"SFZH": ZHANG, "DJRQ": "20120301", "ZT": "就业"}),
            ("employment.T_JNZS", {"ZSBH": "JN-DEM-1", "SFZH": ZHANG, "ZY": "汽车驾驶员", "DJ": "二级"}),
        ),
    ),
    Persona(
        who="a driver from elsewhere",
        identifier=OUTSIDER,
        odd="in no household register here, yet licensed and qualified here; the grade was added to the "
        "register after this certificate was made, so it is empty",
        query=f'{{ person(id: "{OUTSIDER}") {{ name drivingLicence {{ classes }}'
        " qualifications { qualificationNo integrityGrade } _states { field state } } }",
        answer={
            "person": {
                "name": None,
                "drivingLicence": {"classes": "B2"},
                "qualifications": [{"qualificationNo": "5000009999", "integrityGrade": None}],
                "_states": [
                    {"field": "name", "state": "NO_RECORD"},
                    {"field": "drivingLicence", "state": "DATA"},
                    {"field": "qualifications", "state": "DATA"},
                ],
            }
        },
        rows=(
            licensed(OUTSIDER, "B2", "2028-03-15", 0),
            qualified("5000009999", OUTSIDER, "01", "20280630", None),
        ),
    ),
)
