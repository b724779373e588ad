"""Reads one body within its bound: what is sent compressed counts as what it grows to."""

import codecs
import zlib
from collections.abc import AsyncIterator

import httpx

from connectors.errors import SourceMisbehaved

ACCEPTED = "gzip, deflate"
"""What `read_body` undoes; sent as `Accept-Encoding`."""
_AUTOMATIC = zlib.MAX_WBITS | 32
"""Both headers, of gzip and of zlib."""


async def read_body(response: httpx.Response, max_bytes: int) -> bytes:
    """Read and decompress; raises `SourceMisbehaved` beyond the bound, never holding much more."""
    body = bytearray()
    async for chunk in _decompressed(response, max_bytes):
        body += chunk
        if len(body) > max_bytes:
            raise SourceMisbehaved(f"an answer of more than {max_bytes} bytes")
    return bytes(body)


def in_utf8(content: bytes, response: httpx.Response, fallback: str | None) -> bytes:
    """JSON in UTF-8, whatever charset the service writes and names."""
    charset = response.charset_encoding or fallback or "utf-8"
    try:
        if codecs.lookup(charset).name == "utf-8":
            return content.removeprefix(codecs.BOM_UTF8)
        return content.decode(charset).encode()
    except (LookupError, UnicodeError):
        raise SourceMisbehaved("text that is not in the charset of the answer") from None


async def _decompressed(response: httpx.Response, max_bytes: int) -> AsyncIterator[bytes]:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in {"", "identity"}:
        async for chunk in response.aiter_raw():
            yield chunk
        return
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise SourceMisbehaved("a compression that was not asked for")
    inflater = None
    async for chunk in response.aiter_raw():
        if inflater is None:
            inflater = _inflater(encoding, chunk)
        try:
            yield inflater.decompress(chunk, max_bytes + 1)
        except zlib.error:
            raise SourceMisbehaved("an answer that cannot be decompressed") from None
        if inflater.unconsumed_tail:
            raise SourceMisbehaved(f"an answer of more than {max_bytes} bytes")
    if inflater is not None and not inflater.eof:
        raise SourceMisbehaved("an answer whose end is missing")


def _inflater(encoding: str, chunk: bytes) -> "zlib._Decompress":
    """`deflate` means zlib's format, and some services send it without the header."""
    if encoding == "deflate" and chunk and chunk[0] & 0x0F != zlib.DEFLATED:
        return zlib.decompressobj(-zlib.MAX_WBITS)
    return zlib.decompressobj(_AUTOMATIC)
