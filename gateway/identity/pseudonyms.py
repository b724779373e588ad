"""Keyed hashes that stand for identifiers wherever we store or send one (law 7)."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from typing import Any


class Pseudonyms:
    """HMAC-SHA256 under a secret with a version; nothing can be read back without the secret."""

    def __init__(self, secret: bytes, *, version: int = 1) -> None:
        self._secret = secret
        self.version = version

    def subject(self, entity: str, key: Iterable[Any]) -> str:
        """The name of a subject in our own stores: `Entity:version:hash`."""
        return f"{entity}:{self.version}:{self._hash('subject', entity, key)}"

    def for_application(self, application: str, entity: str, key: Iterable[Any]) -> str:
        """The `id` of an entity as one application sees it; differs between applications."""
        return self._hash(f"application\x1f{application}", entity, key)

    def cache_key(self, scope: str, key: Iterable[Any]) -> str:
        """A key in a cache entry's name."""
        return self._hash("cache", scope, key)

    def key_for(self, use: str) -> bytes:
        """A key of its own for another use of the secret; 32 bytes."""
        return hmac.digest(self._secret, f"key\x1f{use}".encode(), "sha256")

    def _hash(self, use: str, entity: str, key: Iterable[Any]) -> str:
        text = "\x1f".join((use, entity, *map(str, key)))
        digest = hmac.new(self._secret, text.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:18]).decode()
