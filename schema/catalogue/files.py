"""A catalogue's files as they lie on disk, read again only where they have changed."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

Stamp = tuple[int, int, int]
"""What a file looks like from outside: time of change in nanoseconds, bytes, who may read it."""


class Unreadable(str):
    """Stands where the text of a file would, which is there and cannot be read: why."""

    __slots__ = ()


def read_text(path: Path) -> str:
    """The text of a file, or why there is none. Raises `FileNotFoundError`."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        raise
    except OSError as error:
        return Unreadable(error.strerror or type(error).__name__)


@dataclass(slots=True)
class CatalogueFiles:
    """The YAML files of one directory."""

    directory: Path
    stamps: Mapping[str, Stamp] = field(default_factory=dict)
    """Of every file, by path below the directory, when it was looked at last."""
    _texts: dict[str, tuple[Stamp, str]] = field(default_factory=dict)
    _is_moving: bool = False
    """Whether files were missing when it was looked last."""

    def look(self) -> bool:
        """Look at all files from outside; say whether any has changed since the last time.

        Files that are missing may be on their way: nothing has changed before another look misses them, too.
        """
        found = dict(_stamps(str(self.directory), ""))
        self._is_moving = not self._is_moving and not self.stamps.keys() <= found.keys()
        if self._is_moving:
            return False
        changed = found != self.stamps
        self.stamps = found
        return changed

    def are_settled(self) -> bool:
        """Whether all files are as they were when they were looked at last: nobody is writing them."""
        return dict(_stamps(str(self.directory), "")) == self.stamps

    def forget(self) -> None:
        """Let the next look find a change, since nothing came of this one."""
        self.stamps = {}

    def texts(self, elsewhere: frozenset[str]) -> dict[str, str]:
        """The texts of the files, as of the last look; not of those in folders `elsewhere`."""
        texts = {}
        for path, stamp in sorted(self.stamps.items()):
            if path.split("/", 1)[0] in elsewhere:
                continue
            known = self._texts.get(path)
            if known is None or known[0] != stamp:
                try:
                    known = stamp, read_text(self.directory / path)
                except FileNotFoundError:  # it went since we looked
                    continue
            texts[path] = known
        self._texts = texts
        return {path: text for path, (_, text) in texts.items()}


def _stamps(directory: str, prefix: str) -> Iterator[tuple[str, Stamp]]:
    """A walk without an object for each path: it is made every other second."""
    try:
        entries = list(os.scandir(directory))
    except FileNotFoundError:
        return
    for entry in entries:
        try:
            if entry.is_dir():
                yield from _stamps(entry.path, f"{prefix}{entry.name}/")
            elif entry.name.endswith(".yaml"):
                status = entry.stat()
                yield f"{prefix}{entry.name}", (status.st_mtime_ns, status.st_size, status.st_mode)
        except FileNotFoundError:
            continue
        except OSError:  # why, is told where it is read
            yield f"{prefix}{entry.name}", (0, 0, 0)
