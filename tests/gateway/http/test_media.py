"""What a client takes, by the quality of its wishes."""

import pytest

from gateway.http.media import accepts_gzip


@pytest.mark.parametrize(
    ("accept_encoding", "expected"),
    [
        ("", False), ("identity", False), ("*", True), ("gzip", True), ("br, GZip", True), ("gzip;q=0.001", True),
        ("gzip;q=0", False), ("gzip; q=0.000", False), ("*, gzip;q=0", False), ("*;q=0, gzip", True),
        ("gzip;q=some", False), ("gzip;q=0.0000", False), ("deflate, *;q=0.5", True), ("x-gzip2", False),
    ],
)  # fmt: skip
def test_an_answer_is_packed_by_quality(accept_encoding: str, expected: bool) -> None:
    assert accepts_gzip(accept_encoding) is expected
