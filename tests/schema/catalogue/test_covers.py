"""Whose keys are whose: the same, whether one key is asked about or many."""

import pytest

from schema.catalogue.model import EVERY_KEY, Covers

KEYS = (("91500000A", 1), ("51500000B", 2), (9, 3), ("", 4))


@pytest.mark.parametrize(
    ("covers", "covered"),
    [
        (EVERY_KEY, KEYS),
        (Covers(("9",)), (KEYS[0], KEYS[2])),
        (Covers(("51", "52")), (KEYS[1],)),
        (Covers(("X",)), ()),
    ],
)
def test_a_register_covers_keys_by_how_they_begin(covers: Covers, covered: tuple[object, ...]) -> None:
    assert covers.among(KEYS) == covered
    assert tuple(key for key in KEYS if key in covers) == covered
