"""Whether what is kept fits together, and how a start ends where it does not."""

import os
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway.audit.sqlite import SqliteRecorder
from gateway.settings import SettingsError, read_settings
from gateway.store.state import RECORD, STORE, StateError, open_store
from tests.patience import PATIENCE_SECONDS

ROOT = Path(__file__).parents[3]
BEGIN = """
import sys
from pathlib import Path
from gateway.audit.sqlite import SqliteRecorder
from gateway.settings import read_settings
from gateway.store.state import RECORD, open_store
settings = read_settings({"JUTONG_STATE": sys.argv[1]})
names, protections = open_store(settings)
SqliteRecorder(settings.state / RECORD).close()
print(names.fingerprint)
"""
FIRST, SECOND = "a" * 40, "b" * 40


def start(state: Path, secret: str | None = None) -> str:
    """As a gateway does; gives the name of the one who is protected, then."""
    given = {} if secret is None else {"JUTONG_SECRET": secret}
    settings = read_settings({"JUTONG_STATE": str(state), **given})
    names, protections = open_store(settings)
    subject = names.subject("Person", ("500000198502140017",))
    protections.add(subject)
    protections.close()
    SqliteRecorder(state / RECORD).close()
    return subject


def test_the_same_secret_goes_on(tmp_path: Path) -> None:
    assert start(tmp_path / "set", FIRST) == start(tmp_path / "set", FIRST)
    assert start(tmp_path / "made") == start(tmp_path / "made")


def test_another_secret_is_refused(tmp_path: Path) -> None:
    """It would find nobody among the names that the first one made."""
    start(tmp_path, FIRST)
    with pytest.raises(StateError, match=r"another secret than that of JUTONG_SECRET.*Set the secret"):
        start(tmp_path, SECOND)
    (tmp_path / "secret").write_text(SECOND, encoding="ascii")
    with pytest.raises(StateError, match=r"another secret than that of .*/secret:"):
        start(tmp_path)
    assert start(tmp_path, FIRST)


def test_a_secret_that_is_lost_is_not_made_anew(tmp_path: Path) -> None:
    """A new one in its place could be taken for it, and be copied over the last copy."""
    start(tmp_path)
    (tmp_path / "secret").unlink()
    with pytest.raises(StateError, match=r"a secret that is missing.*Put back .*/secret"):
        start(tmp_path)
    assert not (tmp_path / "secret").exists()
    start(tmp_path / "set", FIRST)
    with pytest.raises(StateError, match="a secret that is missing"):
        start(tmp_path / "set")


@pytest.mark.parametrize("emptied", [False, True])
def test_a_store_that_is_lost_is_not_begun_anew(tmp_path: Path, emptied: bool) -> None:
    start(tmp_path)
    shutil.move(tmp_path / STORE, tmp_path / "kept")
    if emptied:
        (tmp_path / STORE).touch()
    for _ in range(2):
        with pytest.raises(StateError, match=rf"{STORE} is missing.*backup.*docs/audit\.md"):
            start(tmp_path)
    shutil.move(tmp_path / "kept", tmp_path / STORE)
    start(tmp_path)


def test_a_record_may_be_moved_away(tmp_path: Path) -> None:
    """As docs/audit.md says; and the store with it, to begin anew."""
    subject = start(tmp_path)
    (tmp_path / RECORD).rename(tmp_path / "kept")
    assert start(tmp_path) == subject
    (tmp_path / RECORD).rename(tmp_path / "kept")
    (tmp_path / STORE).unlink()
    assert start(tmp_path) == subject


def test_a_start_that_was_cut_off_is_gone_on_with(tmp_path: Path) -> None:
    settings = read_settings({"JUTONG_STATE": str(tmp_path)})
    open_store(settings)[1].close()
    (tmp_path / STORE).unlink()  # only the secret is there
    sqlite3.connect(tmp_path / STORE).execute("PRAGMA journal_mode=WAL")  # and a store without a table
    assert start(tmp_path)


def test_a_store_of_before_takes_the_secret_it_is_opened_with(tmp_path: Path) -> None:
    subject = start(tmp_path, FIRST)
    store = sqlite3.connect(tmp_path / STORE)
    store.execute("DROP TABLE secret")
    store.close()
    settings = read_settings({"JUTONG_STATE": str(tmp_path), "JUTONG_SECRET": FIRST})
    _, protections = open_store(settings)
    assert subject in protections.subjects()
    protections.close()
    with pytest.raises(StateError, match="another secret"):
        start(tmp_path, SECOND)


def test_several_may_begin_at_once(tmp_path: Path) -> None:
    state = tmp_path / "state"

    def begin(_: int) -> str:
        command = [sys.executable, "-c", BEGIN, str(state)]
        return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout

    with ThreadPoolExecutor() as pool:
        assert len(set(pool.map(begin, range(4)))) == 1


def test_what_is_no_store_and_a_short_secret_are_told(tmp_path: Path) -> None:
    (tmp_path / STORE).write_text("no database" * 1000, encoding="utf-8")
    with pytest.raises(StateError, match="cannot be opened: file is not a database"):
        start(tmp_path, FIRST)
    (tmp_path / STORE).unlink()
    (tmp_path / "secret").touch()
    with pytest.raises(SettingsError, match="too short"):
        start(tmp_path)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_gateway_ends_with_2_and_a_sentence(tmp_path: Path, workers: str) -> None:
    start(tmp_path / "state", FIRST)
    command = [str(Path(sys.executable).with_name("jutong")), "serve", "--port", "0", "--workers", workers]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JUTONG_")} | {
        "JUTONG_CATALOGUE": str(ROOT / "tests/cities/harbour"),
        "JUTONG_STATE": str(tmp_path / "state"),
        "JUTONG_SECRET": SECOND,
    }
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "another secret" in done.stderr
    assert FIRST not in done.stderr
    assert SECOND not in done.stderr
