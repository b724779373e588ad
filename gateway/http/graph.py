"""A graph that is served: who asks it, what may be asked and what is counted, over every transport."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import structlog

from gateway.errors import BadInput
from gateway.http.body import Parameters
from gateway.http.operation import Executor
from gateway.request import Ask
from gateway.telemetry.metrics import METRICS, Endpoint, Tally, Transport
from schema.policy.caller import Caller

log = structlog.get_logger()


@dataclass(slots=True)
class Graph:
    """One graph. Made once the log is set up."""

    name: Endpoint
    """For logs and metrics."""
    executor: Callable[[], Executor]
    """Of the moment: each request asks for it anew."""
    identify: Callable[[Mapping[str, str]], Caller]
    """By headers, as `headers_of` reads them. Raises `Unauthenticated` and `PurposeRefused`."""
    timeout_seconds: float = 10
    """The longest that a request may wish for, and what it has without a wish."""
    is_sandbox: bool = False
    log: Any = field(init=False)
    """Says which graph it is."""
    _tally: Tally = field(init=False)

    def __post_init__(self) -> None:
        self.log = log.bind(endpoint=self.name)
        self._tally = METRICS.at(self.name)

    def ask(
        self,
        caller: Caller,
        parameters: Parameters,
        headers: Mapping[str, str],
        request_id: str,
        started: float,
        *,
        is_safe_method: bool = False,
    ) -> Ask:
        """What a caller asks, with what its headers say besides. Raises `BadInput`."""
        switches = headers.get("jutong-sandbox")
        if switches is not None and not self.is_sandbox:
            raise BadInput("Header 'Jutong-Sandbox' is for a sandbox, and this gateway is none.")
        wish = headers.get("jutong-timeout")
        return Ask(
            document=parameters.query,
            caller=caller,
            request_id=request_id,
            deadline=started + (self.timeout_seconds if wish is None else self._timeout(wish)),
            operation=parameters.operation,
            variables=parameters.variables,
            is_safe_method=is_safe_method,
            switches=switches,
            quiet_states=headers.get("jutong-errors", "").strip().lower() == "states",
        )

    def holding(self, transport: Transport) -> AbstractContextManager[None]:
        """Count what is open, while it is."""
        return self._tally.holding(transport)

    def note(self, method: str, status: int, seconds: float, request_id: str) -> None:
        """Count and log a request that is answered."""
        self._tally.count(status, seconds)
        milliseconds = round(seconds * 10_000) / 10
        self.log.info(
            "request", request_id=request_id, method=method, status=status, milliseconds=milliseconds
        )

    def _timeout(self, given: str) -> float:
        try:
            seconds = float(given)
        except ValueError:
            raise BadInput("Header 'Jutong-Timeout' is a number of seconds.") from None
        if not 0 < seconds < float("inf"):
            raise BadInput("Header 'Jutong-Timeout' is a positive number of seconds.")
        return min(seconds, self.timeout_seconds)
