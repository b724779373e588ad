"""Bodies of answers: decompressed within their bound, and in UTF-8 whatever was written."""

import codecs
import zlib
from contextlib import suppress
from email.message import Message
from functools import lru_cache

from connectors.errors import SourceMisbehaved

ACCEPTED = "gzip, deflate"
"""What `decompressed` undoes; sent as `Accept-Encoding`."""
CHINESE = {"gb2312": "gb18030", "gbk": "gb18030"}
"""What is written under these names, as browsers read it: each is a part of the next."""
_AUTOMATIC = zlib.MAX_WBITS | 32
"""Both headers, of gzip and of zlib."""


def decompressed(content: bytes, encoding: str, max_bytes: int) -> bytes:
    """Undo a `Content-Encoding`; raises `SourceMisbehaved` beyond the bound, never holding much more."""
    encoding = encoding.strip().lower()
    if encoding in {"", "identity"} or not content:
        return content
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise SourceMisbehaved("a compression that was not asked for")
    inflater = _inflater(encoding, content)
    try:
        found = inflater.decompress(content, max_bytes + 1)
    except zlib.error:
        raise SourceMisbehaved("an answer that cannot be decompressed") from None
    if len(found) > max_bytes:
        raise SourceMisbehaved(f"an answer of more than {max_bytes} bytes")
    if not inflater.eof:
        raise SourceMisbehaved("an answer whose end is missing")
    return found


def in_utf8(content: bytes, content_type: str, fallback: str | None) -> bytes:
    """JSON in UTF-8, whatever charset the service writes and names."""
    charset = _other_charset(content_type, fallback)
    if charset is None:
        return content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode(charset).encode()
    except (LookupError, UnicodeError):
        raise SourceMisbehaved("text that is not in the charset of the answer") from None


@lru_cache(maxsize=256)
def _other_charset(content_type: str, fallback: str | None) -> str | None:
    """The charset that an answer is written in, unless it is UTF-8."""
    message = Message()
    message["content-type"] = content_type
    charset = message.get_content_charset() or fallback
    with suppress(LookupError):
        name = codecs.lookup(charset).name if charset is not None else None
        return None if name == "utf-8" else CHINESE.get(name or "", charset)
    return charset


def _inflater(encoding: str, content: bytes) -> "zlib._Decompress":
    """`deflate` means zlib's format, and some services send it without the header."""
    if encoding == "deflate" and content[0] & 0x0F != zlib.DEFLATED:
        return zlib.decompressobj(-zlib.MAX_WBITS)
    return zlib.decompressobj(_AUTOMATIC)
