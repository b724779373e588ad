"""Where drops stand once they were taken in: database files in a folder, named by what they were made of.

So a drop that was read is not read again, neither by the next start nor by the other processes of a gateway,
and the last good one outlives a restart. Without a `store` the folder is a temporary one of this process.
"""

import fcntl
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from connectors.files.layout import VERSION
from schema.catalogue.model import Resource


class Shelf:
    """The databases of one source."""

    def __init__(self, store: str | None) -> None:
        self._is_lasting = store is not None
        self.folder = Path(store) if store is not None else Path(mkdtemp(prefix="jutong-files-"))
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def place(self, resource: Resource, fingerprint: str) -> Path:
        """Where the database of a drop stands, if it does."""
        return self.folder / f"{_declared(resource)}{fingerprint[:24]}.duckdb"

    def last(self, resource: Resource) -> Path | None:
        """The latest database of a resource as it is declared now."""
        found = list(self.folder.glob(f"{_declared(resource)}*.duckdb"))
        return max(found, key=lambda one: one.stat().st_mtime, default=None)

    def clear(self, resource: Resource, but: Path) -> None:
        """Take every other database of a resource away; whoever reads one keeps what was opened."""
        for path in self.folder.glob(f"{resource.code}.*.duckdb"):
            if path != but:
                path.unlink(missing_ok=True)

    @contextmanager
    def lock(self, resource: Resource) -> Iterator[bool]:
        """Whether it is ours to take a resource's drop in: one process at a time does, the others find it."""
        with (self.folder / f"{resource.code}.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def close(self) -> None:
        """Leave nothing behind that was not asked for."""
        if not self._is_lasting:
            shutil.rmtree(self.folder, ignore_errors=True)


def _declared(resource: Resource) -> str:
    digest = hashlib.sha256(f"{VERSION}\0{resource.version}".encode()).hexdigest()
    return f"{resource.code}.{digest[:12]}."
