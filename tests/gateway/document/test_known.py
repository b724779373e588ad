"""What is known of documents stays within its bounds, and what was asked for last is kept."""

from typing import Any

from graphql import parse

from gateway.document.document import Document
from gateway.document.known import REFUSAL_BYTES, TEMPLATE, KnownDocuments, key_of
from gateway.errors import BadInput
from gateway.plan.cache import PlanCache, Planned, Recipe
from tests.cities.harbour_rows import ZHANG
from tests.kit import DESK

REFUSAL = BadInput("It has no operation.")


def document(known: KnownDocuments, size: int = 100) -> Document:
    return Document(parse("{ a }"), {}, plans=PlanCache(known.plans), bytes=size)


def keys(known: KnownDocuments) -> list[bytes]:
    return [key for key, _ in known.items()]


class Plan:
    """None of them is run."""

    def forget(self) -> None:
        """It has nothing that was made of it."""


def plan(document: Document, operation: int) -> Recipe:
    recipe = Recipe(operation, "shape", DESK.unnamed())
    planned: Any = Planned(Plan(), (), recipe)  # type: ignore[arg-type]
    document.plans.find((operation, "rights"), lambda decided: decided, lambda: planned)
    return recipe


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    known = KnownDocuments(2, 1_000_000)
    known.keep(b"a", document(known))
    known.keep(b"b", REFUSAL)
    known.use(b"a")
    known.keep(b"c", document(known))
    assert keys(known) == [b"a", b"c"]
    assert known.get(b"b") is None
    assert len(known) == 2


def test_what_is_kept_weighs_its_key_and_what_is_said_of_it() -> None:
    known = KnownDocuments(10, REFUSAL_BYTES + 1_003)
    known.keep(b"a", REFUSAL)
    known.keep(b"b", document(known, 500))
    assert known.bytes == REFUSAL_BYTES + 502
    known.keep(b"c", document(known, 501))  # one byte more than all may have
    assert keys(known) == [b"b", b"c"]
    assert known.bytes == 1_003


def test_plans_go_with_their_document_and_with_all() -> None:
    known = KnownDocuments(2, 1_000_000)
    for key in (b"a", b"b", b"c"):
        kept = document(known)
        plan(kept, 0)
        known.keep(key, kept)
    assert len(known.plans) == 2
    known.clear()
    assert (len(known), known.bytes, len(known.plans), kept.plans.kept()) == (0, 0, 0, [])


def test_what_is_in_use_is_told_without_refusals_and_with_the_plans_used_last() -> None:
    known = KnownDocuments(10, 1_000_000)
    one, other = document(known), document(known)
    for key, found in ((b"first", document(known)), (b"one", one), (b"refused", REFUSAL), (b"other", other)):
        known.keep(key, found)
    plan(one, 0)
    recipes = plan(one, 1), plan(other, 0)
    assert [(used.key, used.plans) for used in known.in_use(2, 2)] == [
        (b"one", (recipes[0],)),
        (b"other", (recipes[1],)),
    ]


def test_a_key_names_no_text_and_no_template_is_a_text() -> None:
    text = f'{{ person(id: "{ZHANG}") {{ name }} }}'
    assert len(key_of(text)) == len(key_of("")) == 64
    assert key_of(text) != key_of(text, TEMPLATE)
    assert key_of("\ud800") != key_of("\ud801"), "half a character is no error here"
