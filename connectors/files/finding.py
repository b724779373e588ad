"""Which files a resource's drop consists of at this moment, and on which moment it stands."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from stat import S_ISREG

from connectors.files.refused import DropNotThere, DropRefused
from connectors.files.settings import FilesOrigin, FilesSettings
from schema.dates import compile_format
from schema.identifiers import BEIJING


@dataclass(frozen=True, slots=True)
class Found:
    """The files of one drop."""

    paths: tuple[Path, ...]
    """Sorted by name."""
    as_of: datetime
    """The day in their name (its beginning in Beijing), else when the oldest of them was written."""
    changed_at: float
    """When the youngest was written, in seconds since 1970."""
    fingerprint: str
    """Another one for other names, sizes, times or inodes."""


def find(settings: FilesSettings, origin: FilesOrigin) -> Found:
    """Look at the folder. Raises `DropNotThere`, `DropRefused`, and `OSError` as the system does."""
    folder = Path(settings.directory).resolve()
    paths, day = _latest(folder, origin)
    if not paths:
        raise DropNotThere(f"{origin.file}: no such file")
    times, names = [], []
    for path in paths:
        if not settings.follow_links and not path.resolve().is_relative_to(folder):
            raise DropRefused(
                f"{path.name}: a link out of the folder; say 'follow_links: true' if that is meant"
            )
        facts = path.stat()
        if not S_ISREG(facts.st_mode):
            raise DropRefused(f"{path.name}: no file")
        if facts.st_size > settings.max_file_bytes:
            raise DropRefused(f"{path.name}: larger than {settings.max_file_bytes} bytes ('max_file_bytes')")
        times.append(facts.st_mtime)
        names.append(f"{path.relative_to(folder)}\0{facts.st_size}\0{facts.st_mtime_ns}\0{facts.st_ino}")
    as_of = (
        datetime.fromtimestamp(min(times), UTC)
        if day is None
        else datetime(day.year, day.month, day.day, tzinfo=BEIJING)
    )
    return Found(tuple(paths), as_of, max(times), hashlib.sha256("\n".join(names).encode()).hexdigest())


def _latest(folder: Path, origin: FilesOrigin) -> tuple[list[Path], date | None]:
    """The files by the pattern; of those with days in their names the latest day's."""
    if origin.dated is None:
        return sorted(folder.glob(_as_glob(origin.file))), None
    written = compile_format(origin.dated)
    before, after = (_as_pattern(part) for part in origin.file.split("{" + origin.dated + "}"))
    pattern = re.compile(f"{before}(?P<jutong>.+?){after}")
    by_day: dict[date, list[Path]] = {}
    for path in sorted(folder.glob(_as_glob(origin.file).replace("{" + origin.dated + "}", "*"))):
        match = pattern.fullmatch(path.relative_to(folder).as_posix())
        moment = written.read(match["jutong"]) if match else None
        if moment is not None:
            by_day.setdefault(moment.date(), []).append(path)
    if not by_day:
        return [], None
    latest = max(by_day)
    return by_day[latest], latest


def _as_glob(text: str) -> str:
    """Brackets are characters of names, and nothing else."""
    return text.replace("[", "[[]")


def _as_pattern(text: str) -> str:
    return "".join({"*": "[^/]*", "?": "[^/]"}.get(one, re.escape(one)) for one in text)
