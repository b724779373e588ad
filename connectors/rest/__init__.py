"""JSON or XML over HTTP, declared: where the key goes, where records are, what errors look like."""

from connectors.registry import Kind
from connectors.rest.driver import open_rest
from connectors.rest.settings import RestOrigin, RestSettings

KIND = Kind(name="rest", settings=RestSettings, origin=RestOrigin, open=open_rest, can_as_of=True)

__all__ = ["KIND"]
