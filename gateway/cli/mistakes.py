"""Mistakes of whoever types a command: each is one line that says what, where and how to mend it.

Commands raise them; `main` prints them and ends with 2.
"""

from pathlib import Path


class Mistake(Exception):
    """What was typed cannot stand; the message says why."""


def check_catalogue(directory: Path) -> None:
    """Raise `Mistake` where there is no catalogue."""
    if not directory.is_dir():
        raise Mistake(f"There is no catalogue at {directory}: one is a directory with a city.yaml.")


def read_text(path: Path) -> str:
    """The text of a file that was named, each character as it stands there. Raises `Mistake`."""
    try:
        return decoded(path.read_bytes(), str(path))
    except OSError as error:
        raise Mistake(f"{path} cannot be read: {error.strerror}.") from None


def decoded(given: bytes, place: str) -> str:
    """The text of what was given at a place. Raises `Mistake`."""
    try:
        return given.decode()
    except UnicodeDecodeError:
        raise Mistake(f"{place} is no text in UTF-8.") from None
