"""Which pages may open a WebSocket: those of our own address, and those of sites that are named.

Browsers keep pages of other sites from reading our answers over HTTP and not over a WebSocket. A page holds
no key of its visitor's, but it stands in his network: an open graph of an intranet is not for the pages of
the internet.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from gateway.errors import OriginRefused

_USUAL_PORTS = {"http": 80, "https": 443}


def check_origin(headers: Mapping[str, str], named: frozenset[str]) -> None:
    """Raise `OriginRefused` for a page of another site. Clients that are no browsers say no origin.

    The scheme is not compared: where TLS ends at a proxy we do not know it.
    """
    origin = headers.get("origin")
    if origin is None or origin.lower() in named:
        return
    scheme = origin.partition("://")[0]
    page, reached = _address(origin), _address(f"{scheme}://{headers.get('host', '')}")
    if page is None or page != reached:
        raise OriginRefused("Pages of this origin may not open a WebSocket here; see JUTONG_SOCKET_ORIGINS.")


def read_origins(text: str | None) -> frozenset[str]:
    """Origins as they are set: with commas between them."""
    return frozenset(one.strip().rstrip("/").lower() for one in (text or "").split(",") if one.strip())


def _address(origin: str) -> tuple[str, int] | None:
    """Host and port; nothing for `null`, files and rubbish."""
    try:
        parts = urlsplit(origin)
        port = parts.port or _USUAL_PORTS.get(parts.scheme)
    except ValueError:
        return None
    return (parts.hostname, port) if parts.hostname and port else None
