"""The bench city's keys are well formed and lead to the same rows everywhere."""

from benchmarks.world import TABLES, credit_code, person_id, person_number, rows_of
from schema.identifiers import parse_citizen_id, parse_credit_code


def test_keys_are_well_formed() -> None:
    for number in (0, 1, 989, 990, 29_999, 400_000):
        assert parse_citizen_id(person_id(number)) == person_id(number)
        assert person_number(person_id(number)) == number
        code = credit_code(number % 60_000)
        assert parse_credit_code(code) == code


def test_rows_stand_with_their_key() -> None:
    for name, table in TABLES.items():
        key = person_id(5) if table.is_of_person else credit_code(5)
        found = rows_of(name, [key])
        assert found
        assert {row[table.key] for row in found} == {key}
        assert all(isinstance(row[column], int) for row in found for column in table.numbers)
