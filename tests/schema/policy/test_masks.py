"""Masks: what is kept, and that nothing more is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.policy.masks import MASKS

CASES = [
    ("citizen_id", "500000198502140017", "500***********0017"),
    ("citizen_id", "50000019900101018X", "500***********018X"),
    ("citizen_id", "500000720305021", "500********5021"),
    ("citizen_id", "12345678", "********"),
    ("name", "张伟", "张*"),
    ("name", "李秀英", "李**"),
    ("name", "欧阳修文", "欧阳**"),
    ("name", "司马", "司*"),
    ("name", "张", "*"),
    ("name", "Anna", "A***"),
    ("phone", "13800001234", "138****1234"),
    ("phone", "63001234", "******34"),
    ("phone", "110", "***"),
    ("address", "重庆市渝中区人民路1号", "重庆市渝中区***"),
    ("address", "重庆市彭水苗族土家族自治县汉葭街道", "重庆市彭水苗族土家族自治县***"),
    ("address", "江北区县前街2号", "江北区***"),
    ("address", "人民路3号幸福小区5栋", "***"),
    ("address", "幸福小区5栋", "***"),
    ("address", "某处", "***"),
    ("address", " 江北区 ", "***"),
    ("address", "::区", "***"),
    ("tail4", "6222000000001234", "************1234"),
    ("tail4", "1234567", "*******"),
]


@pytest.mark.parametrize(("mask", "text", "masked"), CASES)
def test_mask_keeps_what_it_says(mask: str, text: str, masked: str) -> None:
    assert MASKS[mask](text) == masked


def test_every_mask_has_a_case() -> None:
    assert {mask for mask, _, _ in CASES} == set(MASKS)


@pytest.mark.parametrize("mask", sorted(MASKS))
def test_mask_of_nothing_tells_nothing(mask: str) -> None:
    assert set(MASKS[mask]("")) <= {"*"}


@pytest.mark.parametrize("mask", sorted(MASKS))
@given(text=st.text(min_size=1, alphabet=st.characters(exclude_characters="*")))
def test_mask_always_hides_something(mask: str, text: str) -> None:
    """Whatever comes in, at least one character of it is hidden."""
    masked = MASKS[mask](text)
    kept = masked.replace("*", "")
    assert len(kept) < len(text.strip()) or not text.strip()
    assert kept != text
