"""Drafts the English field name of an item from its title.

In this order: the English that the title brings along, the dictionary's word for the whole title, the
dictionary's words for all of its parts, pinyin. A draft is a proposal: `pinning.py` writes it down once,
and what is written down is never drafted again.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from schema.catalogue.dictionary import Dictionary, read_dictionary, spell_out

NAME = re.compile(r"[a-z][A-Za-z0-9]*")
"""A field of the graph; what has this form is a name already."""
RESERVED = frozenset({"id"})
"""Every entity has it: a pseudonym."""
MAX_ENGLISH_WORDS = 5
"""A longer English title is a sentence, and no name."""

Origin = Literal["title", "dictionary", "words", "pinyin"]

_BRACKETED = re.compile(r"[(\[【〔][^)\]】〕]*[)\]】〕]")
_DASH = re.compile(r"\s+[—–-]+\s+")
_CHINESE = re.compile(r"[㐀-鿿豈-﫿]|[\U00020000-\U0003134f]")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


@dataclass(frozen=True, slots=True)
class DraftedName:
    """A field name for a title, and where it comes from."""

    title: str
    """As it was given."""
    name: str
    origin: Origin
    english: str | None = None
    """English for the title, where it has none and the dictionary has some."""

    @property
    def bilingual(self) -> str:
        """The title with its English: `姓名 — Name`."""
        return f"{self.title} — {self.english}" if self.english else self.title


def draft_names(
    titles: Sequence[str], taken: Iterable[str] = (), dictionary: Dictionary | None = None
) -> tuple[DraftedName, ...]:
    """One draft for each title, in order; no two are equal, and none is among `taken`."""
    used = set(taken) | RESERVED
    drafts = []
    for title in titles:
        draft = _draft(title, dictionary or read_dictionary())
        name = _free(draft.name, used)
        used.add(name)
        drafts.append(DraftedName(draft.title, name, draft.origin, draft.english))
    return tuple(drafts)


def is_name(text: str) -> bool:
    """Whether this is a field name and no title."""
    return NAME.fullmatch(text) is not None


def _draft(title: str, dictionary: Dictionary) -> DraftedName:
    chinese, _, english = _DASH.sub("\0", unicodedata.normalize("NFKC", title).strip()).partition("\0")
    if not _CHINESE.search(chinese):
        chinese, english = "", english or chinese
    words = _WORD.findall(_BRACKETED.sub("", english))
    if words and len(words) <= MAX_ENGLISH_WORDS:
        return DraftedName(title, _camel(words), "title")
    core = re.sub(r"[\W_]", "", _BRACKETED.sub("", chinese)) or re.sub(r"[\W_]", "", chinese)
    if found := dictionary.elements.get(core):
        return DraftedName(title, found.name, "dictionary", None if english else found.english)
    if pieces := dictionary.compose(core):
        name = _camel([piece.name for piece in pieces])
        return DraftedName(title, name, "words", None if english else spell_out(name))
    return DraftedName(title, _camel(_syllables(core)), "pinyin")


def _syllables(text: str) -> list[str]:
    """Pinyin without tones, ü as v; a phrase decides how a character with several readings is read."""
    from pypinyin import lazy_pinyin  # its tables are 40 MB, and a gateway drafts no names

    parts = lazy_pinyin(text, errors=_spell)
    return [word for part in parts for word in _WORD.findall(part)]


def _spell(text: str) -> str:
    """What has no pinyin: Latin stays, anything else says nothing."""
    return text if text.isascii() else ""


def _camel(words: Sequence[str]) -> str:
    """`["CERT", "NO"]` -> `certNo`; words in camelCase keep their capitals."""
    parts = [word.lower() if word.isupper() else word for word in words if word]
    joined = "".join(part[:1].upper() + part[1:] for part in parts)
    name = joined[:1].lower() + joined[1:]
    return name if is_name(name) else f"item{joined}"


def _free(name: str, used: set[str]) -> str:
    """The name itself, or with the first number that makes it unique."""
    if name in RESERVED:
        name = f"item{name.capitalize()}"
    number = 1
    free = name
    while free in used:
        number += 1
        free = f"{name}{number}"
    return free
