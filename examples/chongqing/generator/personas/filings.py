"""Rows of the registers that more than one enterprise stands in."""

from typing import Any

from generator.personas.persona import Row


def registered(code: str, name: str, address: str, **more: Any) -> Row:
    """A row of the company register."""
    row = {
        "TYSHXYDM": code, "ZZJGDM": code[8:17], "QYMC": name, "DJZT": "存续", "QYLX": "有限责任公司",
        "CLRQ": "20100506", "ZS": address, "XZQH": code[2:8], "JYFW": "道路普通货物运输",
        "DJJG": "重庆市市场监管局", "HZRQ": "20200101",
    }  # fmt: skip
    return "market.T_QYDJ", row | more


def represented(kind: str, number: str, name: str) -> dict[str, Any]:
    """The legal representative: kind of identifier, identifier, name."""
    return {"FDDBR_ZJLX": kind, "FDDBR_ZJHM": number, "FDDBR": name}


def taxed(code: str, grade: str, owed: str, paid: str) -> tuple[Row, Row]:
    """Its grade, and what it owes and paid."""
    return (
        ("tax.taxpayers", {"nsrsbh": code, "zt": "正常", "xydj": grade, "nd": 2025}),
        ("tax.payments", {"nsrsbh": code, "qsye": owed, "nse": paid}),
    )


def insured(code: str, count: int, base_fen: int, owed_fen: int) -> Row:
    """What it pays for its employees."""
    return (
        "insurance.employers",
        {
            "code": code,
            "insured": count,
            "paidThrough": "202610",
            "baseFen": base_fen,
            "arrearsFen": owed_fen,
        },
    )


def penalised(number: int, day: str, **codes: str) -> Row:
    """A penalty, with the code columns its authority happened to fill."""
    return (
        "credit.penalty",
        {"wsh": f"渝交罚〔{day[:4]}〕{number}号", "sy": "超限运输", "yj": "《公路安全保护条例》", "jg2": "罚款", "rq": day, "jg": "市交通执法总队", **codes},
    )  # fmt: skip


def licence_of(code: str, oid: str) -> Row:
    """The e-certificate of a business licence."""
    return (
        "market.T_YYZZ",
        {
            "ZZBS": oid, "TYSHXYDM": code, "ZZLX": "营业执照", "ZZHM": code, "BFJG": "重庆市市场监管局", "BFRQ": "20200101",
            "YXQQ": "20100506", "YXQZ": "长期", "ZT": "有效", "WJLJ": f"/ofd/{code}",
        },
    )  # fmt: skip
