"""What an answer holds, taken from all of its copies together: rows, whose they are, and what failed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.errors import SourceError, SourceMisbehaved
from connectors.graphql.answer import Response
from connectors.graphql.asking import Copy, Place
from connectors.graphql.blame import Blame
from connectors.graphql.prepared import Prepared
from connectors.graphql.rows import Chain
from connectors.http.pages import Position
from connectors.http.repeats import RawRow, Record
from connectors.requests import Key

Asked = tuple[Copy, Position]
"""A copy, and the page of it that is asked for."""
_BLAMELESS = Blame()


@dataclass(slots=True)
class Found:
    """What the answers to one load gave so far."""

    rows: list[RawRow] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    failed: dict[Key, SourceError] = field(default_factory=dict)


def take(prepared: Prepared, asked: Sequence[Asked], response: Response, found: Found) -> list[Asked]:
    """Keep what an answer holds; give the copies that go on, and where."""
    blames = _blames(prepared, asked, response, found) if response.failures else {}
    kept = [
        (number, copy, response.values[number])
        for number, (copy, _) in enumerate(asked)
        if number not in blames or not blames[number].keys.keys() >= set(copy.keys)
    ]
    if prepared.asking.has_aliases:
        counts = _take_aliases(prepared, kept, found)
    else:
        counts = [_take_list(prepared, one, blames.get(one[0], _BLAMELESS), found) for one in kept]
    paging = prepared.selected.paging
    if paging is None:
        return []
    left: list[Asked] = []
    for (number, copy, value), count in zip(kept, counts, strict=True):
        following = paging.following(value, asked[number][1], count)
        if following is not None:
            left.append((copy, following))
    return left


_Kept = tuple[int, Copy, Any]
"""A copy of which something is left: its number, itself, and what stands under its alias."""


def _blames(
    prepared: Prepared, asked: Sequence[Asked], response: Response, found: Found
) -> Mapping[int, Blame]:
    blames = {}
    for number, failures in response.failures.items():
        blame = blames[number] = prepared.blaming.of(asked[number][0], response.values[number], failures)
        for key, error in blame.keys.items():
            found.failed.setdefault(key, error)
    return blames


def _take_aliases(prepared: Prepared, kept: Sequence[_Kept], found: Found) -> Sequence[int]:
    """The records of each copy are of one key; how many there are of each."""
    chains, numbers = prepared.selected.chains_of_each([value for _, _, value in kept])
    _add(prepared, chains, [kept[number][1].places[0] for number in numbers], found)
    counted = Counter(numbers)
    return [counted[number] for number in range(len(kept))]


def _take_list(prepared: Prepared, one: _Kept, blame: Blame, found: Found) -> int:
    """The records of a list hold their keys, or stand in the order of these; how many there are."""
    _, copy, value = one
    selected = prepared.selected
    if not copy.places:
        chains = selected.chains(value)
        _add(prepared, list(filter(blame.is_whole, chains)) if blame.objects else chains, (), found)
        return len(chains)
    entries, before = selected.route.entries(value, len(copy.places))
    if blame.positions:
        entries = [None if number in blame.positions else one for number, one in enumerate(entries)]
    chains, numbers = selected.chains_of_each(entries, before)
    _add(prepared, chains, [copy.places[number] for number in numbers], found)
    return len(chains)


def _add(prepared: Prepared, chains: Sequence[Chain], owners: Sequence[Place], found: Found) -> None:
    """Add the rows of records; `owners`, where there are any, says whose each of them is."""
    is_keyless = prepared.selected.is_keyless
    rows = prepared.selected.read(chains, [owner.known for owner in owners] if is_keyless else ())
    if owners and not is_keyless:
        _check_owners(prepared, rows, owners)
    found.rows += rows
    found.records += [chain[-1] for chain in chains]


def _check_owners(prepared: Prepared, rows: Sequence[RawRow], owners: Sequence[Place]) -> None:
    """Refuse rows that stand where another key's belong: the answer is in another order than asked."""
    for row, owner in zip(rows, owners, strict=True):
        at = prepared.text_at[owner.alternative]
        is_its_text = at is not None and row[at].__class__ is str and row[at] == owner.expected[0]
        if not is_its_text and not _names(prepared, row, owner):
            raise SourceMisbehaved("a row in the place of another key")


def _names(prepared: Prepared, row: RawRow, owner: Place) -> bool:
    """Whether a row names one of the keys whose it should be, in any form."""
    binding, alternative = prepared.binding, owner.alternative
    places, codecs = prepared.keys[alternative], binding.alternatives[alternative].codecs
    held = tuple(codec.decode(row[place]) for place, codec in zip(places, codecs, strict=True))
    return any(binding.expected(alternative, key) == held for key in owner.keys)
