"""The database inside reads what it was told of, and nothing else."""

from pathlib import Path

import duckdb
import pytest

from connectors.files.engine import open_engine


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('{folder}/../secret.txt')",
        "ATTACH '{folder}/../other.duckdb' AS other",
        "COPY (SELECT 1) TO '{folder}/../out.csv'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SELECT * FROM 'https://127.0.0.1:1/a.parquet'",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET autoload_known_extensions = true",
        "SET memory_limit = '100GB'",
    ],
)
def test_it_is_locked(tmp_path: Path, statement: str) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "folder"
    folder.mkdir()
    with open_engine(64, [folder]) as engine, pytest.raises(duckdb.Error):
        engine.execute(statement.format(folder=folder))
    assert not (tmp_path / "out.csv").exists()


def test_no_variable_of_python_is_a_table(tmp_path: Path) -> None:
    secret = [{"a": 1}]
    with open_engine(64, [tmp_path]) as engine, pytest.raises(duckdb.Error):
        engine.execute("SELECT * FROM secret")
    assert secret


def test_one_thread_and_so_much_memory(tmp_path: Path) -> None:
    with open_engine(64, [tmp_path]) as engine:
        rows = engine.execute(
            "SELECT name, value FROM duckdb_settings() WHERE name IN ('threads', 'memory_limit')"
        )
        assert dict(rows.fetchall()) == {"threads": "1", "memory_limit": "61.0 MiB"}


def test_texts_are_kept_as_they_are(tmp_path: Path) -> None:
    """A row that is found by its key is not unpacked with its neighbours."""
    with open_engine(64, [tmp_path]) as engine:
        engine.execute(f"ATTACH '{tmp_path / 'made'}' AS made")
        engine.execute("CREATE TABLE made.rows AS SELECT 'K' || i % 7 AS k FROM range(100000) t(i)")
        engine.execute("CHECKPOINT made")
        rows = engine.execute(
            "SELECT DISTINCT compression FROM pragma_storage_info('made.rows') WHERE segment_type = 'VARCHAR'"
        )
        assert rows.fetchall() == [("Uncompressed",)]
