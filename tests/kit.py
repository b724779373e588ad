"""Opens small gateways for tests: a city over memory sources, with its record kept in a list."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import orjson

from connectors.capabilities import Capabilities
from connectors.memory import KIND, MemoryConnector
from connectors.protocol import Connector
from connectors.recording import RecordingConnector
from connectors.requests import Load, Scan
from connectors.results import Health, Loaded, Page
from gateway.audit.event import Event
from gateway.fetch.guards import ProtectionGuard
from gateway.identity.cursors import Cursors
from gateway.identity.pseudonyms import Pseudonyms
from gateway.pipeline import Gateway
from gateway.request import Answer, Ask
from gateway.snapshot import take_snapshot
from schema.catalogue.model import Catalogue
from schema.catalogue.read import read_catalogue
from schema.policy.caller import ANONYMOUS, Caller, Operator
from schema.policy.model import Policy
from schema.policy.read import read_policy
from schema.predicate import OPERATORS
from tests.cities import fjord_rows
from tests.cities.harbour_rows import PROTECTED, TABLES

CITIES = Path(__file__).parent / "cities"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PSEUDONYMS = Pseudonyms(b"a secret for tests")
ALL = Capabilities(
    max_keys=1_000, projects=True, operators=OPERATORS, orders=True, limits_per_key=True, scans=True
)
"""Pushes everything down."""
NOTHING = Capabilities(max_keys=1_000, projects=True)
"""Pushes nothing down."""
DESK = Caller(
    application="desk",
    audience="share",
    department="transport",
    purposes=frozenset({"PERMIT"}),
    purpose="PERMIT",
    operator=Operator("op-1"),
    case="2026-1",
)
PILOTS = Caller(
    application="pilots",
    audience="share",
    department="maritime",
    purposes=frozenset({"PILOTAGE"}),
    purpose="PILOTAGE",
    operator=Operator("op-1"),
    case="2026-1",
)
"""The desk's like in the other catalogue."""
VISITOR = Caller("visitor", "share", "commerce", frozenset({"TOURISM"}), "TOURISM", Operator("op-2"), "c")
KEEPER = Caller("keeper", "share", "civil", frozenset({"RECORDS"}), "RECORDS", Operator("op-3"), "2026-2")
"""The archive's like in the other catalogue."""
CLERK = Caller("clerk", "share", "civil", frozenset({"RECORDS"}), "RECORDS", Operator("op-4"), "2026-3")
"""The filing clerk's."""
ARCHIVE = Caller(
    "archive", "share", "registry", frozenset({"ARCHIVE"}), "ARCHIVE", Operator("op-3"), "2026-2"
)
"""May show what registers of aliases hold."""
FILING = Caller("filing", "share", "registry", frozenset({"ARCHIVE"}), "ARCHIVE", Operator("op-4"), "2026-3")
"""May use them, and not show what they hold."""
STRANGER = Caller("stranger", "share", "market", frozenset({"OTHER"}), "OTHER", Operator("op-2"), "c")


def recorded(failure: Exception | None = None) -> asyncio.Future[None]:
    """What a recorder gives that has written already, or cannot."""
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    if failure is None:
        done.set_result(None)
    else:
        done.set_exception(failure)
    return done


@dataclass
class KeptRecord:
    """A recorder that keeps events in lists."""

    events: list[Event] = field(default_factory=list)
    notes: list[Event] = field(default_factory=list)
    is_writable: bool = True

    def record(self, event: Event) -> asyncio.Future[None]:
        self.events.append(event)
        return recorded()

    def note(self, event: Event) -> None:
        self.notes.append(event)

    async def aclose(self) -> None: ...


@dataclass
class City:
    """A gateway over memory sources, and what it asked of them."""

    gateway: Gateway
    catalogue: Catalogue
    policy: Policy
    sources: Mapping[str, RecordingConnector]
    record: KeptRecord

    async def ask(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        caller: Caller = DESK,
        **options: Any,
    ) -> dict[str, Any]:
        """Ask through the whole pipeline and give the parsed body."""
        answer = await self.answer(document, variables, caller, **options)
        body: dict[str, Any] = orjson.loads(answer.body)
        return body

    async def answer(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        caller: Caller = DESK,
        **options: Any,
    ) -> Answer:
        deadline = asyncio.get_running_loop().time() + 60  # nobody is meant to be late
        ask = Ask(document, caller, "r-1", deadline, variables=variables or {}, **options)
        return await self.gateway.answer(ask)

    @property
    def loads(self) -> list[Any]:
        """Every load that reached a source, in order of start."""
        calls = [call for source in self.sources.values() for call in source.calls]
        return [call.request for call in sorted(calls, key=lambda call: call.started)]


class Silent:
    """A source that is asked and never answers."""

    def __init__(self, inner: Connector) -> None:
        self.capabilities = inner.capabilities
        self.asked = asyncio.Event()

    async def load(self, load: Load) -> Loaded:
        """Wait for ever."""
        return await self._wait()

    async def scan(self, scan: Scan) -> Page:
        """Wait for ever."""
        return await self._wait()

    async def probe(self, deadline: float) -> Health:
        """Wait for ever."""
        return await self._wait()

    async def _wait(self) -> NoReturn:
        self.asked.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody lets it go on")

    async def aclose(self) -> None:
        """There is nothing to close."""


def read_city(name: str) -> tuple[Catalogue, Policy]:
    """Read a test city; it has no mistakes."""
    checked = read_catalogue(CITIES / name, {"memory": KIND})
    assert checked.problems == ()
    policy, problems = read_policy(CITIES / name, checked.catalogue)
    assert tuple(problems) == ()
    return checked.catalogue, policy


def open_city(
    capabilities: Capabilities = ALL,
    tables: Mapping[str, Sequence[Mapping[str, Any]]] = TABLES,
    name: str = "harbour",
    skeletons: Mapping[str, type] | None = None,
    **memory: Any,
) -> City:
    """Open a test city over memory sources."""
    return open_catalogue(*read_city(name), capabilities, tables, skeletons, **memory)


def open_catalogue(
    catalogue: Catalogue,
    policy: Policy,
    capabilities: Capabilities,
    tables: Mapping[str, Sequence[Mapping[str, Any]]],
    skeletons: Mapping[str, type] | None = None,
    **memory: Any,
) -> City:
    """Open any catalogue over memory sources."""
    sources: dict[str, RecordingConnector] = {
        source: RecordingConnector(
            MemoryConnector(tables, capabilities=capabilities, now=lambda: NOW, **memory)
        )
        for source in catalogue.sources
    }
    connectors: Mapping[str, Connector] = sources
    record = KeptRecord()
    gateway = Gateway(
        snapshot=take_snapshot(catalogue, policy, skeletons=skeletons),
        connector=connectors.get,
        recorder=record,
        now=lambda: NOW,
        **guards_of(),
    )
    return City(gateway, catalogue, policy, sources, record)


def guards_of() -> dict[str, Any]:
    """A test gateway's pseudonyms, and the guard that knows the one protected person of each city."""
    subjects = (("Person", (PROTECTED,)), ("Resident", (fjord_rows.PROTECTED,)))
    protected = frozenset(PSEUDONYMS.subject(entity, key) for entity, key in subjects)
    cursors = Cursors(PSEUDONYMS.key_for("cursors"))
    return {
        "pseudonyms": PSEUDONYMS,
        "cursors": cursors,
        "guards": (ProtectionGuard(lambda: protected, PSEUDONYMS.subject),),
    }


__all__ = ["ANONYMOUS", "DESK", "STRANGER", "City", "guards_of", "open_catalogue", "open_city"]
