"""An entry as bytes that are good for one name, and back: what stands in the second level.

    signature (32 bytes)  HMAC-SHA256 of name, zero byte and body
    body                  JSON; what JSON lacks is [tag, text]

Nothing in the bytes is ever run, and bytes that we did not sign for this name (another version's,
another entry's, somebody else's) are a miss. The signature does not hide the rows.
"""

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import orjson

from connectors.caching.entry import Entry, Reading, size_of
from connectors.plain import NotPlain, from_plain, to_plain
from connectors.requests import OrderTerm
from schema.predicate import And, Compare, Located, Not, Or, Predicate

FORMAT = 1
"""Changes with the layout, so that older entries are misses."""
SIGNATURE_BYTES = hashlib.sha256().digest_size


def seal(name: str, entry: Entry, secret: bytes, expires_at: datetime) -> bytes:
    """Give the bytes of an entry. `expires_at` is a moment that every process understands."""
    reading, rows = entry.reading, entry.rows
    try:
        body = orjson.dumps(
            [
                FORMAT,
                expires_at.isoformat(),
                reading.items,
                _plain_predicate(reading.predicate),
                [[term.item, term.descending] for term in reading.order],
                reading.limit,
                [[to_plain(value) for value in row] for row in rows],
                reading.fetched_at.isoformat(),
                reading.as_of and reading.as_of.isoformat(),
            ]
        )
    except TypeError as error:
        raise NotPlain(str(error)) from None
    return _signature(name, body, secret) + body


def unseal(name: str, sealed: bytes, secret: bytes, moment: datetime, now: float) -> Entry | None:
    """Give the entry of a name, or `None` where the bytes are not ours or their time has passed.

    `moment` and `now` are the same instant, on the wall and on the cache's clock.
    """
    signature, body = sealed[:SIGNATURE_BYTES], sealed[SIGNATURE_BYTES:]
    if not hmac.compare_digest(signature, _signature(name, body, secret)):
        return None
    value = orjson.loads(body)
    if value[0] != FORMAT:
        return None
    _, expires_at, items, predicate, order, limit, rows, fetched_at, as_of = value
    seconds_left = (datetime.fromisoformat(expires_at) - moment).total_seconds()
    if seconds_left <= 0:
        return None
    entry = tuple([tuple(map(from_plain, row)) for row in rows])
    reading = Reading(
        items=tuple(items),
        predicate=_predicate(predicate),
        order=tuple(OrderTerm(item, descending=descending) for item, descending in order),
        limit=limit,
        fetched_at=datetime.fromisoformat(fetched_at),
        as_of=as_of and datetime.fromisoformat(as_of),
        expires_at=now + seconds_left,
        ends_at=now + seconds_left,
        size=size_of([entry]),
    )
    return Entry(reading, entry)


def wall_clock() -> datetime:
    """Now, as every process sees it."""
    return datetime.now(UTC)


def _signature(name: str, body: bytes, secret: bytes) -> bytes:
    return hmac.digest(secret, name.encode() + b"\0" + body, "sha256")


def _plain_predicate(predicate: Predicate | None) -> Any:
    match predicate:
        case None:
            return None
        case Compare(item, operator, operand):
            return [operator, item, to_plain(operand)]
        case And(parts):
            return ["and", *map(_plain_predicate, parts)]
        case Or(parts):
            return ["or", *map(_plain_predicate, parts)]
        case Not(part):
            return ["not", _plain_predicate(part)]
        case Located():
            raise AssertionError("a bound predicate holds comparisons alone")


def _predicate(plain: Any) -> Predicate | None:
    match plain:
        case None:
            return None
        case ["and" | "or" as word, *parts]:
            found = tuple(one for one in map(_predicate, parts) if one is not None)
            return And(found) if word == "and" else Or(found)
        case ["not", part]:
            inner = _predicate(part)
            return None if inner is None else Not(inner)
        case [operator, item, operand]:
            return Compare(item, operator, from_plain(operand))
    raise ValueError("no predicate")
