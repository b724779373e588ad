"""Identifiers: every trap that real numbers set."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.identifiers import (
    BEIJING,
    IdentifierError,
    citizen_check_character,
    credit_check_character,
    organisation_check_character,
    parse_citizen_id,
    parse_credit_code,
    to_fifteen_digits,
    to_full_width,
)
from tests.schema import vectors

CITIZEN_IDS = (
    *vectors.PUBLISHED_CITIZEN_IDS,
    *vectors.MADE_UP_CITIZEN_IDS,
    *vectors.SYNTHETIC_CITIZEN_IDS,
)
CREDIT_CODES = (*vectors.PUBLISHED_CREDIT_CODES, *vectors.SYNTHETIC_CREDIT_CODES)
TODAY = date(2024, 2, 29)


@pytest.mark.parametrize("number", CITIZEN_IDS)
def test_citizen_id_is_its_own_normal_form(number: str) -> None:
    assert number == parse_citizen_id(number, TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "50000019900101018x",
        " 50000019900101018X ",
        "500000 19900101 018X",
        to_full_width("50000019900101018X"),
        to_full_width("50000019900101018x"),
        "\u300050000019900101018X\u00a0\t",
    ],
)
def test_citizen_id_is_read_in_any_dress(text: str) -> None:
    assert parse_citizen_id(text, TODAY) == "50000019900101018X"


@pytest.mark.parametrize(("old", "new"), vectors.FIFTEEN_TO_EIGHTEEN.items())
def test_fifteen_digits_become_eighteen_and_back(old: str, new: str) -> None:
    assert parse_citizen_id(old, TODAY) == new
    assert to_fifteen_digits(new) == old


@pytest.mark.parametrize("sequence", ["996", "997", "998", "999"])
def test_centenarian_sequence_means_the_century_before(sequence: str) -> None:
    number = parse_citizen_id("500000880101" + sequence, TODAY)
    assert number[6:10] == "1888"
    assert to_fifteen_digits(number) == "500000880101" + sequence


@pytest.mark.parametrize("body", ["50000020010101001", "50000018880101001", "50000019880101999"])
def test_number_without_an_old_form_has_none(body: str) -> None:
    assert to_fifteen_digits(body + citizen_check_character(body)) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("500000199001010180", "check digit is wrong"),
        ("500000198502140000", "check digit is wrong"),
        ("5.00000198502E+17", "number in scientific notation"),
        ("5.00000198502e17", "number in scientific notation"),
        ("", "length is neither 18 nor 15"),
        ("50000019850214001", "length is neither 18 nor 15"),
        ("5000001985021400177", "length is neither 18 nor 15"),
        ("5000001985O2140017", "characters other than digits are in it"),
        ("50000019850214٠017", "characters other than digits are in it"),
        ("50000O720305021", "length is neither 18 nor 15"),
    ],
)
def test_refusal_names_its_reason_and_not_the_value(text: str, reason: str) -> None:
    with pytest.raises(IdentifierError) as caught:
        parse_citizen_id(text, TODAY)
    assert reason == caught.value.reason
    assert not text or text not in str(caught.value)


@pytest.mark.parametrize("text", ["500000198502140000", "5.00000198502E+17"])
def test_spreadsheet_damage_is_hinted_at(text: str) -> None:
    with pytest.raises(IdentifierError, match="export the column as text"):
        parse_citizen_id(text, TODAY)


@pytest.mark.parametrize("birth", ["19900230", "19000229", "19901301", "19900100", "00000101"])
def test_birth_date_must_exist(birth: str) -> None:
    body = f"500000{birth}018"
    with pytest.raises(IdentifierError, match="not in the calendar"):
        parse_citizen_id(body + citizen_check_character(body), TODAY)


def test_birth_date_may_be_today_and_not_tomorrow() -> None:
    body = "50000020240229001"
    number = body + citizen_check_character(body)
    assert parse_citizen_id(number, TODAY) == number
    with pytest.raises(IdentifierError, match="in the future"):
        parse_citizen_id(number, date(2024, 2, 28))


def test_without_a_day_it_is_held_against_today() -> None:
    for days in (0, 2):  # in two days it is not today, even if it becomes tomorrow now
        birth = datetime.now(BEIJING).date() + timedelta(days)
        body = f"500000{birth:%Y%m%d}001"
        number = body + citizen_check_character(body)
        if days:
            with pytest.raises(IdentifierError, match="in the future"):
                parse_citizen_id(number)
        else:
            assert parse_citizen_id(number) == number


@given(
    st.integers(0, 999_999),
    st.dates(date(1800, 1, 1), TODAY),
    st.integers(0, 999),
    st.integers(0, 17),
    st.integers(1, 9),
)
def test_every_single_wrong_digit_is_noticed(
    division: int, birth: date, sequence: int, position: int, shift: int
) -> None:
    """MOD 11-2 catches every substitution of one digit; no division prefix is refused."""
    body = f"{division:06d}{birth:%Y%m%d}{sequence:03d}"
    number = body + citizen_check_character(body)
    assert parse_citizen_id(number, TODAY) == number
    if number[position] == "X":
        wrong = number[:position] + str(shift)
    else:
        digit = (int(number[position]) + shift) % 10
        wrong = number[:position] + str(digit) + number[position + 1 :]
    with pytest.raises(IdentifierError):
        parse_citizen_id(wrong, TODAY)


@pytest.mark.parametrize("code", CREDIT_CODES)
def test_credit_code_is_its_own_normal_form(code: str) -> None:
    assert parse_credit_code(code) == code


@pytest.mark.parametrize(
    "text", ["n2500112dem000102l", to_full_width("N2500112DEM000102L"), " N2500112DEM000102L "]
)
def test_credit_code_is_read_in_any_dress(text: str) -> None:
    assert parse_credit_code(text) == "N2500112DEM000102L"


def test_credit_code_with_wrong_inner_check_is_refused() -> None:
    body = "91500103DEM000012"
    with pytest.raises(IdentifierError, match="organisation code inside"):
        parse_credit_code(body + credit_check_character(body))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("91500103DEM000014N", "check symbol is wrong"),
        ("91500103DEM00001", "length is not 18"),
        ("91500103DEM0O0014M", "symbols outside the code's alphabet are in it"),
        ("91500103DEM000014S", "symbols outside the code's alphabet are in it"),
    ],
)
def test_credit_code_refusal_names_its_reason_and_not_the_value(text: str, reason: str) -> None:
    with pytest.raises(IdentifierError) as caught:
        parse_credit_code(text)
    assert caught.value.reason == reason
    assert text not in str(caught.value)


def test_organisation_check_may_be_x_or_zero() -> None:
    assert organisation_check_character("DEM00009") == "X"
    assert organisation_check_character("DEM00011") == "0"
