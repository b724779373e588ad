"""Other persons with a story."""

from generator.identifiers import old_form
from generator.personas.names import (
    CHILD,
    CORRECTED,
    DEAD,
    LI,
    MISTAKEN,
    OLDEST,
    PROTECTED,
    SHARED,
    X_CHECK,
    ZHANG,
)
from generator.personas.persona import Persona
from generator.personas.registers import licensed, registered

PEOPLE = (
    Persona(
        who="李秀英",
        identifier=LI,
        odd="receives assistance, lives elsewhere by permit, and leads a sole trader and a cooperative; her disability"
        " certificate comes in an Excel file, in which her id is text",
        query=f'{{ person(id: "{LI}") {{ name civilAffairs {{ assistance {{ category month amount payer }} }}'
        " disability { disabilityCertificate { category level } } } }",
        key="demo-civil",
        answer={
            "person": {
                "name": "李秀英",
                "civilAffairs": {
                    "assistance": [
                        {
                            "category": "城市低保",
                            "month": "202610",
                            "amount": "717.00",
                            "payer": "沙坪坝区民政局",
                        }
                    ]
                },
                "disability": {"disabilityCertificate": {"category": "肢体", "level": "二级"}},
            }
        },
        rows=(
            registered(LI, "李秀英", "2", HJDZ="重庆市沙坪坝区小龙坎2号", HJQH="500106"),
            (
                "civil.T_DBJZ",
                {
                    "SFZH": LI,
                    "DXLB": "城市低保",
                    "DBDJ": "B",
                    "FFYF": "202610",
                    "FFJE_FEN": 71_700,
                    "FFDW": "沙坪坝区民政局",
                },
            ),
            (
                "population.T_JZZ",
                {
                    "JZZBH": "JZ-DEM-1",
                    "GMSFHM": LI,
                    "JZDZ": "重庆市渝北区龙溪4号",
                    "QFRQ": "20250601",
                    "YXQZ": "20260531",
                },
            ),
        ),
    ),
    Persona(
        who="张伟, about himself",
        identifier=ZHANG,
        odd="may see all that is his; the register of farmland contracts is listed and not connected",
        query=f'{{ person(id: "{ZHANG}") {{ name agriculture {{ landContracts {{ until }} }} }} }}',
        key="demo-citizen",
        answer={"person": {"name": "张伟", "agriculture": {"landContracts": None}}},
        errors=("NOT_CONNECTED",),
    ),
    Persona(
        who="王芳",
        identifier=X_CHECK,
        odd="kept with a lower-case x; a marriage names her in the second column; a registered doctor",
        query=f'{{ person(id: "{X_CHECK}") {{ name civilAffairs {{ marriages {{ maritalStatus registeredOn husband {{ name }} }} }} }} }}',
        key="demo-civil",
        answer={
            "person": {
                "name": "王芳",
                "civilAffairs": {
                    "marriages": [
                        {"maritalStatus": "20", "registeredOn": "2010-05-20", "husband": {"name": "张伟"}}
                    ]
                },
            }
        },
        rows=(
            registered(X_CHECK.lower(), "王芳", "2", HJDZ="重庆市渝北区龙溪4号", HJQH="500112"),
            (
                "civil.T_HYDJ",
                {
                    "DJZH": "J-2010-1",
                    "DJLX": "结婚",
                    "DJRQ": "20100520",
                    "HYZK": "20",
                    "NF_SFZ": ZHANG,
                    "NVF_SFZ": X_CHECK,
                },
            ),
            (
                "health.T_YSZY",
                {
                    "ZSBH": "110500000DEM001",
                    "SFZH": X_CHECK,
                    "ZYLB": "临床",
                    "ZYFW": "内科",
                    "ZYDD": "渝北区示范医院",
                },
            ),
        ),
    ),
    Persona(
        who="张小宝",
        identifier=CHILD,
        odd="a minor: what school and hospital know of him takes level 4",
        query=f'{{ person(id: "{CHILD}") {{ name birthDate health {{ birthCertificates {{ infantName }} }} }} }}',
        answer={
            "person": {"name": "张小宝", "birthDate": "2016-06-01", "health": {"birthCertificates": None}}
        },
        errors=("DENIED",),
        rows=(
            registered(CHILD, "张小宝", "1"),
            (
                "education.enrolments",
                {
                    "studentNo": f"G{CHILD}",
                    "idNo": CHILD,
                    "school": "渝中区示范小学",
                    "grade": "五年级",
                    "status": "在读",
                },
            ),
            (
                "health.T_CSZM",
                {
                    "ZMBH": "T500000001",
                    "XSEXM": "张小宝",
                    "ET_SFZ": CHILD,
                    "MQ_SFZ": X_CHECK,
                    "FQ_SFZ": ZHANG,
                    "CSD": "重庆市渝北区",
                },
            ),
        ),
    ),
    Persona(
        who="吴长寿",
        identifier=OLDEST,
        odd="more than a hundred years old: the 15-digit form has a sequence of its own for that; and her household is "
        "kept under the code of a city that has been a district since 2006",
        query=f'{{ person(id: "{OLDEST}") {{ name birthDate division {{ planning {{ divisions {{ name }} }} }} }} }}',
        answer={
            "person": {
                "name": "吴长寿",
                "birthDate": "1919-09-08",
                "division": {"planning": {"divisions": [{"name": "江津区"}]}},
            }
        },
        rows=(registered(OLDEST, "吴长寿", "1", HJDZ="江津市几江街3号", HJQH="500381"),),
    ),
    Persona(
        who="陈静",
        identifier=PROTECTED,
        odd="protected: her address and what leads to it are withheld in words that tell nothing",
        query=f'{{ person(id: "{PROTECTED}") {{ name drivingLicence {{ classes }} }} }}',
        answer={"person": {"name": None, "drivingLicence": {"classes": "C1"}}},
        errors=("MANUAL_CHECK",),
        rows=(
            registered(PROTECTED, "陈静", "2", HJDZ="（受保护）"),
            licensed(PROTECTED, "C1", "2029-08-08", 0),
        ),
    ),
    Persona(
        who="赵福",
        identifier=DEAD,
        odd="dead and not yet cremated for one register, valid for the other",
        query=f'{{ person(id: "{DEAD}") {{ status statusLabel civilAffairs {{ death {{ diedOn crematedOn deathCertNo }} }} }} }}',
        key="demo-civil",
        answer={
            "person": {
                "status": "0",
                "statusLabel": "有效 — Valid",
                "civilAffairs": {
                    "death": {"diedOn": "2026-03-01", "crematedOn": None, "deathCertNo": "SW-2026-1"}
                },
            }
        },
        rows=(
            registered(DEAD, "赵福", "1"),
            ("civil.T_SWHH", {"ZMBH": "SW-2026-1", "SFZH": DEAD, "SWRQ": "20260301", "HHRQ": ""}),
        ),
    ),
    Persona(
        who="刘改",
        identifier=CORRECTED,
        odd=f"was registered under a false number, `{MISTAKEN}`, until it was corrected; both are in the register, "
        "and whoever may use the register of corrections finds one person under either",
        query=f'{{ persons(ids: ["{CORRECTED}", "{MISTAKEN}"]) {{ code duplicateOf }}'
        f' person(id: "{MISTAKEN}") {{ citizenId name status drivingLicence {{ classes }}'
        " qualifications { qualificationNo } _states { field alias } } }",
        answer={
            "persons": [
                {"code": "OK", "duplicateOf": None},
                {"code": "DUPLICATE_OF", "duplicateOf": 0},
            ],
            "person": {
                "citizenId": CORRECTED,
                "name": "刘改",
                "status": "0",
                "drivingLicence": {"classes": "B2"},
                "qualifications": [{"qualificationNo": "5000001979"}],
                "_states": [
                    {"field": name, "alias": "publicSecurity.idCorrection"}
                    for name in ("name", "status", "drivingLicence", "qualifications")
                ],
            },
        },
        rows=(
            registered(CORRECTED, "刘改", "1", CYM="刘该"),
            registered(MISTAKEN, "刘该", "1", RYZT="1"),
            (
                "population.T_SFZHGZ",
                {"YHM": MISTAKEN, "XHM": CORRECTED, "GZRQ": "20100601", "GZYY": "出生日期登记错误"},
            ),
            licensed(MISTAKEN, "B2", "2030-01-01", 0),
            (
                "transport.T_QUALIFICATION",
                {
                    "CERT_NO": "5000001979",
                    "ID_NO": CORRECTED,
                    "CATEGORY": "01",
                    "VALID_TO": "20300101",
                    "GRADE": "A",
                },
            ),
        ),
    ),
    Persona(
        who="周一 and 周二",
        identifier=SHARED,
        odd="two persons were once given the same number, and the register holds both",
        query=f'{{ person(id: "{SHARED}") {{ name verify(name: "周一") {{ match }} drivingLicence {{ classes }} }} }}',
        answer={"person": {"name": None, "verify": None, "drivingLicence": {"classes": "C1"}}},
        errors=("MULTIPLE_RECORDS", "MULTIPLE_RECORDS"),
        rows=(
            registered(SHARED, "周一", "1"),
            registered(old_form(SHARED), "周二", "1", HJQH="500112"),
            licensed(SHARED, "C1", "2029-01-01", 6),
        ),
    ),
)
