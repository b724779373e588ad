"""Texts are lifted out of a document as the parser reads them, or not at all."""

import pytest
from graphql import GraphQLSyntaxError, StringValueNode, Visitor, parse, visit
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.document.literals import take_texts
from schema.policy.caller import Caller
from tests.cities.harbour_rows import LI, X_CHECK, ZHANG
from tests.kit import ALL, ANONYMOUS, DESK, open_city

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


MERGED = {
    "an argument": """{{ p: person(id: "{a}") {{ name }} p: person(id: "{b}") {{ bornOn }} }}""",
    "one and a fragment's": """{{ person(id: "{a}") {{ name }} ...F }}
        fragment F on Query {{ person(id: "{b}") {{ bornOn }} }}""",
    "below another": """query($i: CitizenId = "500000198502140017") {{
        person(id: $i) {{ q: qualifications(where: {{ number: {{ ne: "{a}" }} }}) {{ number }} }}
        person(id: $i) {{ q: qualifications(where: {{ number: {{ ne: "{b}" }} }}) {{ points }} }} }}""",
    "a list": """{{ persons(ids: ["{a}", "x"]) {{ code }} persons(ids: ["{b}", "x"]) {{ person {{ name }} }} }}""",
    "an object of which one field is given": """{{ personBy(key: {{ citizenId: "{a}" }}) {{ name }}
        personBy(key: {{ citizenId: "{b}" }}) {{ bornOn }} }}""",
    "in another order": """{{ person(id: "{a}", asOf: "2020-01-01") {{ name }}
        person(asOf: "2020-01-01", id: "{b}") {{ bornOn }} }}""",
    "where other texts happen to be alike": """{{ person(id: "{a}") {{ name }} person(id: "{b}") {{ bornOn }}
        other: person(id: "{a}") {{ name }} }}""",
    "of a collection": """{{ companies(where: {{ name: {{ ne: "{a}" }} }}) {{ nodes {{ name }} }}
        companies(where: {{ name: {{ ne: "{b}" }} }}) {{ nodes {{ capital }} }} }}""",
    "of introspection": """{{ __type(name: "{a}") {{ name }} __type(name: "{b}") {{ kind }} }}""",
}
"""Fields that answer under one name, with a text in the arguments of both."""


@pytest.mark.parametrize(
    ("name", "caller"),
    [*((name, DESK) for name in MERGED), ("of a collection", ANONYMOUS), ("of introspection", ANONYMOUS)],
)
async def test_fields_merge_only_where_their_texts_are_the_same(name: str, caller: Caller) -> None:
    """A document with the same texts is never the one of which another with different texts is answered."""
    city = open_city(ALL)
    alike, different = (MERGED[name].format(a=ZHANG, b=b) for b in (ZHANG, LI))
    fresh = await open_city(ALL).answer(different, caller=caller)
    first = await city.answer(alike, caller=caller)
    assert (first.status, fresh.status) == (200, 400)
    assert await city.answer(different, caller=caller) == fresh
    assert await city.answer(alike, caller=caller) == first


@pytest.mark.parametrize("name", MERGED)
async def test_documents_whose_merged_fields_have_the_same_texts_are_one(name: str) -> None:
    documents = open_city(ALL).gateway.snapshot.closed.documents
    for text in (ZHANG, LI, X_CHECK):
        _, lifted = documents.read(MERGED[name].format(a=text, b=text))
        assert text in lifted.values()
    assert documents.parsed == 1
    (in_use,) = documents.known.in_use(1, 1)
    assert documents.read_ahead(in_use) is not None, "it is as valid with variables"


WHERE = """qualifications(where: {{ number: {{ ne: "{a}" }}, category: {{ ne: "{b}" }} }})"""
ACCIDENT = f"""{{{{ person(id: "{{id}}") {{{{ {WHERE} {{{{ number }}}} {WHERE} {{{{ points }}}} }}}} }}}}"""


async def test_what_happens_to_be_alike_makes_no_document_another() -> None:
    documents = open_city(ALL).gateway.snapshot.closed.documents
    for a, b in (("1", "1"), ("1", "2"), ("2", "1"), ("2", ZHANG)):
        _, lifted = documents.read(ACCIDENT.format(id=ZHANG, a=a, b=b))
        assert sorted(lifted.values()) == sorted((ZHANG, a, b))
    assert documents.parsed == 1


FIXED = {
    "a default value": """query($i: CitizenId = "{a}") {{ person(id: $i) {{ name }} other: person(id: "{b}") {{ name }} }}""",
    "the default value of a list": """query($n: [String!] = ["{a}", "{b}"]) {{ persons(ids: $n) {{ code }} }}""",
    "a block string": """{{ person(id: \"\"\"{a}\"\"\") {{ name }} other: person(id: "{b}") {{ name }} }}""",
    "an escape": """{{ companies(where: {{ name: {{ ne: "\\n{a}" }} }}) {{ totalCount }} person(id: "{b}") {{ name }} }}""",
    "a description": """"{a}" query {{ person(id: "{b}") {{ name }} }}""",
    "a comment": """# "{a}"
        {{ person(id: "{b}") {{ name }} }}""",
}  # fmt: skip
"""Texts that are left where they are."""


@pytest.mark.parametrize("name", FIXED)
async def test_a_text_that_stays_is_never_another_documents(name: str) -> None:
    city = open_city(ALL)
    for a in (ZHANG, LI):
        for b in (ZHANG, LI, X_CHECK):
            text = FIXED[name].format(a=a, b=b)
            fresh = await open_city(ALL).answer(text)
            assert (await city.answer(text), fresh.status) == (fresh, 200)


NUMBERS = {
    "numbers": ("{{ companies(first: {}) {{ nodes {{ name }} }} companies(first: {}) {{ nodes {{ capital }} }} }}", "1", "2"),
    "booleans": ("{{ x: catalogue(connected: {}) {{ total }} x: catalogue(connected: {}) {{ total }} }}", "true", "false"),
    "names": (
        "{{ companies(orderBy: [{{ name: {} }}]) {{ nodes {{ name }} }} companies(orderBy: [{{ name: {} }}]) {{ nodes {{ name }} }} }}",
        "ASC",
        "DESC",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NUMBERS)
async def test_what_is_no_text_is_never_lifted(name: str) -> None:
    city = open_city(ALL)
    template, a, b = NUMBERS[name]
    assert (await city.answer(template.format(a, a))).status == 200
    assert (await city.answer(template.format(a, b))).status == 400
