"""Every test runs over every HTTP client."""

from tests.connectors.http.conftest import transport

__all__ = ["transport"]
