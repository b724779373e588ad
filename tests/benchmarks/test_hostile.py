"""What is meant to hurt: bodies, and the row of each in the report."""

import orjson

from benchmarks.hostile import BATCH, Cost, documents, requests, row_of


def test_each_body_is_json_that_no_other_transport_has_brought() -> None:
    made = requests()
    assert made.keys() > documents().keys()
    for make in made.values():
        assert make(1) != make(2)
        assert orjson.loads(make(1))
    assert len(orjson.loads(made[f"a batch of {BATCH:,}"](1))) == BATCH


def test_a_row_says_where_a_transport_answers_otherwise() -> None:
    costs = [
        Cost("a batch", "HTTP", 1_000, "BAD_INPUT", 0.001, 0.0005),
        Cost("a batch", "SSE", 1_000, "BAD_INPUT", 0.002, 0.0005),
        Cost("a batch", "WebSocket", 1_000, "closed with 4400", 0.003, 0.0005),
    ]
    told = "BAD_INPUT; WebSocket: closed with 4400"
    assert row_of(costs) == ["a batch", "1,000", told, "1.0", "0.5", "2.0", "0.5", "3.0", "0.5"]
