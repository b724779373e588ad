"""Words that synthetic text is made of, in the language of the title that asks for it."""

import re
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
_FIRST_NAMES: Final = ("Alex", "Blake", "Casey", "Dana", "Ellis", "Frankie", "Gale", "Jamie", "Kim", "Robin")
_LAST_NAMES: Final = (
    "Archer",
    "Baker",
    "Cooper",
    "Dyer",
    "Fisher",
    "Mason",
    "Miller",
    "Smith",
    "Taylor",
    "Weaver",
)
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")


def is_chinese(title: str) -> bool:
    """Whether text under this title is Chinese."""
    return _CHINESE.search(title) is not None


def person_name(title: str, seed: str) -> str:
    """A person's name."""
    if is_chinese(title):
        return pick(_SURNAMES, seed, "surname") + pick(_GIVEN, seed, "given")
    return f"{pick(_FIRST_NAMES, seed, 'given')} {pick(_LAST_NAMES, seed, 'surname')}"


def body_name(title: str, seed: str) -> str:
    """An organisation's name, which says that it is a sample."""
    if is_chinese(title):
        marks = pick(_MARKS, seed, "mark") + pick(_MARKS, seed, "second mark")
        return f"样例{marks}{pick(_TRADES, seed, 'trade')}有限公司"
    return f"Sample {pick(_LAST_NAMES, seed, 'mark')} {draw(seed, 'second mark') % 90 + 10} Ltd"


def address(title: str, *words: object) -> str:
    """An address in a place that does not exist."""
    street, room = draw(*words, "street") % 300 + 1, draw(*words, "room") % 30 + 1
    if is_chinese(title):
        return f"样例区模拟路{street}号{room}室"
    return f"{street} Sample Street, Room {room}, Nowhere"


def phone(*words: object) -> str:
    """Eleven digits that begin as no telephone number does."""
    return f"100{draw(*words, 'phone') % 10**8:08d}"


def sex(title: str, code: str | None) -> str:
    """The word for `1` or `2` (GB/T 2261.1)."""
    chinese = is_chinese(title)
    return ("女" if chinese else "female") if code == "2" else ("男" if chinese else "male")


def sample(title: str, *words: object) -> str:
    """A text about nothing in particular, in the words of an item's title."""
    plain = title.partition(" — ")[0].partition("（")[0]
    number = draw(*words, "sample") % 20 + 1
    return f"{plain}样例{number}" if is_chinese(plain) else f"{plain} sample {number}"
