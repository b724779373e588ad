"""Where a service is and what every call to it carries, read once from its settings."""

import re
import ssl
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from connectors.http.body import ACCEPTED
from connectors.http.settings import HttpSettings
from connectors.http.target import PORTS, encoded_path

_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_OURS = frozenset({"content-length", "transfer-encoding", "connection"})
"""Headers that the clients write themselves."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One service. Headers hold secrets and are never shown."""

    scheme: str
    host: str
    """In ASCII; an IPv6 address without brackets."""
    port: int
    prefix: str
    """Path that the target of every call begins with; no slash at its end."""
    headers: Mapping[str, str] = field(repr=False)
    """Without those about a body."""
    json_type: str
    """Content type of JSON bodies."""
    context: ssl.SSLContext | None
    max_connections: int
    max_body_bytes: int

    @property
    def authority(self) -> str:
        """Host and port as URLs and the `Host` header have them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"{self.scheme}://{self.authority}"


def read_endpoint(settings: HttpSettings, address: str, accept: str = "*/*") -> Endpoint:
    """Read settings and the declared URL; raises `ValueError` or `OSError` for what can never work."""
    url = urlsplit(address)
    host = url.hostname or ""
    if not host:
        raise ValueError("the URL names no host")
    headers = _headers(settings, accept, url.username, url.password)
    json_types = [text for name, text in headers.items() if name.lower() == "content-type"]
    return Endpoint(
        scheme=url.scheme,
        host=host if ":" in host else host.encode("idna").decode(),
        port=url.port or PORTS[url.scheme],
        prefix=encoded_path(url.path.rstrip("/")),
        headers={name: text for name, text in headers.items() if name.lower() != "content-type"},
        json_type=json_types[0] if json_types else "application/json",
        context=_context(settings) if url.scheme == "https" else None,
        max_connections=settings.max_connections,
        max_body_bytes=settings.max_body_bytes,
    )


def _headers(
    settings: HttpSettings, accept: str, user: str | None, password: str | None
) -> Mapping[str, str]:
    """Declared headers replace ours; `bearer` and `basic` replace what the URL says."""
    found = {"Accept": accept, "Accept-Encoding": ACCEPTED, "User-Agent": "jutong"}
    if user is not None:
        found["Authorization"] = _basic(f"{unquote(user)}:{unquote(password or '')}")
    for name, secret in settings.headers.items():
        value = secret.get_secret_value().strip()
        if (
            not _NAME.fullmatch(name)
            or name.lower() in _OURS
            or re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value)
        ):
            raise ValueError("a header that no request can carry")
        found = {known: text for known, text in found.items() if known.lower() != name.lower()}
        found[name] = value
    if settings.bearer is not None:
        found["Authorization"] = f"Bearer {settings.bearer.get_secret_value()}"
    if settings.basic is not None:
        found["Authorization"] = _basic(settings.basic.get_secret_value())
    return found


def _basic(credentials: str) -> str:
    return f"Basic {b64encode(credentials.encode()).decode()}"


def _context(settings: HttpSettings) -> ssl.SSLContext:
    for file in (settings.ca_file, settings.client_certificate):
        if file is not None:
            Path(file).stat()  # names what is missing, as ssl does not
    context = ssl.create_default_context(cafile=settings.ca_file)
    if settings.client_certificate is not None:
        context.load_cert_chain(settings.client_certificate)
    context.set_alpn_protocols(["http/1.1"])
    return context
