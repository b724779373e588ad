"""Which keys are one identity: a table of what registers may say."""

import pytest

from gateway.fetch.alias_graph import AliasGraph, Name, Way

A, B, C, D, N = (("id", (letter,)) for letter in "abcdn")
SAID = Way("d.register")


def graph_of(*rows: tuple[Name, Name | None], asked: str = "abcdn") -> AliasGraph:
    made = AliasGraph()
    for old, current in rows:
        made.add(old, current, SAID)
    made.asked.update(("id", (letter,)) for letter in asked)
    return made


@pytest.mark.parametrize(
    ("rows", "asked_for", "names"),
    [
        ([], A, [A]),
        ([(A, B)], A, [B, A]),
        ([(A, B)], B, [B, A]),
        ([(A, B), (B, C)], A, [C, B, A]),
        ([(A, C), (B, C)], A, [C, A, B]),
        ([(A, A)], A, [A]),
        ([(A, B), (A, B)], A, [B, A]),
    ],
)
def test_the_current_key_comes_first(
    rows: list[tuple[Name, Name]], asked_for: Name, names: list[Name]
) -> None:
    identity = graph_of(*rows).identity(asked_for)
    assert identity is not None
    assert list(identity.names) == names


@pytest.mark.parametrize(
    "rows",
    [
        [(A, B), (B, A)],
        [(A, B), (B, C), (C, A)],
        [(A, B), (A, C)],
        [(A, B), (B, C), (B, D)],
        [(A, None)],
        [(A, B), (B, None)],
    ],
)
def test_what_is_unclear_is_nobody(rows: list[tuple[Name, Name | None]]) -> None:
    assert graph_of(*rows).identity(A) is None


def test_a_key_with_two_successors_belongs_to_neither() -> None:
    torn = graph_of((A, B), (A, C))
    assert [one and one.names for one in (torn.identity(B), torn.identity(C))] == [(B,), (C,)]
    assert torn.related(B) == [B, A]


def test_a_chain_that_was_not_followed_to_its_end_is_nobody() -> None:
    assert graph_of((A, B), (B, C), asked="ab").identity(A) is None
    assert graph_of((A, B), (B, C), asked="bc").identity(C) is None


def test_what_led_to_the_current_key_is_told_step_by_step() -> None:
    corrected, merged = Way("d.corrections", "corrected"), Way("d.mergers", "merged")
    made = graph_of()
    made.add(A, B, corrected)
    made.add(B, C, merged)
    made.add(D, C, merged)
    told = [made.identity(name) for name in (A, B, C, D)]
    assert [one and one.steps for one in told] == [(corrected, merged), (merged,), (), (merged,)]
    assert {one and frozenset(one.ways) for one in told} == {frozenset({corrected, merged})}
