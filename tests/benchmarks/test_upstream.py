"""The service gives the same rows in each of its forms."""

from datetime import date
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import orjson

from benchmarks.field import open_field
from benchmarks.world import TABLES, credit_code, person_id


def test_rows_are_read_by_get_as_by_post(tmp_path: Path) -> None:
    with open_field("rest", tmp_path, "", only=("fan-out",)) as field:
        assert field.service is not None
        url = f"http://127.0.0.1:{field.service.port}"
        for name, table in TABLES.items():
            keys = [(person_id if table.is_of_person else credit_code)(number) for number in (7, 8)]
            posted = _read(f"{url}/{name}", orjson.dumps({"keys": keys}))["data"]
            got = _read(f"{url}/{name}?key={keys[0]}&key={keys[1]}")
            assert _read(f"{url}/{name}/{keys[0]}") == got[0]
            for row, raw in zip(got, posted, strict=True):
                days = {column: date.fromisoformat(row[column]) for column in table.days}
                assert raw == row | {column: f"{day:%Y%m%d}" for column, day in days.items()}


def _read(url: str, body: bytes | None = None) -> Any:
    with urlopen(Request(url, body)) as answer:
        return orjson.loads(answer.read())
