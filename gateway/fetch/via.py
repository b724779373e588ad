"""Resources attached through another: which values to ask for, and whose rows come back."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from msgspec import structs

from connectors.requests import Key
from gateway.fetch.failures import Failure
from gateway.fetch.keys import distinct, is_filled
from gateway.fetch.prepared import prepare
from gateway.fetch.result import Result, Rows, all_rows
from gateway.plan.model import Fetch, Operands
from schema.values import Invalid


@dataclass(slots=True)
class ViaKeys:
    """What the fetch before says of each key: the values to ask for, or why there are none."""

    before: Result
    entries: dict[Key, Rows | Failure]
    """Keys that are done: withheld, or failed before."""
    values: dict[Key, tuple[Key, ...]] = field(default_factory=dict)

    @property
    def asked(self) -> tuple[Key, ...]:
        """Every value once."""
        return distinct(value for some in self.values.values() for value in some)


def read_via(keys: Iterable[Key], before: Result, position: int, withheld: dict[Key, Failure]) -> ViaKeys:
    """Read the values out of the rows of the fetch before; invalid ones are never followed."""
    found = ViaKeys(before, dict(withheld))
    for key in keys:
        entry = before.entries.get(key, Rows(()))
        if isinstance(entry, Failure):
            found.entries[key] = entry
            continue
        found.values[key] = distinct((row[position],) for row in entry.rows if _is_key(row[position]))
    return found


def join_via(found: ViaKeys, result: Result, fetch: Fetch, operands: Operands) -> Result:
    """The result by key of the entity: cut, partial, stale and as old as either of both."""
    entries, before = found.entries, found.before.entries
    for key, some in found.values.items():
        joined, way = _joined([result.entries[value] for value in some], fetch, operands), before.get(key)
        if isinstance(joined, Rows) and isinstance(way, Rows):
            joined = structs.replace(
                joined,
                is_truncated=joined.is_truncated or way.is_truncated,
                is_partial=joined.is_partial or way.is_partial,
            )
        entries[key] = joined
    return structs.replace(result.aged_by(found.before), entries=entries)


def _is_key(value: Any) -> bool:
    return is_filled(value) and not isinstance(value, Invalid)


def _joined(found: list[Rows | Failure], fetch: Fetch, operands: Operands) -> Rows | Failure:
    """The rows of all values of one key."""
    parts = all_rows(found, allows_partial=fetch.allows_partial)
    if isinstance(parts, Failure):
        return parts
    if len(parts) == 1:
        return parts[0]
    rows = tuple(row for part in parts for row in part.rows)
    return prepare(fetch).finisher(operands).together(parts, rows)
