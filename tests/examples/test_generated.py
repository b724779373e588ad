"""The crowd's answers beside the generator's own databases, read and understood here by hand."""

import re
import sqlite3
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.examples.demo import Demo

pytestmark = pytest.mark.xdist_group("demo")


class Raw:
    """The databases of the departments, as they are."""

    def __init__(self, city: Demo) -> None:
        self._folder = city.state / "var/chongqing/data"

    def __call__(self, database: str, statement: str, *values: Any) -> list[dict[str, Any]]:
        with sqlite3.connect(self._folder / f"{database}.sqlite") as connection:
            connection.row_factory = sqlite3.Row
            rows = [dict(row) for row in connection.execute(statement, values)]
        connection.close()
        return rows

    def one(self, database: str, statement: str, *values: Any) -> dict[str, Any] | None:
        found = self(database, statement, *values)
        assert len(found) < 2
        return found[0] if found else None


@pytest.fixture(scope="module")
def raw(city: Demo) -> Raw:
    return Raw(city)


@pytest.fixture(scope="module")
def persons(raw: Raw) -> list[str]:
    """Of the crowd: nobody of them is a persona."""
    rows = raw(
        "population", "SELECT GMSFHM FROM T_HJRK WHERE length(GMSFHM) = 18 AND substr(GMSFHM, 15, 1) = '4'"
    )
    assert len(rows) > 100
    return [row["GMSFHM"].upper() for row in rows][:90]


@pytest.fixture(scope="module")
def enterprises(raw: Raw) -> list[str]:
    rows = raw("market", "SELECT TYSHXYDM FROM T_QYDJ WHERE TYSHXYDM LIKE '%DEM20%'")
    assert len(rows) > 700
    return [row["TYSHXYDM"] for row in rows][:160]


def day(text: str | None) -> str | None:
    """`20310630`, `2024年7月8日` and `2031-06-30` are days; nothing is none."""
    if not text:
        return None
    if found := re.fullmatch(r"(\d{4})年(\d+)月(\d+)日", text):
        return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"
    return text if "-" in text else f"{text[:4]}-{text[4:6]}-{text[6:]}"


def yuan(fen: int | None) -> str | None:
    return None if fen is None else str(Decimal(fen) / 100 + Decimal("0.00"))


def answered(
    city: Demo, root: str, kind: str, ids: list[str], body: str, key: str
) -> Iterator[dict[str, Any]]:
    """What each of many is, in order."""
    answer = city.ask(
        f"query Q($ids: [String!]!) {{ {root}(ids: $ids) {{ code {kind} {{ {body} }} }} }}", {"ids": ids}, key
    )
    assert "errors" not in answer, answer["errors"][:3]
    for one in answer["data"][root]:
        assert one["code"] == "OK"
        yield one[kind]


def test_a_permit_desk_sees_what_the_registers_hold_of_drivers(
    city: Demo, raw: Raw, persons: list[str]
) -> None:
    body = """name birthDate sexLabel isHead status drivingLicence { classes validTo points status }
      qualifications(orderBy: [{ qualificationNo: ASC }]) { qualificationNo category validTo integrityGrade employer { name } }"""
    sexes = {"1": "男 — Male", "2": "女 — Female"}
    categories = {"01": "ROAD_FREIGHT", "02": "ROAD_PASSENGER", "03": "DANGEROUS_GOODS"}
    drivers = 0
    for number, seen in zip(
        persons, answered(city, "persons", "person", persons, body, "demo-transport"), strict=True
    ):
        row = raw.one("population", "SELECT * FROM T_HJRK WHERE upper(GMSFHM) = ?", number)
        assert row is not None
        licence = raw.one("traffic", "SELECT * FROM licences WHERE upper(idNo) = ?", number)
        certificates = raw(
            "transport", "SELECT * FROM T_QUALIFICATION WHERE upper(trim(ID_NO)) = ? ORDER BY CERT_NO", number
        )
        drivers += licence is not None
        names = {r["TYSHXYDM"]: r["QYMC"] for r in raw("market", "SELECT * FROM T_QYDJ")}
        assert seen == {
            "name": row["XM"],
            "birthDate": day(row["CSRQ"]),
            "sexLabel": sexes[row["XB"]],
            "isHead": row["SFHZ"] == "是",
            "status": row["RYZT"],
            "drivingLicence": licence and {name: licence[name] for name in ("classes", "validTo", "points", "status")},
            "qualifications": [
                {
                    "qualificationNo": one["CERT_NO"],
                    "category": categories[one["CATEGORY"]],
                    "validTo": day(one["VALID_TO"]),
                    "integrityGrade": one["GRADE"],
                    "employer": one["ORG_USCC"] and {"name": names[one["ORG_USCC"]]},
                }
                for one in certificates
            ],
        }  # fmt: skip
    assert drivers > 10


def test_a_portal_shows_what_the_registers_hold_of_enterprises(
    city: Demo, raw: Raw, enterprises: list[str]
) -> None:
    body = """name registeredCapital establishedOn approvedOn registeredAddress
      abnormalListings(orderBy: [{ listedOn: ASC }]) { reason listedOn removedOn authority }
      permits(orderBy: [{ decisionNo: ASC }]) { decisionNo content decidedOn validTo status }
      penalties(orderBy: [{ decisionNo: ASC }]) { decisionNo fact result decidedOn }
      transportLicences(orderBy: [{ licenceNo: ASC }]) { licenceNo scope validTo status }"""
    seen_of_kind = dict.fromkeys(("abnormalListings", "permits", "penalties", "transportLicences"), 0)
    for code, seen in zip(
        enterprises, answered(city, "enterprises", "enterprise", enterprises, body, ""), strict=True
    ):
        row = raw.one("market", "SELECT * FROM T_QYDJ WHERE TYSHXYDM = ?", code)
        assert row is not None
        named = "dm1 = ? OR dm2 = ? OR dm3 = ?"
        codes = (code, code[8:17], row["ZCH"] or "-")
        expected = {
            "name": row["QYMC"],
            "registeredCapital": yuan(row["ZCZB_FEN"]),
            "establishedOn": day(row["CLRQ"]),
            "approvedOn": day(row["HZRQ"]),
            "registeredAddress": row["ZS"],
            "abnormalListings": [
                {"reason": one["LRYY"], "listedOn": day(one["LRRQ"]), "removedOn": day(one["YCRQ"]), "authority": one["JDJG"]}
                for one in raw("market", "SELECT * FROM T_JYYC WHERE TYSHXYDM = ?", code)
            ],
            "permits": [
                {"decisionNo": one["wsh"], "content": one["nr"], "decidedOn": day(one["rq"]), "validTo": day(one["yxq"]), "status": one["zt"]}
                for one in raw("credit", f"SELECT * FROM permit WHERE {named} ORDER BY wsh", *codes)
            ],
            "penalties": [
                {"decisionNo": one["wsh"], "fact": one["sy"], "result": one["jg2"], "decidedOn": day(one["rq"])}
                for one in raw("credit", f"SELECT * FROM penalty WHERE {named} ORDER BY wsh", *codes)
            ],
            "transportLicences": [
                {"licenceNo": one["XKZH"], "scope": one["JYFW"], "validTo": day(one["YXQZ"]), "status": one["ZT"]}
                for one in raw("transport", "SELECT * FROM T_DLYSXKZ WHERE TYSHXYDM = ? ORDER BY XKZH", code)
            ],
        }  # fmt: skip
        assert seen == expected
        for kind in seen_of_kind:
            seen_of_kind[kind] += len(seen[kind])
    assert all(count > 3 for count in seen_of_kind.values()), seen_of_kind


def test_derived_answers_are_those_of_the_amounts_behind_them(
    city: Demo, raw: Raw, enterprises: list[str]
) -> None:
    body = "socialInsurance { insuredCount paidThrough hasArrears } taxpayer { status creditGrade year } taxArrears { hasArrears }"
    arrears = 0
    for code, seen in zip(
        enterprises,
        answered(city, "enterprises", "enterprise", enterprises, body, "demo-transport"),
        strict=True,
    ):
        insured = raw.one("insurance", "SELECT * FROM employers WHERE code = ?", code)
        payer = raw.one("tax", "SELECT * FROM taxpayers WHERE nsrsbh = ?", code)
        owed = raw.one("tax", "SELECT * FROM payments WHERE nsrsbh = ?", code)
        arrears += bool(owed and Decimal(owed["qsye"]) > 0)
        assert seen == {
            "socialInsurance": insured and {
                "insuredCount": insured["insured"],
                "paidThrough": insured["paidThrough"],
                "hasArrears": insured["arrearsFen"] > 0,
            },
            "taxpayer": payer and {"status": payer["zt"], "creditGrade": payer["xydj"], "year": payer["nd"]},
            "taxArrears": owed and {"hasArrears": Decimal(owed["qsye"]) > 0},
        }  # fmt: skip
    assert 3 < arrears < len(enterprises)


def test_civil_affairs_sees_its_own_registers(city: Demo, raw: Raw, persons: list[str]) -> None:
    body = """civilAffairs { assistance { category grade month amount payer } death { diedOn crematedOn deathCertNo }
      marriages(orderBy: [{ certificateNo: ASC }]) { certificateNo registeredOn husband { name } wife { name } } }"""
    names = {row["GMSFHM"].upper(): row["XM"] for row in raw("population", "SELECT * FROM T_HJRK")}

    def name_of(number: str) -> str | None:
        """The register keeps some persons by the fifteen digits of before 1999."""
        return names.get(number.upper()) or names.get(number[:6] + number[8:17])

    married = 0
    for number, seen in zip(
        persons, answered(city, "persons", "person", persons, body, "demo-civil"), strict=True
    ):
        death = raw.one("civil", "SELECT * FROM T_SWHH WHERE upper(SFZH) = ?", number)
        marriages = raw(
            "civil",
            "SELECT * FROM T_HYDJ WHERE upper(NF_SFZ) = ? OR upper(NVF_SFZ) = ? ORDER BY DJZH",
            number,
            number,
        )
        married += len(marriages)
        assert seen["civilAffairs"] == {
            "assistance": [
                {"category": one["DXLB"], "grade": one["DBDJ"], "month": one["FFYF"], "amount": yuan(one["FFJE_FEN"]), "payer": one["FFDW"]}
                for one in raw("civil", "SELECT * FROM T_DBJZ WHERE upper(SFZH) = ?", number)
            ],
            "death": death and {"diedOn": day(death["SWRQ"]), "crematedOn": day(death["HHRQ"]), "deathCertNo": death["ZMBH"]},
            "marriages": [
                {
                    "certificateNo": one["DJZH"],
                    "registeredOn": day(one["DJRQ"]),
                    "husband": {"name": name_of(one["NF_SFZ"])},
                    "wife": {"name": name_of(one["NVF_SFZ"])},
                }
                for one in marriages
            ],
        }  # fmt: skip
    assert married > 5


def test_vehicles_are_those_of_three_departments(city: Demo, raw: Raw) -> None:
    colours = {"1": "BLUE", "2": "YELLOW"}
    rows = raw("traffic", "SELECT * FROM vehicles WHERE plate NOT LIKE '渝DEM%' LIMIT 30")
    assert len(rows) > 20
    fields = "registration { inspectionTo status use } compulsoryInsurance { insurer validTo } transportCertificate { transportCertNo annualReviewTo }"
    parts = [
        f'v{n}: vehicle(plate: {{ number: "{r["plate"]}", colour: {colours[r["colour"]]} }}) {{ {fields} }}'
        for n, r in enumerate(rows)
    ]
    answer = city.ask("{ " + " ".join(parts) + " }", {})
    assert "errors" not in answer, answer["errors"][:2]
    for number, row in enumerate(rows):
        where = "WHERE plate = ? AND colour = ?"
        insured = raw.one("traffic", f"SELECT * FROM insurances {where}", row["plate"], row["colour"])
        certified = raw.one(
            "transport", "SELECT * FROM T_DLYSZ WHERE CPH = ? AND CPYS = ?", row["plate"], row["colour"]
        )
        assert answer["data"][f"v{number}"] == {
            "registration": {name: row[name] for name in ("inspectionTo", "status", "use")},
            "compulsoryInsurance": insured and {name: insured[name] for name in ("insurer", "validTo")},
            "transportCertificate": certified
            and {"transportCertNo": certified["YSZH"], "annualReviewTo": day(certified["NSYXQ"])},
        }


def test_a_district_shows_its_structures(city: Demo, raw: Raw) -> None:
    query = "{ place(code: %s) { cityManagement { bridges(orderBy: [{ name: ASC }]) { name kind sensors reading threshold observedAt } } } }"
    for division in ("500106", "500243", "500101"):
        rows = raw("sensors", "SELECT * FROM structures WHERE division = ? ORDER BY name", division)
        answer = city.ask(query % f'"{division}"', {})
        seen = answer["data"]["place"]["cityManagement"]["bridges"]
        assert rows
        assert [one.pop("observedAt") for one in seen if one["name"] == "沙坪坝示范大桥"] == (
            ["2026-03-01T08:00:00+08:00"] if division == "500106" else []
        )  # all others have just been read, whenever that is
        assert [{k: v for k, v in one.items() if k != "observedAt"} for one in seen] == [
            {
                "name": one["name"],
                "kind": one["kind"],
                "sensors": one["sensors"],
                "reading": one["value"],
                "threshold": one["threshold"],
            }
            for one in rows
        ]


def test_who_is_whose_representative_is_the_same_both_ways(city: Demo, raw: Raw) -> None:
    rows = raw("market", "SELECT * FROM T_QYDJ WHERE FDDBR_ZJLX = '1' AND TYSHXYDM LIKE '%DEM20%' LIMIT 40")
    body = "legalRepresentativeName legalRepresentative { ... on Person { name marketRegulation { legalRepresentativeOf { name } } } }"
    codes = [row["TYSHXYDM"] for row in rows]
    for row, seen in zip(
        rows, answered(city, "enterprises", "enterprise", codes, body, "demo-transport"), strict=True
    ):
        led = raw("market", "SELECT QYMC FROM T_QYDJ WHERE FDDBR_ZJHM = ?", row["FDDBR_ZJHM"])
        person = seen["legalRepresentative"]
        assert seen["legalRepresentativeName"] == row["FDDBR"] == person["name"]
        names = {one["name"] for one in person["marketRegulation"]["legalRepresentativeOf"]}
        assert names == {one["QYMC"] for one in led}
