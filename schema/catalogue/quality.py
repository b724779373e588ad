"""What the values of an item should be, as declared: carried by the item and said in its description."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Quality:
    """The rules of one item. Counting breaches is not done here."""

    is_required: bool = False
    pattern: str | None = None
    """A regular expression for the whole text."""
    least: Any = None
    """A value of the item's type, as `most`."""
    most: Any = None
    is_listed: bool = False
    same_as: str | None = None
    """`department.resource.item` on the same entity."""

    def __str__(self) -> str:
        """The rules in words, for the graph's descriptions."""
        rules = ["必填 not empty"] * self.is_required
        rules += [f"格式 matches {self.pattern}"] * (self.pattern is not None)
        rules += [f"不小于 at least {self.least}"] * (self.least is not None)
        rules += [f"不大于 at most {self.most}"] * (self.most is not None)
        rules += ["在代码表内 in its code list"] * self.is_listed
        rules += [f"一致 same as {self.same_as}"] * (self.same_as is not None)
        return "; ".join(rules)
