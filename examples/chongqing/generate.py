"""Makes the demo city's data: SQLite files and the tables of the department services.

    python generate.py DIRECTORY [--persons N] [--enterprises N]

Deterministic: the same numbers give the same bytes of data. All identifiers are synthetic: citizen
ids begin with 500000, which is issued to nobody, and organisation codes carry DEM. The personas come
first and are written by hand; docs/personas.md says what is odd about each.
"""

import argparse
import json
import random
import sqlite3
from datetime import date, timedelta
from pathlib import Path

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ORG_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚"
DISTRICTS = [
    "渝中",
    "江北",
    "沙坪坝",
    "九龙坡",
    "南岸",
    "北碚",
    "渝北",
    "巴南",
    "江津",
    "合川",
    "永川",
    "璧山",
]

ZHANG, LI, CHILD = "500000198502140017", "500000195811030029", "500000201606010131"
X_CHECK, PROTECTED, DEAD = "50000019900101018X", "500000198808080248", "500000194001100350"
OUTSIDER, CORRECTED = "500000199003150071", "500000197812310419"
FLEET, SHOP, TRADER = "91500000DEM000129B", "91500112DEM000022H", "92500106DEM000030K"
CITY_COMPANY, COOPERATIVE = "91500103DEM000014M", "93500235DEM000049J"
ORGAN, INSTITUTION = "11500000DEM000057T", "12500000DEM000065J"
SOCIETY, NON_PROFIT = "51500000DEM000073C", "52500107DEM000081E"


def citizen_id(body):
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, WEIGHTS, strict=True)) % 11]


def organisation_code(number):
    body = f"DEM{number:05d}"
    total = sum(ORG_CHARACTERS.index(c) * w for c, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    check = 11 - total % 11
    return body + {10: "X", 11: "0"}.get(check, str(check))


def credit_code(number, division):
    body = f"91{division}{organisation_code(number)}"
    total = sum(CODE_CHARACTERS.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + CODE_CHARACTERS[-total % 31]


def old_form(number):
    """The 15-digit form that old registers keep."""
    return number[:6] + number[8:17] if number[6:8] == "19" else number


class City:
    """Collects rows by table."""

    def __init__(self):
        self.random = random.Random(20261123)
        self.tables = {}
        self.services = {name: {} for name in ("traffic", "insurance", "tax", "credit")}
        for name, tables in (
            ("traffic", "licences vehicles insurances"),
            ("insurance", "employers persons"),
            ("tax", "taxpayers payments"),
            ("credit", "permit penalty"),
        ):
            self.services[name] = {table: [] for table in tables.split()}

    def add(self, table, **row):
        self.tables.setdefault(table, []).append(row)

    def serve(self, service, table, **row):
        self.services[service][table].append(row)

    def person(self, number, name, sex, status="0", stored=None, former=None, address="渝中区解放碑1号"):
        self.add(
            "population.T_HJRK",
            GMSFHM=stored or number,
            XM=name,
            CYM=former,
            XB=sex,
            MZ="汉族",
            CSRQ=number[6:14],
            HJDZ=f"重庆市{address}",
            RYZT=status,
        )

    def licence(self, number, valid_to, classes="A2", points=0, status="正常"):
        self.serve(
            "traffic",
            "licences",
            licenceId=f"L{number[-8:]}",
            idNo=number,
            classes=classes,
            validTo=valid_to,
            points=points,
            status=status,
        )

    def qualification(self, cert, number, category, valid_to, employer, stored=None, grade="AAA"):
        self.add(
            "market.T_QUALIFICATION",
            CERT_NO=cert,
            ID_NO=stored or number,
            CATEGORY=category,
            VALID_TO=valid_to,
            GRADE=grade,
            ORG_USCC=employer,
        )

    def company(self, code, name, capital_fen, kind, rep_kind, rep_no, rep, address, registration=None):
        self.add(
            "market.T_QYDJ",
            TYSHXYDM=code,
            ZZJGDM=code[8:17],
            ZCH=registration,
            QYMC=name,
            DJZT="存续",
            QYLX=kind,
            ZCZB_FEN=capital_fen,
            CLRQ="20100506",
            ZS=address,
            JYFW="道路普通货物运输",
            FDDBR_ZJLX=rep_kind,
            FDDBR_ZJHM=rep_no,
            FDDBR=rep,
        )

    def taxes(self, code, grade, arrears, paid):
        self.serve("tax", "taxpayers", nsrsbh=code, zt="正常", xydj=grade, nd=2025)
        self.serve("tax", "payments", nsrsbh=code, qsye=arrears, nse=paid)

    def employer(self, code, insured, arrears_fen):
        self.serve(
            "insurance",
            "employers",
            code=code,
            insured=insured,
            paidThrough="202610",
            arrearsFen=arrears_fen,
        )


def add_personas(city):
    """The people and enterprises of docs/personas.md."""
    city.person(ZHANG, "张伟", "1", stored=old_form(ZHANG))
    city.person(LI, "李秀英", "2", address="沙坪坝区小龙坎2号")
    city.person(CHILD, "张小宝", "1")
    city.person("500000191909089944", "吴长寿", "2", address="江津区几江街3号")
    city.person(X_CHECK, "王芳", "2", stored=X_CHECK.lower(), address="渝北区龙溪4号")
    city.person(PROTECTED, "陈静", "2", address="（受保护）")
    city.person(DEAD, "赵福", "1", status="0")  # the register does not know yet
    city.person(CORRECTED, "刘改", "1", former="刘该")
    city.add("population.T_SWHH", ZMBH="SW-2026-1", SFZH=DEAD, SWRQ="20260301", HHRQ="")
    city.add(
        "population.T_HYDJ",
        DJZH="J-2010-1",
        DJRQ="20100520",
        HYZK="初婚",
        NF_SFZ=ZHANG,
        NVF_SFZ=X_CHECK,
    )
    city.add(
        "population.T_YSZY",
        ZSBH="110500000DEM001",
        SFZH=X_CHECK,
        ZYLB="临床",
        ZYFW="内科",
        ZYDD="渝北区示范医院",
    )
    city.licence(ZHANG, "2030-02-14", points=3)
    city.licence(OUTSIDER, "2028-03-15", classes="B2")
    city.qualification("5000001234", ZHANG, "01", "20271231", FLEET, stored=ZHANG + "  ")
    city.qualification("5000001235", ZHANG, "03", "20251231", FLEET, stored=old_form(ZHANG))
    city.qualification("5000009999", OUTSIDER, "01", "20280630", FLEET)
    city.serve(
        "insurance",
        "persons",
        idNo=ZHANG,
        type="养老",
        employer=FLEET,
        paidThrough="202610",
        months=178,
    )


def add_enterprises(city):
    address = "重庆市渝北区空港大道9号"
    city.company(
        FLEET,
        "重庆示范运输集团有限公司",
        5_000_000_00,
        "有限责任公司",
        "1",
        ZHANG,
        "张伟",
        address,
        "500000000000129",
    )
    city.company(
        SHOP,
        "重庆渝北示范商贸有限公司",
        100_000_00,
        "有限责任公司",
        "2",
        FLEET,
        "示范运输集团",
        "重庆市渝北区某路2号",
    )
    city.company(
        CITY_COMPANY,
        "重庆渝中示范科技有限公司",
        None,
        "外商投资企业",
        "3",
        "P-DEM-7788",
        "SMITH JOHN",
        "重庆市渝中区某路3号",
    )
    city.company(
        COOPERATIVE,
        "云阳示范柑橘专业合作社",
        30_000_00,
        "农民专业合作社",
        "1",
        LI,
        "李秀英",
        "重庆市云阳县某村",
    )
    city.company(TRADER, "沙坪坝区示范小面馆", None, "个体工商户", "1", LI, "李秀英", "重庆市沙坪坝区某街5号")
    city.add(
        "market.T_GTH",
        TYSHXYDM=TRADER,
        ZHMC="示范小面馆",
        JYZ="李秀英",
        JYZ_SFZ=LI,
        JYCS="沙坪坝区某街5号",
    )
    city.add(
        "market.T_QYBG",
        TYSHXYDM=FLEET,
        BGSX="名称",
        BGQ="重庆示范运输公司",
        BGH="重庆示范运输集团有限公司",
        BGRQ="20150301",
    )
    city.add(
        "market.T_QYBG",
        TYSHXYDM=FLEET,
        BGSX="法定代表人",
        BGQ="李秀英",
        BGH="张伟",
        BGRQ="20180601",
    )
    city.add(
        "market.T_JYYC",
        TYSHXYDM=FLEET,
        LRYY="未按规定公示年度报告",
        LRRQ="2017年7月3日",
        YCRQ="2017年9月18日",
        JDJG="渝北区市场监管局",
    )
    city.add(
        "market.T_JYYC",
        TYSHXYDM=SHOP,
        LRYY="通过登记的住所无法联系",
        LRRQ="2026年3月18日",
        YCRQ="",
        JDJG="渝北区市场监管局",
    )
    city.add(
        "market.T_DLYSXKZ",
        XKZH="500112000129",
        TYSHXYDM=FLEET,
        JYFW="道路普通货物运输",
        HFRQ="20220601",
        YXQZ="20270531",
        ZT="有效",
        DZ="重庆市渝北区机场路8号",
    )
    city.add(
        "market.T_DLYSZ",
        YSZH="500112YZ0001",
        CPH="渝DEM001",
        CPYS="2",
        CLLX="重型半挂牵引车",
        NSYXQ="20270331",
        YHDM=FLEET,
    )
    city.serve(
        "traffic",
        "vehicles",
        plate="渝DEM001",
        colour="2",
        vin="DEMVIN00000000001",
        use="货运",
        inspectionTo="2027-06-30",
        status="正常",
        ownerKind="2",
        ownerId=FLEET,
    )
    city.serve(
        "traffic",
        "vehicles",
        plate="渝DEM002",
        colour="1",
        vin="DEMVIN00000000002",
        use="非营运",
        inspectionTo="2026-12-31",
        status="正常",
        ownerKind="1",
        ownerId=ZHANG,
    )
    city.serve(
        "traffic",
        "insurances",
        plate="渝DEM001",
        colour="2",
        policyNo="JQ-0001",
        insurer="示范财险",
        validFrom="2026-07-01",
        validTo="2027-06-30",
    )
    city.employer(FLEET, 186, 0)
    city.employer(SHOP, 3, 125_050)
    city.taxes(FLEET, "A", "0.00", "2345678.90")
    city.taxes(SHOP, "B", "1200.00", "52000.00")
    for number, day, code in (
        (1, "2017-05-06", "dm1"),
        (2, "2020-08-12", "dm1"),
        (3, "2024-11-02", "dm2"),
    ):
        value = FLEET if code == "dm1" else FLEET[8:17]
        city.serve(
            "credit",
            "penalty",
            wsh=f"渝交罚〔{day[:4]}〕{number}号",
            sy="超限运输",
            yj="《公路安全保护条例》",
            jg2="罚款",
            rq=day,
            jg="市交通执法总队",
            **{code: value},
        )
    city.serve(
        "credit",
        "permit",
        wsh="渝交许〔2022〕12号",
        nr="道路货物运输经营许可",
        rq="2022-06-01",
        yxq="2027-05-31",
        jg="市交通局",
        dm1=FLEET,
    )
    city.add("population.T_SHZZ", TYSHXYDM=SOCIETY, MC="重庆示范物流协会", ZGDW="市交通局")
    city.add("population.T_SHZZ", TYSHXYDM=NON_PROFIT, MC="九龙坡示范养老服务中心", ZGDW="九龙坡区民政局")
    city.add("market.T_JGSY", TYSHXYDM=ORGAN, JGMC="重庆示范局", JBDW="重庆市")
    city.add("market.T_JGSY", TYSHXYDM=INSTITUTION, JGMC="重庆示范中心", JBDW="重庆示范局")
    city.add("market.T_PWXK", XKZBH="PW-500112-1", TYSHXYDM=FLEET, PFK=2, YXQZ="20281231")


def add_crowd(city, persons, enterprises):
    """Everybody else."""
    draw = city.random
    codes = []
    for number in range(enterprises):
        code = credit_code(20000 + number, draw.choice(["500103", "500112", "500106", "500000"]))
        codes.append(code)
        owner = f"重庆{draw.choice(DISTRICTS)}{draw.choice('宏华盛达安顺')}{draw.choice(['运输', '商贸', '科技'])}有限公司"
        city.company(
            code,
            owner,
            draw.randrange(1, 900) * 1_000_000,
            "有限责任公司",
            "",
            None,
            None,
            f"重庆市{draw.choice(DISTRICTS)}区{number}号",
        )
        city.employer(code, draw.randrange(1, 400), draw.choice([0, 0, 0, 125_000]))
        city.taxes(
            code,
            draw.choice("ABMCD"),
            draw.choice(["0.00", "0.00", "880.50"]),
            f"{draw.randrange(1_000, 9_000_000)}.00",
        )
    start = date(1950, 1, 1)
    for number in range(persons):
        born = start + timedelta(days=draw.randrange(20_000))
        sequence = 400 + number % 590
        citizen = citizen_id(f"500000{born:%Y%m%d}{sequence:03d}")
        name = draw.choice(SURNAMES) + draw.choice(GIVEN)
        stored = draw.choice([citizen, citizen, citizen.lower(), old_form(citizen)])
        city.person(
            citizen,
            name,
            "1" if sequence % 2 else "2",
            stored=stored,
            address=f"{draw.choice(DISTRICTS)}区{number}号",
        )
        if number % 4 == 0:
            city.licence(citizen, f"{draw.randrange(2026, 2034)}-06-30", points=draw.randrange(12))
            city.qualification(
                f"51{number:08d}",
                citizen,
                draw.choice(["01", "02", "03"]),
                f"{draw.randrange(2024, 2032)}0630",
                draw.choice(codes) if codes else None,
            )


def write(city, directory):
    directory.mkdir(parents=True, exist_ok=True)
    for name in ("population", "market"):
        path = directory / f"{name}.sqlite"
        path.unlink(missing_ok=True)
        connection = sqlite3.connect(path)
        for table, rows in city.tables.items():
            database, _, table_name = table.partition(".")
            if database != name:
                continue
            columns = list(dict.fromkeys(column for row in rows for column in row))
            quoted = ", ".join(f'"{column}"' for column in columns)
            connection.execute(f'CREATE TABLE "{table_name}" ({quoted})')
            places = ", ".join("?" for _ in columns)
            values = [[row.get(column) for column in columns] for row in rows]
            connection.executemany(f'INSERT INTO "{table_name}" VALUES ({places})', values)
            for column in columns:
                if column in INDEXED:
                    connection.execute(f'CREATE INDEX "{table_name}_{column}" ON "{table_name}" ("{column}")')
        connection.commit()
        connection.close()
    for name, tables in city.services.items():
        (directory / f"{name}.json").write_text(json.dumps(tables, ensure_ascii=False), encoding="utf-8")


INDEXED = {
    "GMSFHM",
    "TYSHXYDM",
    "ID_NO",
    "ORG_USCC",
    "FDDBR_ZJHM",
    "ZZJGDM",
    "ZCH",
    "SFZH",
    "CPH",
    "YHDM",
}


def build(directory, persons=2_000, enterprises=800):
    """Build the city's data in a directory."""
    city = City()
    add_personas(city)
    add_enterprises(city)
    add_crowd(city, persons, enterprises)
    write(city, Path(directory))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--persons", type=int, default=2_000)
    parser.add_argument("--enterprises", type=int, default=800)
    given = parser.parse_args()
    build(given.directory, given.persons, given.enterprises)


if __name__ == "__main__":
    main()
