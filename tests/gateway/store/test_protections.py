"""Who is protected, as another process says it."""

import sqlite3
import subprocess
import sys
from pathlib import Path

from gateway.store.protections import Protections

ROOT = Path(__file__).parents[3]
ANOTHER_PROCESS = """
import sys
from pathlib import Path
from gateway.store.protections import Protections
Protections(Path(sys.argv[1])).add(sys.argv[2])
"""


def protect_elsewhere(path: Path, subject: str) -> None:
    subprocess.run([sys.executable, "-c", ANOTHER_PROCESS, str(path), subject], cwd=ROOT, check=True)


def test_what_another_process_protects_holds_at_once(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    protections = Protections(path)
    protections.add("Person:1:a")
    assert "Person:1:a" in protections.subjects()
    assert "Person:1:b" not in protections.subjects()
    protect_elsewhere(path, "Person:1:b")
    assert "Person:1:b" in protections.subjects()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("DELETE FROM protection")
    other.close()
    assert "Person:1:a" not in protections.subjects()
    protections.close()


def test_a_store_that_cannot_be_read_protects_everyone(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    protections = Protections(path)
    assert "Person:1:a" not in protections.subjects()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("DROP TABLE protection")
    other.close()
    assert "Person:1:a" in protections.subjects()
    protections.close()


def test_a_store_that_was_moved_under_a_gateway_protects_everyone_until_it_is_back(tmp_path: Path) -> None:
    path, aside = tmp_path / "store.sqlite", tmp_path / "aside"
    Protections(other := tmp_path / "backup").close()
    protections = Protections(path)
    assert "Person:1:a" not in protections.subjects()
    path.replace(aside)
    assert "Person:1:a" in protections.subjects()
    aside.replace(path)
    assert "Person:1:a" not in protections.subjects()
    other.replace(path)
    assert "Person:1:a" in protections.subjects()
    protections.close()


def test_a_closed_store_leaves_no_file_open(tmp_path: Path) -> None:
    protections = Protections(tmp_path / "store.sqlite")
    protections.add("Person:1:a")
    protections.close()
    held = [str(fd.readlink()) for fd in Path("/proc/self/fd").iterdir() if fd.is_symlink()]
    assert not [path for path in held if path.startswith(str(tmp_path))]
