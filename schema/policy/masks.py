"""Masks: what is left of a value for those who may not see all of it.

A masked value is text for people and no longer a value of its type. Every mask takes any text,
also one that is not what it expects, and then hides more rather than less.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

HIDDEN: Final = "***"
"""What stands for a part whose length is nobody's business."""

_COMPOUND_SURNAMES: Final = frozenset(
    {
        *("欧阳", "太史", "端木", "上官", "司马", "东方", "独孤", "南宫", "万俟", "闻人", "夏侯"),
        *("诸葛", "尉迟", "公羊", "赫连", "澹台", "皇甫", "宗政", "濮阳", "公冶", "太叔", "申屠"),
        *("公孙", "慕容", "仲孙", "钟离", "长孙", "宇文", "司徒", "鲜于", "司空", "令狐"),
    }
)
"""Surnames of two characters from 百家姓."""

_DISTRICT: Final = re.compile(r"[^0-9０-９号路街道村镇乡巷]{2,14}?(?<![小社园校厂院片])[区县旗]")
"""Nothing finer than a district may stand before its end: 幸福小区 and 3号库区 are none."""


def mask_citizen_id(text: str) -> str:
    """Keep the first three and the last four characters: `500***********0017`."""
    if len(text) < 15:
        return "*" * len(text)
    return text[:3] + "*" * (len(text) - 7) + text[-4:]


def mask_name(text: str) -> str:
    """Keep the surname: `张*`, `欧阳**`. Other scripts keep their first letter."""
    name = text.strip()
    if len(name) < 2:
        return "*" * len(name)
    kept = 2 if len(name) > 2 and name[:2] in _COMPOUND_SURNAMES else 1
    return name[:kept] + "*" * (len(name) - kept)


def mask_phone(text: str) -> str:
    """Keep the first three and the last four digits of a mobile number; less of a short one."""
    number = text.strip()
    if len(number) < 11:
        return "*" * max(len(number) - 2, 0) + number[-2:] if len(number) > 4 else "*" * len(number)
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


def mask_address(text: str) -> str:
    """Keep up to the district or county (区, 县, 旗); what is below it goes, and its length."""
    stripped = text.strip()
    found = _DISTRICT.match(stripped)
    is_all = found is not None and found[0] == stripped  # then nothing would be hidden
    return (found[0] if found and not is_all else "") + HIDDEN


def mask_tail(text: str) -> str:
    """Keep the last four characters of a text of at least eight."""
    if len(text) < 8:
        return "*" * len(text)
    return "*" * (len(text) - 4) + text[-4:]


MASKS: Final[Mapping[str, Callable[[str], str]]] = {
    "citizen_id": mask_citizen_id,
    "name": mask_name,
    "phone": mask_phone,
    "address": mask_address,
    "tail4": mask_tail,
}
"""By the name that a catalogue uses."""
