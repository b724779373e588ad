"""What is served instead of files with mistakes, kept for who starts before these are mended.

A worker that takes the place of one that died, and a gateway that is started again, go on as the others do.
"""

import os
from collections.abc import Mapping
from pathlib import Path

import orjson
import structlog

log = structlog.get_logger()

LAST_GOOD = "last_good.json"


class KeptLastGood:
    """A file in the state, for one catalogue. There is none where no mistake waits."""

    def __init__(self, state: Path, catalogue: Path) -> None:
        self._path = state / LAST_GOOD
        self._catalogue = str(catalogue.resolve())
        self._kept: Mapping[str, str] | None = None
        """What this process has kept last, if it did."""

    def read(self) -> dict[str, str]:
        """The texts by path; none where nothing is kept, or of another catalogue."""
        try:
            kept = orjson.loads(self._path.read_bytes())
            return dict(kept["texts"]) if kept["catalogue"] == self._catalogue else {}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.error("last_good_unreadable", error=type(error).__name__)
            return {}

    def keep(self, texts: Mapping[str, str]) -> None:
        """Keep these texts by path, and no others. What cannot be kept is told, and stops nothing."""
        if texts == self._kept:
            return
        try:
            if texts:
                self._write(texts)
            else:
                self._path.unlink(missing_ok=True)
        except OSError as error:
            log.error("last_good_not_kept", error=type(error).__name__)
            return
        self._kept = dict(texts)

    def _write(self, texts: Mapping[str, str]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        made = self._path.with_name(f"{LAST_GOOD}.{os.getpid()}")
        made.touch(mode=0o600)  # a catalogue may hold the password of a source
        made.write_bytes(orjson.dumps({"catalogue": self._catalogue, "texts": texts}))
        made.replace(self._path)
