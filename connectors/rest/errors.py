"""Driver errors -> our errors, in one table. URLs stay behind: they hold keys."""

import asyncio

import httpx

from connectors.errors import SourceError, SourceMisbehaved, SourceTimeout, SourceUnavailable

TABLE: dict[type[BaseException], type[SourceError]] = {
    httpx.HTTPError: SourceUnavailable,
    httpx.TimeoutException: SourceTimeout,
    httpx.NetworkError: SourceUnavailable,
    httpx.ProtocolError: SourceUnavailable,
    httpx.LocalProtocolError: SourceMisbehaved,
    httpx.UnsupportedProtocol: SourceMisbehaved,
    httpx.ProxyError: SourceUnavailable,
    httpx.DecodingError: SourceMisbehaved,
    httpx.TooManyRedirects: SourceMisbehaved,
    httpx.InvalidURL: SourceMisbehaved,
    httpx.StreamError: SourceUnavailable,
    httpx.CookieConflict: SourceMisbehaved,
    asyncio.TimeoutError: SourceTimeout,
    OSError: SourceUnavailable,
}
DRIVER_ERRORS = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, httpx.CookieConflict, OSError)
"""What to catch: `TimeoutError` is an `OSError`."""
_TRANSIENT = (httpx.ConnectError, httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)


def translate(error: BaseException) -> SourceError:
    """Say a driver's error in our words; only the name of its class is kept."""
    for class_ in type(error).__mro__:
        if class_ in TABLE:
            return TABLE[class_](type(error).__name__, is_transient=isinstance(error, _TRANSIENT))
    return SourceMisbehaved(type(error).__name__)
