"""Documents that are meant to hurt are refused by what they are, before the work that would hurt."""

import gc
import traceback
from collections.abc import Mapping

import pytest
from graphql import GraphQLSchema, parse
from graphql.language import Lexer, Node, Source, Token, TokenKind
from hypothesis import given
from hypothesis import strategies as st

from gateway.document import front_door, measure
from gateway.document.front_door import FrontDoor
from gateway.document.measure import DocumentLimits, Measure
from gateway.document.parse import parse as bounded_parse
from gateway.document.tokens import _TOKEN, has_more_tokens
from gateway.errors import CostExceeded, GatewayError, LimitExceeded, SyntaxRefused
from tests.cities.harbour_rows import ZHANG
from tests.kit import open_city

LIMITS = DocumentLimits()
PERSON = f'person(id: "{ZHANG}")'


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return open_city().gateway.snapshot.closed.schema


def lexed(text: str) -> int:
    lexer, count = Lexer(Source(text)), 0
    while lexer.advance().kind is not TokenKind.EOF:
        count += 1
    return count


TEXTS = [
    "", "#", "# only\n# comments", "{ a }", "{ a } # end", "{ a } #", "{...F ... on B { c }}", '""', '"a\\"b" "c"',
    '{ a(b: "x\\\\", c: """a "" b \\""" c""", d: -1.5e+10, e: [1, 2 3]) @x { f } }', '{a(x: """""")}',
    "query ($a: Int = 1, $b: [S!]!) { a: b }", "\ufeff{ a,,, b }", '{ a(x: "\\u{1F600}\u4e2d\u6587") }', "{ a\r\n# x\r\nb }",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_tokens_are_counted_as_the_lexer_counts_them(text: str) -> None:
    count = lexed(text)
    assert sum(match[1] is not None for match in _TOKEN.finditer(text)) == count
    assert not has_more_tokens(text, count)
    if count:
        assert has_more_tokens(text, count - 1)


@pytest.mark.parametrize(
    "text",
    ["a " * 50_000, '"' * 99_999, '"""' + "\\" * 90_000, "#" * 99_000, "#\n" * 49_000, '"' + '\\"' * 49_000],
)
def test_what_has_no_end_is_counted_to_its_end(text: str) -> None:
    """Linear whatever stands there: an expression that goes back would not come to an end here."""
    assert has_more_tokens(text, 0) is (text[0] != "#")


def chained(count: int) -> str:
    links = " ".join(f"fragment f{n} on Person {{ name ...f{n + 1} }}" for n in range(count))
    return f"{{ {PERSON} {{ ...f0 }} }} {links} fragment f{count} on Person {{ name }}"


DOUBLING = " ".join(f"fragment f{n} on Person {{ ...f{n - 1} ...f{n - 1} }}" for n in range(1, 31))
SPREADS = "".join(f"...f{n} " for n in range(150))
FRAGMENTS = "".join(f"fragment f{n} on Person {{ a{n}: name }} " for n in range(150))
REFUSED: Mapping[str, tuple[str, int]] = {
    "one field 1,500 times": (f"{{ {PERSON} {{ {'name ' * 1_500} }} }}", 103),
    "one list 150 times": (f"{{ {PERSON} {{ {'qualifications { number grade } ' * 150} }} }}", 103),
    "the same two levels down": (
        f"{{ {PERSON} {{ {'qualifications { operator { name } } ' * 70} }} }}",
        260,
    ),
    "fragments that double": (
        f"{{ {PERSON} {{ ...f30 }} }} fragment f0 on Person {{ name }} {DOUBLING}",
        320,
    ),
    "a chain of 500 fragments": (chained(500), 110),
    "150 fragments beside each other": (f"{{ {PERSON} {{ {SPREADS} }} }} {FRAGMENTS}", 210),
    "one spread 1,500 times": (
        f"{{ {PERSON} {{ {'...f ' * 1_500} }} }} fragment f on Person {{ name }}",
        210,
    ),
    "2,500 selections": (
        "{ " + " ".join(f"a{n}: {PERSON} {{ b{n}: name }}" for n in range(1_250)) + " }",
        2_001,
    ),
    "one root 400 times": ("{ " + " ".join(f"a{n}: {PERSON} {{ name }}" for n in range(400)) + " }", 101),
    "one list 400 times": (
        f"{{ {PERSON} {{ "
        + " ".join(f"a{n}: qualifications(first: {n}) {{ number }}" for n in range(400))
        + " } }",
        102,
    ),
    "one item 1,600 times": (
        f"{{ {PERSON} {{ " + " ".join(f"a{n}: name" for n in range(1_600)) + " } }",
        102,
    ),
    "one page of the catalogue 600 times": (
        "{ catalogue { " + " ".join(f"a{n}: nodes {{ code }}" for n in range(600)) + " } }",
        102,
    ),
    "the catalogue six times": ("{ " + " ".join(f"a{n}: catalogue {{ total }}" for n in range(6)) + " }", 6),
    "11 directives": (f"{{ {PERSON} {{ name {'@skip(if: false) ' * 11} }} }}", 2),
    "six introspections": (
        "{ " + " ".join(f"a{n}: __schema {{ types {{ name }} }}" for n in range(6)) + " }",
        6,
    ),
    "30 levels": ("{ a " * 30 + "}" * 30, 30),
    "21 fragments nobody spreads": (
        f"{{ {PERSON} {{ name }} }} " + " ".join(f"fragment f{n} on Person {{ name }}" for n in range(21)),
        2,
    ),
    "an unused fragment of 200 fields": (
        f"{{ {PERSON} {{ name }} }} fragment f on Person {{ {'name ' * 200} }}",
        104,
    ),
    "unused fragments that double": (
        f"{{ {PERSON} {{ name }} }} fragment f0 on Person {{ name }} {DOUBLING[: DOUBLING.index('fragment f15')]}",
        600,
    ),
}

PIECES: Mapping[str, tuple[str, int]] = {
    "one field 1,500 times": (f"{{ {PERSON} {{ {'name ' * 1_500} }} }}", 120),
    "one root 400 times": (REFUSED["one root 400 times"][0], 101 * 11 + 10),
    "one item 1,600 times": (REFUSED["one item 1,600 times"][0], 101 * 3 + 20),
    "one page of the catalogue 600 times": (REFUSED["one page of the catalogue 600 times"][0], 101 * 6 + 20),
    "2,500 selections": (f"{{ {' '.join(f'a{n}: b{n}' for n in range(2_500))} }}", 6_010),
    "251 variables": (
        f"query Q({' '.join(f'$v{n}: Int' for n in range(1_600))}) {{ {PERSON} {{ name }} }}",
        1_010,
    ),
    "251 arguments": (f"{{ a({' '.join(f'a{n}: 1' for n in range(1_600))}) }}", 760),
    "251 fields of an object": (f"{{ a(b: {{ {' '.join(f'a{n}: 1' for n in range(1_600))} }}) }}", 760),
    "251 fragments": (f"{{ a }} {'fragment f on Person { name } ' * 700}", 1_760),
}
"""What is refused by its own text, and how many tokens of it are read until then."""


@pytest.mark.parametrize("name", PIECES)
def test_a_text_is_read_no_further_than_to_a_bound(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text, most = PIECES[name]
    read, advance = 0, Lexer.advance

    def advance_counted(self: Lexer) -> Token:
        nonlocal read
        read += 1
        return advance(self)

    monkeypatch.setattr(Lexer, "advance", advance_counted)
    with pytest.raises(LimitExceeded):
        bounded_parse(text, DocumentLimits(max_tokens=20_000))
    assert read <= most


FIELDS = st.tuples(st.sampled_from(["", "a: ", "b: "]), st.sampled_from(["a", "b"])).map("".join)
SETS = st.recursive(
    FIELDS | st.sampled_from(["...f", "...g"]),
    lambda inner: st.tuples(
        FIELDS | st.just("..."),
        st.lists(inner, min_size=1, max_size=5).map(lambda some: f"{{ {' '.join(some)} }}"),
    ).map(" ".join),
    max_leaves=12,
)


@given(st.lists(SETS, min_size=3, max_size=8), st.sets(st.sampled_from(["f", "g"])))
def test_what_is_refused_while_it_is_read_is_refused_by_its_measure(sets: list[str], used: set[str]) -> None:
    """The early bounds on fields are no bounds of their own: a document is as large whoever counts."""
    f, g, *rest = sets
    spreads = " ".join(f"...{name}" for name in sorted(used))
    text = f"{{ {' '.join(rest)} {spreads} }} fragment f on A {{ {f} }} fragment g on A {{ {g} }}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measure, "MAX_ALIASES", 3)
        patch.setattr(measure, "MAX_PAIRS", 6)
        limits = DocumentLimits(max_fields=9)
        try:
            bounded_parse(text, limits)
        except LimitExceeded:
            with pytest.raises(LimitExceeded):
                Measure(parse(text), limits).check()


@pytest.mark.parametrize("name", REFUSED)
def test_a_measure_stops_where_a_bound_is_passed(name: str) -> None:
    text, most = REFUSED[name]
    measured = Measure(parse(text), LIMITS)
    with pytest.raises(LimitExceeded):
        measured.check()
    assert measured.selections <= most


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_measured_too_large_is_never_validated(
    name: str, schema: GraphQLSchema, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front_door, "validate", None)
    with pytest.raises(LimitExceeded):
        FrontDoor(schema, LIMITS).read(REFUSED[name][0])


LISTS = " ".join(f"a{n}: qualifications(first: {n + 1}) {{ number }}" for n in range(60))
PENALTIES = " ".join(f"a{n}: penalties(first: {n + 1}) {{ fact }}" for n in range(60))
TOO_MANY: Mapping[str, str] = {
    "by two keys": "{ "
    + " ".join(f"a{n}: {PERSON} {{ name }}" for n in range(60))
    + " ".join(f' b{n}: personBy(key: {{citizenId: "{ZHANG}"}}) {{ name }}' for n in range(60))
    + " }",
    "of two persons": f"{{ a: {PERSON} {{ {LISTS} }} b: {PERSON} {{ {LISTS} }} }}",
    "below two links": f"{{ {PERSON} {{ qualifications {{ operator {{ {PENALTIES} }} }} "
    f"other: qualifications(first: 1) {{ operator {{ {PENALTIES} }} }} }} }}",
    "in a fragment, all skipped": f"{{ a: {PERSON} {{ ...f }} b: {PERSON} {{ ...f }} }} "
    + f"fragment f on Person {{ {LISTS.replace('{', '@skip(if: true) {')} }}",
    "of two collections": "{ "
    + " ".join(f"a{n}: companies(first: {n + 1}) {{ nodes {{ name }} }}" for n in range(60))
    + " ".join(f" b{n}: penaltyRecords(first: {n + 1}) {{ nodes {{ fact }} }}" for n in range(50))
    + " }",
}


@pytest.mark.parametrize("name", TOO_MANY)
def test_what_asks_for_too_much_is_never_validated(
    name: str, schema: GraphQLSchema, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front_door, "validate", None)
    door = FrontDoor(schema, LIMITS)
    for _ in range(2):
        with pytest.raises(CostExceeded, match=r"needs \d+ fetches; at most 100 are allowed\."):
            door.read(TOO_MANY[name])
    assert door.parsed == 1


@pytest.mark.parametrize("text", ["a " * 20_000, "x" * 100_001, "{ a(b: [" + "1 " * 5_000 + "]) }"])
def test_what_is_too_long_is_never_parsed(
    text: str, schema: GraphQLSchema, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front_door, "parse", None)
    with pytest.raises(LimitExceeded):
        FrontDoor(schema, LIMITS).read(text)


@pytest.mark.parametrize("text", ["{a" * 300 + "}" * 300, "{a(b:" + "[" * 300 + "]" * 300 + ")}"])
def test_what_is_nested_too_deeply_is_graphql_past_a_bound(text: str, schema: GraphQLSchema) -> None:
    with pytest.raises(LimitExceeded, match="too deeply"):
        FrontDoor(schema, DocumentLimits()).ask(text, None, {})


def test_a_word_of_a_bound_in_a_document_is_not_the_bound(schema: GraphQLSchema) -> None:
    for word in ("tokens", "nested too deeply"):
        with pytest.raises(SyntaxRefused):
            FrontDoor(schema, DocumentLimits()).ask(f"{{ a }} {word}", None, {})


@pytest.mark.parametrize("depth", [60, 240, 1_000])
def test_values_nested_without_end_are_refused_and_not_an_error_of_ours(
    schema: GraphQLSchema, depth: int
) -> None:
    for opened, closed in (("[", "]"), ("{a: ", "}")):
        text = f"{{ person(id: {opened * depth}1{closed * depth}) {{ name }} }}"
        with pytest.raises(GatewayError):
            FrontDoor(schema, LIMITS).read(text)


@pytest.mark.parametrize(
    "text",
    [
        f"{{ {PERSON} {{ ...f0 }} }} "
        + " ".join(f"fragment f{n} on Person {{ name ...f{n + 1} }}" for n in range(20))
        + " fragment f20 on Person { name }",
        f"{{ {PERSON} {{ {'...f ' * 30} }} }} fragment f on Person {{ id name qualifications {{ number }} }}",
        f"{{ {PERSON} {{ ...a ...b }} }} fragment a on Person {{ name ...b }} fragment b on Person {{ name }}",
        "{ " + " ".join(f"a{n}: {PERSON} {{ name }}" for n in range(100)) + " }",
    ],
)
def test_what_honest_clients_send_is_read(text: str, schema: GraphQLSchema) -> None:
    assert FrontDoor(schema, LIMITS).read(text)[0].operations


async def test_fragments_in_a_circle_are_refused() -> None:
    text = f"{{ {PERSON} {{ ...a }} }} fragment a on Person {{ ...b }} fragment b on Person {{ ...a }}"
    body = await open_city().ask(text)
    assert body["errors"][0]["extensions"]["code"] == "VALIDATION_FAILED"


def test_a_refusal_keeps_nobody_it_was_raised_for(schema: GraphQLSchema) -> None:
    door = FrontDoor(schema, LIMITS)
    text = f"{{ {PERSON} {{ nonsense }} }}"
    raised = []
    for _ in range(3):
        with pytest.raises(GatewayError) as refused:
            door.read(text)
        raised.append(refused.value)
    assert door.parsed == 1
    assert len({id(one) for one in raised}) == 3
    assert [one.errors for one in raised[1:]] == [raised[0].errors] * 2
    assert [one.code for one in raised] == ["VALIDATION_FAILED"] * 3
    assert len({len(traceback.extract_tb(one.__traceback__)) for one in raised}) == 1
    assert [one.__traceback__ for _, one in door.known.items() if isinstance(one, GatewayError)] == [None]


def test_a_forgotten_document_goes_without_the_collector(schema: GraphQLSchema) -> None:
    def count(kind: type) -> int:
        return sum(isinstance(one, kind) for one in gc.get_objects())

    door = FrontDoor(schema, DocumentLimits(max_cached=1))
    door.read("{ catalogue { total } }")
    gc.collect()
    before, tokens = count(Node), count(Token)
    door.read(f"{{ {PERSON} {{ name }} }}")
    gc.collect()  # what validation leaves
    assert count(Node) > before
    assert count(Token) == tokens, "a document keeps where its nodes stand, and no token"
    gc.disable()
    try:
        door.known.clear()
        assert count(Node) < before
    finally:
        gc.enable()
