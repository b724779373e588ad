"""The demo with some departments' databases in PostgreSQL answers as it does from files."""

from collections.abc import Iterator
from typing import Any

import asyncpg
import orjson
import pytest
from sqlalchemy.engine import make_url

from tests.examples.demo import DOCUMENTS, Demo, run_demo
from tests.services import require

pytestmark = pytest.mark.xdist_group("demo")

COMPANY = "91500103DEM000014M"


@pytest.fixture(scope="module")
def server() -> str:
    return make_url(require("postgres")).set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def demo(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with run_demo(tmp_path_factory.mktemp("demo"), JUTONG_DEMO_POSTGRES_URL=server) as running:
        yield running


def without_moments(value: Any) -> Any:
    """An answer without the moments at which it was fetched."""
    if isinstance(value, dict):
        return {k: without_moments(v) for k, v in value.items() if k not in {"asOf", "fetchedAt", "age"}}
    return [without_moments(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("document", sorted(p.name for p in DOCUMENTS.glob("*.graphql")))
def test_every_query_to_try_answers_the_same(demo: Demo, city: Demo, document: str) -> None:
    text = (DOCUMENTS / document).read_text(encoding="utf-8")
    described = (DOCUMENTS / document).with_suffix(".json")
    variables = orjson.loads(described.read_bytes()) if described.exists() else {}
    answers = [without_moments(one.ask(text, variables)) for one in (demo, city)]
    assert answers[0]["data"]
    assert answers[0] == answers[1]


async def test_the_rows_come_from_postgresql(demo: Demo, server: str) -> None:
    """What is changed there is what is answered."""
    connection = await asyncpg.connect(server.rpartition("/")[0] + "/jutong_demo_market")
    try:
        update = 'UPDATE "T_QYDJ" SET "QYMC" = $1 WHERE "TYSHXYDM" = $2'
        assert await connection.execute(update, "改名公司", COMPANY) == "UPDATE 1"
    finally:
        await connection.close()
    body = demo.ask("query($u: CreditCode!) { enterprise(uscc: $u) { name } }", {"u": COMPANY})
    assert body["data"]["enterprise"]["name"] == "改名公司"
