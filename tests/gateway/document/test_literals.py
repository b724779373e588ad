"""Texts are lifted out of a document as the parser reads them, or not at all."""

import pytest
from graphql import GraphQLSyntaxError, StringValueNode, Visitor, parse, visit
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.document.literals import take_texts
from tests.kit import ALL, open_city

PIECES = [
    "a",
    "渝",
    " ",
    "#",
    "{",
    ":",
    "\\n",
    "\\u0041",
    "\\u{5F20}",
    '\\"',
    "\\\\",
    "\\q",
    "\\u12",
    '"',
    '""',
    '"""',
    "\n",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)


def texts_of(document: str) -> list[str]:
    found: list[str] = []

    class Collector(Visitor):
        def enter_string_value(self, node: StringValueNode, *_: object) -> None:
            found.append(node.value)

    visit(parse(document), Collector())
    return found


@given(first=TEXTS, between=st.sampled_from([" ", "\n", ' # a " b\n']), second=TEXTS)
@example(first='a\\"b', between=" ", second="c")
@example(first="a # \\u0041", between=" ", second="c")
@example(first="\\u5f20", between=" ", second="")
@example(first="", between=" ", second='a""a""')
def test_what_is_lifted_is_what_the_parser_reads(first: str, between: str, second: str) -> None:
    document = f'{{ a(x: "{first}"){between}b(y: "{second}") }}'
    taken = take_texts(document)
    if taken is None:
        return
    try:
        read = texts_of(document)
    except GraphQLSyntaxError:
        with pytest.raises(GraphQLSyntaxError):
            parse(taken.template)
        return
    assert list(taken.texts) == read
    assert texts_of(taken.template) == [""] * len(read)


@pytest.mark.parametrize(
    ("literal", "found"),
    [
        ("港城运输集团", 1),
        ("\\u6e2f\\u57ce运输集团", 1),
        ("\\u{6E2F}城运输集团", 1),
        ('港城\\"运输集团', 0),
        ("港城运输集团\\\\", 0),
    ],
)
async def test_an_escape_means_what_it_says(literal: str, found: int) -> None:
    body = await open_city(ALL).ask(
        f'{{ companies(where: {{ name: {{ eq: "{literal}" }} }}) {{ totalCount }} }}'
    )
    assert body["data"] == {"companies": {"totalCount": found}}


async def test_an_escape_that_is_none_is_no_graphql() -> None:
    for literal in ("\\q", "\\u12"):
        body = await open_city(ALL).ask(
            f'{{ companies(where: {{ name: {{ eq: "{literal}" }} }}) {{ totalCount }} }}'
        )
        assert body["errors"][0]["extensions"]["code"] == "SYNTAX_ERROR"
