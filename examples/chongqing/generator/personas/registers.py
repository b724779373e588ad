"""Rows of the registers that more than one persona stands in."""

from typing import Any

from generator.personas.names import FLEET
from generator.personas.persona import Row


def registered(number: str, name: str, sex: str, **more: Any) -> Row:
    """A row of the household register."""
    row = {
        "GMSFHM": number, "XM": name, "XB": sex, "MZ": "汉族", "CSRQ": number[6:14],
        "HJDZ": "重庆市渝中区解放碑1号", "HJQH": "500103", "SFHZ": "否", "YHZGX": "子女", "RYZT": "0",
    }  # fmt: skip
    return "population.T_HJRK", row | more


def qualified(cert: str, holder: str, category: str, valid_to: str, grade: str | None) -> Row:
    """A qualification certificate of the fleet's drivers."""
    return (
        "transport.T_QUALIFICATION",
        {"CERT_NO": cert, "ID_NO": holder, "CATEGORY": category, "VALID_TO": valid_to, "GRADE": grade, "ORG_USCC": FLEET},
    )  # fmt: skip


def licensed(holder: str, classes: str, valid_to: str, points: int) -> Row:
    """A driving licence."""
    return (
        "traffic.licences",
        {"licenceId": f"L{holder[-8:]}", "idNo": holder, "classes": classes, "validTo": valid_to, "points": points, "status": "正常"},
    )  # fmt: skip
