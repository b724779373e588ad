"""Words that synthetic text is made of."""

from typing import Final

from connectors.sandbox.draw import draw, pick

_SURNAMES: Final[tuple[str, ...]] = (*"赵钱孙李周吴郑王冯陈蒋沈韩杨朱秦许何吕张", "欧阳", "司马")
_GIVEN: Final = (
    "伟",
    "芳",
    "娜",
    "敏",
    "静",
    "磊",
    "洋",
    "艳",
    "勇",
    "军",
    "雨桐",
    "子涵",
    "建国",
    "秀英",
    "晓明",
)
_TRADES: Final = ("商贸", "运输", "科技", "建筑", "餐饮", "农业", "咨询", "物业")
_MARKS: Final = tuple("甲乙丙丁戊己庚辛壬癸")


def person_name(seed: str) -> str:
    """A person's name."""
    return pick(_SURNAMES, seed, "surname") + pick(_GIVEN, seed, "given")


def body_name(seed: str) -> str:
    """An organisation's name, which says that it is a sample."""
    marks = pick(_MARKS, seed, "mark") + pick(_MARKS, seed, "second mark")
    return f"样例{marks}{pick(_TRADES, seed, 'trade')}有限公司"


def address(*words: object) -> str:
    """An address in a district that does not exist."""
    return f"样例区模拟路{draw(*words, 'street') % 300 + 1}号{draw(*words, 'room') % 30 + 1}室"


def phone(*words: object) -> str:
    """Eleven digits that begin as no telephone number does."""
    return f"100{draw(*words, 'phone') % 10**8:08d}"


def sample(title: str, *words: object) -> str:
    """A text about nothing in particular, in the words of an item's title."""
    plain = title.partition(" — ")[0].partition("（")[0]
    return f"{plain}样例{draw(*words, 'sample') % 20 + 1}"
