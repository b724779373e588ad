"""The gateway of a sandbox: the same steps and the same rights, over synthetic rows."""

from dataclasses import dataclass, replace

from connectors.protocol import Connector
from connectors.sandbox.connector import SandboxConnector
from gateway.errors import GatewayError
from gateway.pipeline import Gateway
from gateway.request import Answer, Ask
from gateway.sandbox.switches import SwitchGuard, read_switches


@dataclass(frozen=True, slots=True)
class SandboxGateway:
    """Answers each request with what it switched on."""

    gateway: Gateway

    async def answer(self, ask: Ask) -> Answer:
        """Answer one request."""
        gateway = self.gateway
        try:
            switches = read_switches(ask.switches, gateway.snapshot.catalogue, ask.caller)
        except GatewayError as error:
            return error.answer()

        def connector(name: str) -> Connector | None:
            found = gateway.connector(name)
            assert isinstance(found, SandboxConnector)
            return replace(found, switches=switches.sources)

        switched = replace(
            gateway,
            connector=connector,
            guards=(SwitchGuard(switches.withheld), *gateway.guards),
        )
        return await switched.answer(ask)
