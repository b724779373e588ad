"""The declaration of a column -> the codec that reads and writes its values."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from schema import stored as dress
from schema import texts
from schema.catalogue.item_declarations import ReadDeclaration
from schema.dates import compile_format
from schema.identifiers import parse_citizen_id, parse_credit_code
from schema.values import DeclaredCodec


def make_codec(
    type_name: str,
    *,
    read: ReadDeclaration | None = None,
    stored: Sequence[str | int] = (),
    stored_codes: Mapping[str, Any] | None = None,
) -> DeclaredCodec:
    """Make the codec of a column of a scalar type or of an enumerated code list.

    `stored_codes` maps codes to what the source stores: for an enumeration every code, for a
    String at least those that differ. Raises `ValueError` if the declaration cannot be met: a
    date format or a scale that is not understood, an enumeration without codes.
    """
    forms = tuple(str(form) for form in stored)
    if stored_codes is not None:
        return _make(type_name, read, forms, stored_codes)
    key = (type_name, repr(read), forms)
    made = _SHARED.get(key)
    if made is None:
        made = _make(type_name, read, forms, None)
        if len(_SHARED) < MAX_SHARED:
            _SHARED[key] = made
    return made


MAX_SHARED = 4_096
_SHARED: dict[tuple[str, str, tuple[str, ...]], DeclaredCodec] = {}
"""Most columns of a city say the same about themselves, and share their codec."""


def _make(
    type_name: str,
    read: ReadDeclaration | None,
    forms: tuple[str, ...],
    stored_codes: Mapping[str, Any] | None,
) -> DeclaredCodec:
    chosen = _dress(type_name, read, forms, stored_codes)
    if read is None:
        return DeclaredCodec(chosen.exact, chosen)
    exact = chosen.exact
    if read.trim or read.encoding is not None:
        exact = frozenset()  # what is stored is not what is compared
    elif read.empty:
        exact &= dress.EQUALITY  # a stored mark for empty sorts and counts as a value
    return DeclaredCodec(exact, chosen, read.trim, tuple(read.empty), read.encoding)


def _dress(
    type_name: str,
    read: ReadDeclaration | None,
    forms: tuple[str, ...],
    stored_codes: Mapping[str, Any] | None,
) -> dress.Stored:
    if stored_codes is not None:
        return texts.coded(stored_codes, type_name)
    scale = _scale(read)
    match type_name:
        case "String" | "ID":
            return texts.plain_text(forms)
        case "Int":
            return dress.whole_number(scale)
        case "Decimal":
            return dress.decimal_number(scale)
        case "Float":
            return dress.float_number(scale)
        case "Boolean":
            return dress.boolean(read.true if read else (), read.false if read else ())
        case "Date" | "DateTime":
            return _moment(type_name, read)
        case "CitizenId":
            # A stored birthday in the future is for quality rules; a codec knows no today.
            return texts.identifier(lambda text: parse_citizen_id(text, date.max), forms)
        case "CreditCode":
            return texts.identifier(parse_credit_code, forms)
        case "GeoJSON":
            return texts.geometry()
    raise ValueError(f"{type_name} has no codes to be read by")


def _moment(type_name: str, read: ReadDeclaration | None) -> dress.Stored:
    is_date = type_name == "Date"
    if read is not None and read.epoch is not None:
        return dress.epoch_date(read.epoch) if is_date else dress.epoch_time(read.epoch)
    if read is None or read.format is None:
        return dress.native_date() if is_date else dress.native_time()
    declared = [read.format] if isinstance(read.format, str) else read.format
    formats = [compile_format(text) for text in declared]
    return dress.text_date(formats) if is_date else dress.text_time(formats)


def _scale(read: ReadDeclaration | None) -> Decimal | None:
    if read is None or read.scale is None:
        return None
    try:
        scale = Decimal(read.scale)
    except InvalidOperation:
        raise ValueError(f"scale {read.scale!r} is not a number") from None
    if not scale.is_finite() or scale == 0:
        raise ValueError(f"scale {read.scale!r} is not a factor")
    return scale
