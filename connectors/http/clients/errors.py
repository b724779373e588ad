"""Errors of the clients -> our errors. Only the name of a class is kept: texts hold URLs, and so keys."""

import ssl
from collections.abc import Mapping

from httptools import HttpParserError, HttpParserUpgrade

from connectors.errors import SourceError, SourceMisbehaved, SourceTimeout, SourceUnavailable

Table = Mapping[type[BaseException], type[SourceError]]
TABLE: Table = {
    TimeoutError: SourceTimeout,
    OSError: SourceUnavailable,
    HttpParserError: SourceUnavailable,
    HttpParserUpgrade: SourceUnavailable,
}
"""What sockets, TLS and the parser raise: the native client's table, and a part of every other."""
LASTING = (ssl.SSLCertVerificationError,)
"""Asking again at once finds the same."""


def translate(error: BaseException, table: Table = TABLE) -> SourceError:
    """Say an error in our words, by the most particular class that the table has."""
    for class_ in type(error).__mro__:
        if class_ in table:
            ours = table[class_]
            is_transient = ours is SourceUnavailable and not isinstance(error, LASTING)
            return ours(type(error).__name__, is_transient=is_transient)
    return SourceMisbehaved(type(error).__name__)
