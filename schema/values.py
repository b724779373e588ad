"""How a stored value becomes a value of the graph, and back.

Reading is lenient where nothing is lost (15 digits, a lower-case x, full-width forms), strict
where a guess would be needed. Writing gives the stored forms that the catalogue declares, and
only those that read back as the same value.

What a source may compare by itself (`exact`) rests on the declaration:

- A type without `read` and `stored` is native: a DATE column, a number, text. A time of day
  in a Date, or text where a number belongs, is `Invalid`, so a breach is seen.
- Whatever is stored as text may hold '' for empty, which sorts first and is not NULL. So `lt`,
  `le`, `ne` and `isNull` are never exact there, nor is any range once `empty` is declared.
- `exact` speaks about *true*. Under a negation a comparison is exact only if `ne` is exact
  too: otherwise a stored '' gives false where the decoded value gives unknown.
- Declared `stored` forms are a promise; forms that nobody declared are read, but not asked for.
- A value that is `Invalid` is empty to whoever compares it. In an order it is empty wherever what is stored
  is text: a number beyond 32 bits in a column of numbers sorts as that number.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from schema import stored as dress
from schema.identifiers import IdentifierError
from schema.lexical import ScalarError
from schema.quick import Quick


@dataclass(frozen=True, slots=True)
class Invalid:
    """A stored value that is not what its item promises. It carries nothing of the value."""

    reason: str = "unreadable"


class Codec(Protocol):
    """Reads and writes the values of one column."""

    @property
    def exact(self) -> frozenset[str]:
        """Operators of `schema.predicate` that hold on stored values exactly as on decoded ones."""
        ...

    def decode(self, raw: Any) -> Any:
        """Give the value, `None` where empty, or `Invalid`; never raises."""
        ...

    def encode(self, value: Any) -> tuple[Any, ...]:
        """Give every stored form of a value, the usual one first."""
        ...


def sorts_as_decoded(codec: Codec) -> bool:
    """Whether stored values sort as decoded ones do, and tie where these tie.

    What compares exactly from both sides does. Seconds compare with the midnight of a day, by `ge` and `lt`,
    but two of one day are not equal.
    """
    return codec.exact >= {"lt", "gt"}


@dataclass(frozen=True, slots=True)
class DeclaredCodec:
    """The codec of a column, made of its declaration."""

    exact: frozenset[str]
    stored: dress.Stored
    trim: bool = False
    empty: tuple[str | int, ...] = ()
    encoding: str | None = None

    @property
    def plain(self) -> type | None:
        """The class whose raw values are values already (see `Stored.plain`)."""
        is_dressed = self.trim or self.empty
        return None if is_dressed else self.stored.plain

    @property
    def written(self) -> type:
        """The class of stored forms (see `Stored.written`)."""
        return self.stored.written

    @property
    def recurring(self) -> int:
        """Of how many texts it is worth remembering what they decode to (see `Stored.recurring`)."""
        return self.stored.recurring

    @property
    def quick(self) -> Quick | None:
        """What reads most raw values at once and says of them what `decode` does (see `quick.py`)."""
        is_dressed = self.trim or self.empty or self.encoding is not None
        return None if is_dressed else self.stored.quick

    @property
    def writes_itself(self) -> bool:
        """Whether every value is its own and only stored form."""
        return self.stored.writes_itself and self._keeps_written_forms

    @property
    def reads_itself(self) -> bool:
        """Whether a text that is a value, letter by letter, reads as this value."""
        return self.stored.reads_itself and not self.trim and not self.empty

    def decode(self, raw: Any) -> Any:
        """Give the value, `None` where empty, or `Invalid` with fixed words."""
        try:
            plain = self._undressed(raw)
            return None if plain is None else self.stored.read(plain)
        except (ScalarError, IdentifierError) as error:
            return Invalid(str(error))
        except (ValueError, TypeError, ArithmeticError):
            return Invalid()

    def encode(self, value: Any) -> tuple[Any, ...]:
        """Give every stored form of a value, the usual one first.

        None at all if the source cannot hold the value: somebody born in 2001 has no fifteen
        digits, a day has no place in `yyyyMM`. `None` is stored as `None`.
        """
        if value is None:
            return (None,)
        written = self.stored.write(value)
        if written.__class__ is tuple and len(written) == 1 and self._keeps_written_forms:
            return written
        forms = dict.fromkeys(written)
        if self.stored.is_checked or self.empty:
            forms = {form: None for form in forms if self.decode(form) == value}
        if self.encoding is None:
            return tuple(forms)
        # Text that the encoding lacks is in no such source; a character reference matches nothing.
        return tuple(str(form).encode(self.encoding, "xmlcharrefreplace") for form in forms)

    @property
    def _keeps_written_forms(self) -> bool:
        """Whether a form that is written is stored so, neither checked nor encoded."""
        return not self.stored.is_checked and not self.empty and self.encoding is None

    def _undressed(self, raw: Any) -> Any:
        if isinstance(raw, bytes | bytearray | memoryview):
            raw = bytes(raw).decode(self.encoding or "utf-8")
        if isinstance(raw, str) and (self.trim or not raw.strip()):
            raw = raw if self.stored.keeps_blank and not self.trim else raw.strip()
            if raw == "" and (self.trim or not self.stored.keeps_blank):
                return None
        return None if self._is_empty(raw) else raw

    def _is_empty(self, raw: Any) -> bool:
        if raw is None:
            return True
        return bool(self.empty) and (raw in self.empty or str(raw) in map(str, self.empty))
