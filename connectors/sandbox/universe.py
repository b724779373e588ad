"""Who there is: every index below `SIZE` is one synthetic entity of each kind, known by all its keys.

A key that is no synthetic entity's (a plate somebody typed, a code of another form) still has rows,
and its links lead to synthetic entities; only the way back does not lead to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from connectors.requests import Key
from connectors.sandbox.draw import SIZE, draw, pick
from schema.catalogue.entity import Entity, KeyPart
from schema.catalogue.entity import Key as EntityKey
from schema.catalogue.model import Catalogue
from schema.identifiers import citizen_check_character, credit_check_character, organisation_check_character

_SYMBOLS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
FIRST_BIRTHDAY: Final = date(1946, 1, 1)
BIRTHDAYS: Final = SIZE // 1000
"""Days on which synthetic persons were born."""
_TEXT: Final = "SBX"
"""Begins every synthetic text that identifies something."""
_CREDIT: Final = "91500000DEM"
_CREDIT_DIGITS: Final = (len(_CREDIT), len(_CREDIT) + 5)
_CARRIERS: Final = ("CitizenId", "CreditCode", "String", "ID", "Int")
"""Types that hold an index, best first."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The entity that rows belong to."""

    entity: str
    """Empty where rows belong to nobody in particular."""
    index: int | None
    """`None`: a key that is no synthetic entity's."""
    keys: Mapping[str, Key]
    """By name of the key, those that are known."""
    seed: str
    """What every draw about it depends on."""
    is_person: bool = False
    """One human being, as its entity is personal and has a number of one part."""

    @property
    def position(self) -> int:
        """Where its links begin."""
        return draw(self.seed, "position") % SIZE if self.index is None else self.index


class Universe:
    """The synthetic entities of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._prefixes = _prefixes(catalogue)

    def owner_at(self, entity: str, index: int) -> Owner:
        """The entity at an index."""
        declared = self._catalogue.entities.get(entity)
        names = declared.keys if declared else ()
        keys = {name: key for name in names if (key := self.key_at(entity, name, index)) is not None}
        for name, key in tuple(keys.items()):  # a piece that leaves the index out would name many
            if declared and declared.keys[name].slice and self._index_of(entity, name, key) != index:
                del keys[name]
        return Owner(entity, index, keys, f"{entity}#{index}", self._is_person(entity))

    def owner_of(self, entity: str, name: str, key: Key) -> Owner:
        """The entity that a key names."""
        index = self._index_of(entity, name, key)
        if index is not None:
            return self.owner_at(entity, index)
        declared = self._catalogue.entities.get(entity)
        keys = {name: key}
        for other in declared.keys.values() if declared else ():
            if other.slice is not None and other.slice.key == name:
                keys[other.name] = (str(key[0])[other.slice.start : other.slice.stop],)
        return Owner(entity, None, keys, f"{entity}.{name}={key}", self._is_person(entity))

    def _is_person(self, entity: str) -> bool:
        declared = self._catalogue.entities.get(entity)
        return declared is not None and declared.is_personal and len(declared.default_key.parts) == 1

    def key_at(self, entity: str, name: str, index: int) -> Key | None:
        """A key of the entity at an index; `None` if keys of this type hold no index."""
        declared = self._catalogue.entities[entity]
        key = declared.keys[name]
        if key.slice is not None:
            whole = self.key_at(entity, key.slice.key, index)
            return whole and (str(whole[0])[key.slice.start : key.slice.stop],)
        carrier = _carrier(key)
        if carrier is None:
            return None
        prefixes = self._prefixes.get((entity, name))
        if prefixes:  # another text would be a key that no register is the authority for
            return (pick(prefixes, entity, index) + text_at(index),)
        return tuple(
            write_index(part.type, index) if part is carrier else self._other(part, index)
            for part in key.parts
        )

    def _other(self, part: KeyPart, index: int) -> Any:
        listed = self._catalogue.code_lists.get(part.type)
        if listed is not None:
            return pick(tuple(listed.labels), part.name, index)
        match part.type:
            case "Date":
                return FIRST_BIRTHDAY + timedelta(days=index // 1000)
            case "Boolean":
                return bool(index % 2)
            case "Int":
                return index % 100
        return "XXA"  # ISO 3166: for users to assign, and so nobody's country

    def _index_of(self, entity: str, name: str, key: Key) -> int | None:
        declared = self._catalogue.entities.get(entity)
        if declared is None:
            return None
        wanted = declared.keys[name]
        carrier = _carrier(wanted)
        if carrier is None:
            return None
        value = key[wanted.parts.index(carrier)]
        for prefix in self._prefixes.get((entity, name), ()):
            value = str(value).removeprefix(prefix)
        index = _sliced_index(declared, wanted, value) if wanted.slice else read_index(carrier.type, value)
        is_its = index is not None and index < SIZE and self.key_at(entity, name, index) == key
        return index if is_its else None


def _prefixes(catalogue: Catalogue) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """By entity and key, what a text has to begin with so that some register answers for it."""
    covered: dict[tuple[str, str], set[str]] = {}
    for resource in catalogue.resources.values():
        for one in resource.attachments:
            key = catalogue.entities[one.entity].default_key
            if one.is_core and [part.type for part in key.parts] == ["String"]:
                covered.setdefault((one.entity, key.name), set()).update(one.covers.prefixes or ("",))
    return {name: tuple(sorted(found)) for name, found in covered.items() if "" not in found}


def write_index(type_name: str, index: int) -> Any:
    """An identifier of a scalar type, check characters included."""
    match type_name:
        case "CitizenId":
            days, sequence = divmod(index, 1000)
            body = f"500000{FIRST_BIRTHDAY + timedelta(days=days):%Y%m%d}{sequence:03d}"
            return body + citizen_check_character(body)
        case "CreditCode":
            organisation = "DEM" + _digits(index, 5)
            body = f"91500000{organisation}{organisation_check_character(organisation)}"
            return body + credit_check_character(body)
        case "Int":
            return index
    return text_at(index)


def text_at(index: int) -> str:
    """A text that identifies something."""
    return _TEXT + _digits(index, 6)


def read_index(type_name: str, value: Any) -> int | None:
    """The index that an identifier may hold; to be verified by writing it again."""
    text = str(value)
    match type_name:
        case "CitizenId":
            if not (text.isascii() and text[:17].isdigit() and len(text) == 18):
                return None
            day = date(int(text[6:10]), int(text[10:12]), int(text[12:14])) - FIRST_BIRTHDAY
            return day.days * 1000 + int(text[14:17]) if day.days >= 0 else None
        case "CreditCode":
            return _number(text[_CREDIT_DIGITS[0] : _CREDIT_DIGITS[1]])
        case "Int":
            return value if isinstance(value, int) and value >= 0 else None
    return _number(text.removeprefix(_TEXT))


def _sliced_index(entity: Entity, key: EntityKey, value: Any) -> int | None:
    assert key.slice is not None
    start, stop = (end - key.slice.start for end in _CREDIT_DIGITS)
    whole = entity.keys[key.slice.key].parts[0].type
    return _number(str(value)[start:stop]) if whole == "CreditCode" and start >= 0 else None


def _carrier(key: EntityKey) -> KeyPart | None:
    able = [part for part in key.parts if part.type in _CARRIERS]
    names = ("number", "no", "code", "id")
    return min(
        able,
        key=lambda part: (_CARRIERS.index(part.type), not part.name.lower().endswith(names)),
        default=None,
    )


def _digits(number: int, width: int) -> str:
    text = ""
    for _ in range(width):
        number, digit = divmod(number, len(_SYMBOLS))
        text = _SYMBOLS[digit] + text
    return text


def _number(text: str) -> int | None:
    if not text or not set(text) <= set(_SYMBOLS):
        return None
    number = 0
    for symbol in text:
        number = number * len(_SYMBOLS) + _SYMBOLS.index(symbol)
    return number
