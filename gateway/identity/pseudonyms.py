"""Keyed hashes that stand for identifiers wherever we store or send one (law 7)."""

import hashlib
import hmac
from binascii import b2a_base64
from collections.abc import Callable, Iterable
from typing import Any

Key = tuple[Any, ...]

MAX_BEGUN = 10_000
"""Beginnings of hashes that are kept; an application has one for each entity."""

_URL_SAFE = bytes.maketrans(b"+/", b"-_")
"""RFC 4648, section 5."""


class Pseudonyms:
    """BLAKE2b with a key (RFC 7693, 2.9) under a secret with a version; without the secret nothing can be
    read back. It costs a fraction of HMAC-SHA256, and an answer may name hundreds of subjects."""

    def __init__(self, secret: bytes, *, version: int = 1) -> None:
        self._secret = secret
        self._cache = self.key_for("cache")
        self._subjects = self.key_for("subjects")
        self.version = version
        self._begun: dict[tuple[str, str], hashlib.blake2b] = {}
        """Hashes of what the names of one use and entity begin with."""

    def subject(self, entity: str, key: Key) -> str:
        """The name of a subject in our own stores: `Entity:version:hash`."""
        return self.subjects([(entity, key)])[0]

    def subjects(self, whom: Iterable[tuple[str, Key]]) -> list[str]:
        """The names of subjects, each by its entity and key, in order."""
        version = self.version
        return [f"{entity}:{version}:{self._hash('subject', entity, key)}" for entity, key in whom]

    def for_application(self, application: str, entity: str, key: Key) -> str:
        """The `id` of an entity as one application sees it; differs between applications."""
        return self._hash(f"application\x1f{application}", entity, key)

    def cache_keys(self, of: str, about: str) -> Callable[[Iterable[tuple[Any, ...]]], tuple[str, ...]]:
        """Names keys in a cache, in order: `of`, in clear, and a hash of what they are about and of each.
        BLAKE2b (RFC 7693) with a key of its own."""
        begun = hashlib.blake2b(about.encode(), digest_size=18, key=self._cache)

        def names(keys: Iterable[tuple[Any, ...]]) -> tuple[str, ...]:
            found = []
            for key in keys:
                hashed = begun.copy()
                hashed.update(repr(key).encode())
                found.append(f"{of}:{hashed.hexdigest()}")
            return tuple(found)

        return names

    def key_for(self, use: str) -> bytes:
        """A key of its own for another use of the secret; 32 bytes."""
        return hmac.digest(self._secret, f"key\x1f{use}".encode(), "sha256")

    def _hash(self, use: str, entity: str, key: Key) -> str:
        begun = self._begun.get((use, entity))
        if begun is None:
            begun = hashlib.blake2b(f"({use!r}, {entity!r}".encode(), digest_size=18, key=self._subjects)
            if len(self._begun) < MAX_BEGUN:
                self._begun[use, entity] = begun
        hashed = begun.copy()
        parts = "".join([f", {str(part)!r}" for part in key])  # quoted: parts stay apart, whatever is in them
        hashed.update(f"{parts})".encode())
        return b2a_base64(hashed.digest(), newline=False).translate(_URL_SAFE).decode()
