"""The forms in which a source stores keys: what is asked of it, so that no row is missed."""

from collections.abc import Iterable
from itertools import chain, product
from typing import Any

from connectors.requests import Key, KeyBinding
from schema.values import Codec, DeclaredCodec

Form = tuple[Any, ...]
"""One stored form of a key: a value for each of its columns."""


def key_forms(binding: KeyBinding, position: int, keys: Iterable[Key]) -> list[Form]:
    """All stored forms of the keys for one alternative: tuples with one value per column."""
    return Forms(binding, position).of(tuple(keys))


class Forms:
    """The stored forms of keys for one alternative of a binding."""

    def __init__(self, binding: KeyBinding, position: int) -> None:
        self._codecs = binding.alternatives[position].codecs
        self._binding = binding
        self._position = position
        (first, *others) = self._codecs
        self._is_whole = not others and binding.slices[position] is None
        """Whether one column holds the whole of a key."""
        self.are_keys = self._is_whole and _writes_itself(first)
        """Whether every key is its own and only form: asking each would cost more than all the rest."""

    def of(self, keys: tuple[Key, ...]) -> list[Form]:
        """All forms of distinct keys, each once."""
        if self.are_keys:
            return list(keys)
        if self._is_whole:
            encode = self._codecs[0].encode
            return list(dict.fromkeys([(form,) for (value,) in keys for form in encode(value)]))
        return list(dict.fromkeys(chain.from_iterable(map(self.of_key, keys))))

    def of_each(self, keys: tuple[Key, ...]) -> tuple[list[Form], bool]:
        """All forms of distinct keys, each once, and whether each key has one alone that no other has."""
        if self.are_keys:
            return list(keys), True
        each = list(map(self.of_key, keys))
        forms = each[0] if len(each) == 1 else list(dict.fromkeys(chain.from_iterable(each)))
        return forms, len(forms) == len(keys) and set(map(len, each)) == {1}

    def of_key(self, key: Key) -> list[Form]:
        """The forms of one key, the usual one first; none where the columns can hold no form of it."""
        expected = self._binding.expected(self._position, key)
        if len(expected) == 1:
            return [(form,) for form in self._codecs[0].encode(expected[0])]
        return list(product(*[codec.encode(one) for codec, one in zip(self._codecs, expected, strict=True)]))


def _writes_itself(codec: Codec) -> bool:
    return isinstance(codec, DeclaredCodec) and codec.writes_itself
