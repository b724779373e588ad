"""Cursors of collections: encrypted, so that they tell no one what a row is sorted by.

AES-256-GCM with a random nonce (NIST SP 800-38D). A cursor is good for one application and one
order of one resource; anything else, a changed byte included, is refused as bad input.
"""

import base64
import binascii
import os
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from connectors.plain import from_plain, plain_text
from gateway.errors import BadInput

NONCE_BYTES = 12


class Cursors:
    """Seals and opens cursors under one key."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, place: Any, purpose: str) -> str:
        """Give the cursor of a place; `purpose` says where it may be used. Raises `NotPlain`."""
        nonce = os.urandom(NONCE_BYTES)
        text = plain_text(place)
        return base64.urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, text, purpose.encode())).decode()

    def open(self, cursor: str, purpose: str) -> Any:
        """Give the place of a cursor."""
        try:
            sealed = base64.b64decode(cursor, altchars=b"-_", validate=True)
            text = self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode())
        except (binascii.Error, ValueError, InvalidTag):
            raise BadInput("'after' is no cursor of this list: take one from an answer to it.") from None
        return from_plain(orjson.loads(text))
