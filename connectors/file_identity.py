"""Which file lies at a path: another may be moved there, and who has the old one open goes on with it."""

import os
from pathlib import Path


def file_at(path: str | Path) -> tuple[int, int] | None:
    """Device and number of the file at a path, `None` where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - asked on hot paths
    except OSError:
        return None
    return found.st_dev, found.st_ino
