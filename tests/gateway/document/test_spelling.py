"""Documents that differ in blanks and comments alone are one, and each is refused as it stands."""

import re

import pytest
from graphql import GraphQLSyntaxError
from graphql.language import Lexer, Source, Token, TokenKind
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.document.front_door import FrontDoor
from gateway.document.measure import DocumentLimits
from gateway.document.tokens import squeeze
from gateway.errors import LimitExceeded, SyntaxRefused
from tests.cities.harbour_rows import LI, ZHANG
from tests.kit import open_city

LIMITS = DocumentLimits()
PLAIN = "query Q($id: CitizenId!) {\n  person(id: $id) { name, sex }\n}"
WITH_TEXT = f'{{ person(id: "{ZHANG}") {{ name qualifications(first: 2) {{ number }} }} }}'
PIECES = [
    "a",
    "1",
    "{",
    "#",
    ",",
    " ",
    "\t",
    "\n",
    "\r",
    "\ufeff",
    "\xa0",
    "\u2028",
    "\x0b",
    "...",
    "\ud800",
    "\udc00",
    "😀",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=7).map("".join)


def lexed(text: str) -> list[tuple[TokenKind, str | None]] | None:
    """Its tokens, comments without their words; `None` where it is no GraphQL."""
    lexer = Lexer(Source(text))
    found: list[tuple[TokenKind, str | None]] = []
    try:
        while lexer.advance().kind is not TokenKind.EOF:
            pass
    except GraphQLSyntaxError:
        return None
    token: Token | None = lexer.token
    while token is not None:
        found.append((token.kind, None if token.kind is TokenKind.COMMENT else token.value))
        token = token.prev
    return found


@given(one=TEXTS, other=TEXTS)
@example(one="a#\ud800\udc00a\na", other="a#\ud800\udc00a a")
@example(one="a # b\nc", other="a #\n\n c")
@example(one="a\xa0a", other="a a")
@example(one="a # \ud800", other="a #")
@example(one="a ##\n", other="a #\n#\n")
def test_texts_of_one_spelling_have_the_same_tokens_and_as_many_comments(one: str, other: str) -> None:
    spelled = squeeze(one, 100)
    if spelled is not None and spelled == squeeze(other, 100):
        assert lexed(one) == lexed(other)


@given(text=TEXTS)
def test_blanks_and_the_words_of_comments_make_no_other_spelling(text: str) -> None:
    spaced = re.sub("[ ,\t\n\ufeff]", lambda found: found[0] * 3, text.replace("#", "# b # {,"))
    assert squeeze(text, 100) == squeeze(spaced, 100)


@given(text=st.sampled_from(["a ", "a#\n", ",#\n", "# a\n\t"]), times=st.integers(3, 9))
def test_what_passes_the_limit_is_no_other_text(text: str, times: int) -> None:
    limit = 3
    assert squeeze(text * (limit + times), limit) != squeeze(text * limit, limit)


VARIANTS = ("# one\n{}", "#\r\n,,{}", "#{{ }} …\n\ufeff{}\n\n", "  # a # b\r{},", "{} # behind")


@pytest.mark.parametrize("text", [PLAIN, WITH_TEXT])
async def test_another_spelling_takes_no_place_and_no_plan(text: str) -> None:
    city = open_city()
    documents, variables = city.gateway.snapshot.closed.documents, {"id": ZHANG}
    answers = [
        await city.ask(variant.format(text.replace(" ", blank)), variables)
        for variant in VARIANTS[:-1]
        for blank in (" ", "\t ,", "\n")
    ]
    assert answers == [answers[0]] * len(answers)
    assert (documents.parsed, len(documents.known), len(documents.known.plans)) == (1, 1, 1)
    assert await city.ask(VARIANTS[-1].format(text), variables) == answers[0]
    assert documents.parsed == 2, "a comment elsewhere"


async def test_what_is_found_by_its_spelling_goes_with_its_document() -> None:
    city = open_city()
    door = FrontDoor(city.gateway.snapshot.closed.schema, DocumentLimits(max_cached=1))
    first, _ = door.read(PLAIN)
    assert door.read(PLAIN + " ")[0] is first
    door.read("{ catalogue { total } }")
    assert door.read(PLAIN + " ")[0] is not first
    assert door.parsed == 3
    door.known.clear()
    assert door.read(PLAIN)[0] is not first


async def test_a_spelling_is_known_after_a_reload() -> None:
    schema = open_city().gateway.snapshot.closed.schema
    before, after = FrontDoor(schema, LIMITS), FrontDoor(schema, LIMITS)
    before.read(WITH_TEXT)
    (in_use,) = before.known.in_use(1, 1)
    found = after.read_ahead(in_use)
    assert found is not None
    assert after.read("\n" + WITH_TEXT.replace(ZHANG, LI))[0].plans is found.plans
    assert after.parsed == 1


REFUSED: dict[str, tuple[str, dict[str, object]]] = {
    "a value": ("query($id: CitizenId!) { person(id: $id) { name } }", {"id": 1}),
    "a default": ("query($id: CitizenId = null) { person(id: $id) { name } }", {}),
    "a value beside a text": (
        f'query($n: Int!) {{ person(id: "{ZHANG}") {{ qualifications(first: $n) {{ number }} }} }}',
        {"n": "x"},
    ),
    "a text": ('{ person(id: "1") { name } }', {}),
    "a field": ("{ catalogue { total nonsense } }", {}),
    "an end": ("{ catalogue { total }", {}),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_refusal_tells_places_of_the_text_that_was_sent(name: str) -> None:
    """Whatever was read before."""
    city, (text, variables) = open_city(), REFUSED[name]
    for variant in (text, "\n\n  " + text, text + "\n", "\n" + text):
        refused = await city.answer(variant, variables)
        assert refused.status == 400
        assert refused == await open_city().answer(variant, variables)


async def test_only_what_is_read_alike_is_shared() -> None:
    city = open_city()
    door = FrontDoor(city.gateway.snapshot.closed.schema, LIMITS)
    door.read(PLAIN)
    for other in ("\xa0" + PLAIN, PLAIN + "#\ud800", PLAIN.replace("name,", "name#,")):
        with pytest.raises(SyntaxRefused):
            door.read(other)
    known = '{ companies(where: { name: { eq: """a # b""" } }) { totalCount } }'
    assert door.read(known)[0] is not door.read(known.replace("# b", "# c"))[0]


async def test_comments_have_the_limit_of_tokens_in_another_spelling_too() -> None:
    city = open_city()
    door = FrontDoor(city.gateway.snapshot.closed.schema, DocumentLimits(max_tokens=30))
    door.read(PLAIN)
    with pytest.raises(LimitExceeded):
        door.read("#\n" * 20 + PLAIN)
    door.read("#\n" * 5 + PLAIN)
    door.read("# \n" * 5 + PLAIN)
    assert door.parsed == 3
