"""Keyed hashes that stand for identifiers wherever we store or send one (law 7)."""

import hashlib
import hmac
from binascii import b2a_base64
from collections.abc import Callable, Iterable
from typing import Any

Key = tuple[Any, ...]

MAX_BEGUN = 10_000
"""Beginnings of hashes that are kept; an application has one for each entity."""

KEY_VERSION = 1
"""Of the secret's key, in names that we store."""

_URL_SAFE = bytes.maketrans(b"+/", b"-_")
"""RFC 4648, section 5."""


class Pseudonyms:
    """BLAKE2b with a key (RFC 7693, 2.9) under a secret with a version; without the secret nothing can be
    read back. It costs a fraction of HMAC-SHA256, and an answer may name hundreds of subjects."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._cache = self.key_for("cache")
        self._cached = hashlib.blake2b(b"key", digest_size=18, key=self._cache)
        self._last: tuple[tuple[Key, ...], list[str]] = (), []
        """Keys that a cache was asked for last, and their hashes."""
        self._begun = _Begun(self.key_for("subjects"))

    def subject(self, entity: str, key: Key) -> str:
        """The name of a subject in our own stores: `Entity:version:hash`."""
        return self.subjects(entity, (key,))[0]

    def subjects(self, entity: str, keys: Iterable[Key]) -> list[str]:
        """The names of subjects of one entity by their keys, in order."""
        begun, prefix = self._begun["subject", entity], f"{entity}:{KEY_VERSION}:"
        return [prefix + _hash(begun, key) for key in keys]

    def for_application(self, application: str, entity: str, key: Key) -> str:
        """The `id` of an entity as one application sees it; differs between applications."""
        return _hash(self._begun[f"application\x1f{application}", entity], key)

    def cache_keys(self, of: str, about: str) -> Callable[[tuple[Key, ...]], list[str]]:
        """Names keys in a cache, in order: `of`, in clear, a hash of what they are about and one of each.
        BLAKE2b (RFC 7693) with a key of its own."""
        prefix = f"{of}:{hashlib.blake2b(about.encode(), digest_size=12, key=self._cache).hexdigest()}"
        return lambda keys: [prefix + hash_ for hash_ in self._in_cache(keys)]

    def _in_cache(self, keys: tuple[Key, ...]) -> list[str]:
        """The hashes of keys in a cache: made once where several departments are asked for the same keys."""
        last, hashes = self._last
        if last is not keys:
            hashes = []
            for key in keys:
                hashed = self._cached.copy()
                hashed.update(repr(key).encode())
                hashes.append(hashed.hexdigest())
            self._last = keys, hashes
        return hashes

    @property
    def fingerprint(self) -> str:
        """What the secret is known by where names under it are kept."""
        return self.key_for("fingerprint").hex()

    def key_for(self, use: str) -> bytes:
        """A key of its own for another use of the secret; 32 bytes."""
        return hmac.digest(self._secret, f"key\x1f{use}".encode(), "sha256")


class _Begun(dict[tuple[str, str], "hashlib.blake2b"]):
    """Hashes of what the names of one use and entity begin with."""

    def __init__(self, secret: bytes) -> None:
        super().__init__()
        self._secret = secret

    def __missing__(self, of: tuple[str, str]) -> "hashlib.blake2b":
        use, entity = of
        begun = hashlib.blake2b(f"({use!r}, {entity!r}".encode(), digest_size=18, key=self._secret)
        if len(self) < MAX_BEGUN:
            self[of] = begun
        return begun


def _hash(begun: "hashlib.blake2b", key: Key) -> str:
    hashed = begun.copy()
    parts = ", ".join(map(repr, map(str, key)))  # quoted: parts stay apart, whatever is in them
    hashed.update(f", {parts})".encode())
    return b2a_base64(hashed.digest(), newline=False).translate(_URL_SAFE).decode()
