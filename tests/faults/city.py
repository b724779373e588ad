"""A small city on disk for a served gateway: a register in SQLite, a service over HTTP, one that is down."""

import sqlite3
from pathlib import Path

from gateway.identity.identify import key_hash
from schema.identifiers import citizen_check_character

FLEET = "91500000DEM000129B"
FILES = {
    "city.yaml": """
city: 码头 — Quay
use: [Person, Enterprise]
promoted: { Person: [traffic.licence, traffic.wage], Enterprise: [traffic.fine] }
""",
    "departments/registry/department.yaml": """
department: registry
title: 登记局 — Registry
sources:
  registryDb: { kind: sql, url: "sqlite+pysqlite:///${JUTONG_DEMO_DATA}/registry.sqlite" }
""",
    "departments/registry/household.yaml": """
resource: household
title: 户籍人口 — Household register
source: registryDb
from: HOUSEHOLD
identity: [ID_NO]
attach:
  - { on: Person, core: true, by: { citizenId: ID_NO } }
update_cycle: daily
sharing: { type: conditional, condition: 行政审批 — Administrative approval }
items:
  name: { title: 姓名 — Name, column: XM, level: 2, mask: name }
  address: { title: 住址 — Address, column: ZZ, level: 3, mask: address }
columns:
  ID_NO: { type: CitizenId }
""",
    "departments/registry/company.yaml": """
resource: company
title: 企业登记 — Company register
source: registryDb
from: COMPANY
identity: [USCC]
attach:
  - { on: Enterprise, core: true, by: { uscc: USCC } }
update_cycle: daily
sharing: { type: unconditional }
open: unconditional
items:
  name: { title: 名称 — Name, column: NAME, level: 1 }
columns:
  USCC: { type: CreditCode }
""",
    "departments/traffic/department.yaml": """
department: traffic
title: 交通局 — Traffic
sources:
  licenceService: { kind: rest, base_url: "${JUTONG_DEMO_LICENCES}", transport: "${JUTONG_DEMO_CLIENT:-native}" }
  wageService: { kind: rest, base_url: "http://127.0.0.1:9" }
""",
    "departments/traffic/licence.yaml": """
resource: licence
title: 驾驶证 — Licence
source: licenceService
from: { path: "/licences/{key}", records: licences }
identity: [number]
attach:
  - { on: Person, field: licences, by: { citizenId: holder } }
update_cycle: realtime
sharing: { type: conditional, condition: 行政审批 — Administrative approval }
items:
  number: { title: 证号 — Number, column: number, level: 2 }
  operator: { title: 业户 — Operator, column: operator, type: CreditCode, level: 1, link: { to: Enterprise, by: uscc } }
columns:
  holder: { type: CitizenId }
""",
    "departments/traffic/wage.yaml": """
resource: wage
title: 工资 — Wage
source: wageService
from: { path: "/wages/{key}", records: wages }
identity: [month]
attach:
  - { on: Person, field: wages, by: { citizenId: holder } }
update_cycle: realtime
sharing: { type: conditional, condition: 行政审批 — Administrative approval }
items:
  month: { title: 月份 — Month, column: month, level: 2 }
columns:
  holder: { type: CitizenId }
""",
    "departments/traffic/fine.yaml": """
resource: fine
title: 罚款 — Fine
source: registryDb
from: FINE
identity: ["NO"]
attach:
  - { on: Enterprise, field: fines, by: { uscc: USCC } }
update_cycle: daily
sharing: { type: unconditional }
open: unconditional
items:
  number: { title: 文号 — Number, column: "NO", level: 1 }
""",
}
GRAPHQL = {
    "departments/traffic/department.yaml": (
        'kind: rest, base_url: "${JUTONG_DEMO_LICENCES}"',
        'kind: graphql, endpoint: "${JUTONG_DEMO_LICENCES}/graphql"',
    ),
    "departments/traffic/licence.yaml": (
        'path: "/licences/{key}", records: licences',
        'query: "query ($key: ID!) { licences(holder: $key) { __typename } }", keys: aliases',
    ),
}
"""What is said of the licences where their department speaks GraphQL."""
GRANTS = {
    "desk": ("registry.household.*", "traffic.licence.*", "traffic.wage.*"),
    "clerk": ("registry.household.name",),
    "stranger": (),
}
"""By application, which is its key too: the items it may read."""


def citizen(number: int) -> str:
    """The id of one of 100,000 synthetic persons."""
    body = f"5000001985{1 + number // 10_000:02}{1 + number // 1_000 % 10:02}{number % 1_000:03}"
    return body + citizen_check_character(body)


def name_of(number: int) -> str:
    """The name of a person: nobody else has it."""
    return f"某{number}号"


def write_city(folder: Path, persons: int, *, speaks_graphql: bool = False) -> Path:
    """Write catalogue and register; give the catalogue's directory."""
    catalogue = folder / "catalogue"
    texts = dict(FILES)
    for name, (old, new) in GRAPHQL.items() if speaks_graphql else ():
        assert old in texts[name]
        texts[name] = texts[name].replace(old, new)
    for name, text in texts.items():
        path = catalogue / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip(), encoding="utf-8")
    (catalogue / "access").mkdir()
    for application, items in GRANTS.items():
        (catalogue / f"access/{application}.yaml").write_text(_access(application, items), encoding="utf-8")
    connection = sqlite3.connect(folder / "registry.sqlite")
    with connection:
        connection.execute("CREATE TABLE HOUSEHOLD (ID_NO TEXT PRIMARY KEY, XM TEXT, ZZ TEXT)")
        connection.execute("CREATE TABLE COMPANY (USCC TEXT PRIMARY KEY, NAME TEXT)")
        connection.execute('CREATE TABLE FINE ("NO" TEXT PRIMARY KEY, USCC TEXT)')
        rows = [(citizen(n), name_of(n), f"某路{n}弄") for n in range(persons)]
        connection.executemany("INSERT INTO HOUSEHOLD VALUES (?, ?, ?)", rows)
        connection.execute("INSERT INTO COMPANY VALUES (?, ?)", (FLEET, "码头运输"))
        connection.executemany("INSERT INTO FINE VALUES (?, ?)", [(f"F-{n}", FLEET) for n in range(3)])
    connection.close()
    return catalogue


def _access(application: str, items: tuple[str, ...]) -> str:
    quoted = ", ".join(f'"{item}"' for item in items)
    grants = f"\n  - {{ id: G-{application}, purposes: [PERMIT], items: [{quoted}], level: 3 }}"
    return f"""application: {application}
title: 应用 — {application}
audience: share
department: traffic
purposes: [PERMIT]
operator: op-1
case: c-1
keys: ["sha256:{key_hash(application)}"]
grants:{grants if items else " []"}
"""
