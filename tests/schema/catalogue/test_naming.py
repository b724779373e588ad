"""Field names are drafted from titles: a table, and what holds for any title."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.catalogue.dictionary import Dictionary, Element, read_dictionary
from schema.catalogue.naming import draft_names, is_name

DRAFTS = [
    ("姓名", "name", "dictionary", "姓名 — Name"),
    ("公民身份号码", "citizenId", "dictionary", "公民身份号码 — Citizen identity number"),
    ("统一社会信用代码", "uscc", "dictionary", "统一社会信用代码 — Unified social credit code"),
    (" 有效期 至 ", "validTo", "dictionary", " 有效期 至  — Valid to"),
    ("注册资本（万元）", "registeredCapital", "dictionary", "注册资本（万元） — Registered capital"),
    ("车辆所有人姓名", "vehicleOwnerName", "words", "车辆所有人姓名 — Vehicle owner name"),
    ("法定代表人证件号码", "legalRepresentativeIdNo", "words", "法定代表人证件号码 — Legal representative id no"),
    ("是否残疾", "isDisability", "words", "是否残疾 — Is disability"),
    ("银行行长", "yinHangHangZhang", "pinyin", "银行行长"),
    ("女性绿卡", "nvXingLvKa", "pinyin", "女性绿卡"),
    ("VIN码", "vinMa", "pinyin", "VIN码"),
    ("2019年鉴", "item2019NianJian", "pinyin", "2019年鉴"),
    ("※", "item", "pinyin", "※"),
    ("公园名称 — Name of the park", "nameOfThePark", "title", "公园名称 — Name of the park"),
    ("公园名称 — A name that says far too much of it", "parkName", "words", "公园名称 — A name that says far too much of it"),
    ("Date of birth", "dateOfBirth", "title", "Date of birth"),
    ("CERT_NO", "certNo", "title", "CERT_NO"),
    ("ＸＭ", "xm", "title", "ＸＭ"),
    ("ID", "itemId", "title", "ID"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "name", "origin", "bilingual"), DRAFTS, ids=[d[0] for d in DRAFTS])
def test_a_title_drafts_a_name(title: str, name: str, origin: str, bilingual: str) -> None:
    (draft,) = draft_names([title])
    assert (draft.name, draft.origin, draft.bilingual) == (name, origin, bilingual)


def test_no_two_items_get_one_name() -> None:
    drafts = draft_names(["登记日期", "注册日期", "登记日期"], taken=["registeredOn2"])
    assert [draft.name for draft in drafts] == ["registeredOn", "registeredOn3", "registeredOn4"]


@given(st.lists(st.text(min_size=1, max_size=30), max_size=8))
def test_any_titles_give_as_many_different_names(titles: list[str]) -> None:
    names = [draft.name for draft in draft_names(titles)]
    assert len(set(names)) == len(titles)
    assert all(is_name(name) and name != "id" for name in names)


def test_the_fewest_words_win() -> None:
    words = {
        text: Element(name, name) for text, name in (("甲", "a"), ("乙", "b"), ("甲乙", "ab"), ("丙", "c"))
    }
    dictionary = Dictionary({}, words)
    assert [e.name for e in dictionary.compose("甲乙丙")] == ["ab", "c"]
    assert dictionary.compose("甲丁") == ()
    assert dictionary.compose("") == ()


def test_every_entry_of_the_dictionary_is_a_name_and_has_english() -> None:
    dictionary = read_dictionary()
    for entries in (dictionary.elements, dictionary.words):
        for title, element in entries.items():
            assert is_name(element.name), title
            assert element.english[0].isupper() or element.english[0].isdigit(), title
            assert element.english.isascii(), title


@pytest.mark.parametrize(
    ("title", "name"),
    [("银行", "yinHang"), ("行人", "xingRen"), ("重复", "chongFu"), ("重量级", "zhongLiangJi")],
)
def test_a_phrase_decides_how_a_character_is_read(title: str, name: str) -> None:
    assert draft_names([title], dictionary=Dictionary({}, {}))[0].name == name
