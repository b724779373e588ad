"""What is counted is written as the library writes what it counts itself."""

import multiprocessing
import re
import time
from collections.abc import Iterator
from itertools import product
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.openmetrics import exposition as openmetrics

from gateway.telemetry.metrics import CONDITIONS, ENDPOINTS, TRANSPORTS, Endpoint, Metrics

_MOMENT = re.compile(r"(_created\{.*\}) .*")

Answered = tuple[Endpoint, int, float]
ANSWERED = st.tuples(
    st.sampled_from(ENDPOINTS),
    st.sampled_from([200, 400, 401, 503]),
    st.sampled_from([0.0, 0.005, 0.0051, 0.3, 10.0, 11.0]),
)


def counted(answered: list[Answered], metrics: Metrics) -> CollectorRegistry:
    for endpoint, status, seconds in answered:
        metrics.at(endpoint).count(status, seconds)
    registry = CollectorRegistry()
    registry.register(metrics)
    return registry


def counted_by_the_library(answered: list[Answered]) -> CollectorRegistry:
    registry = CollectorRegistry()
    requests = Counter("jutong_requests", "Requests answered.", ["endpoint", "status"], registry=registry)
    seconds_ = Histogram(
        "jutong_request_seconds", "Seconds from first byte to answer.", ["endpoint"], registry=registry
    )
    held = Gauge(
        "jutong_open_streams",
        "WebSockets and streams of events that are open.",
        ["endpoint", "transport"],
        registry=registry,
    )
    for name, text in CONDITIONS.items():
        Gauge(f"jutong_{name}", text, registry=registry)
    for labels in product(ENDPOINTS, TRANSPORTS):
        held.labels(*labels)
    for endpoint, status, seconds in answered:
        requests.labels(endpoint, str(status)).inc()
        seconds_.labels(endpoint).observe(seconds)
    return registry


def lines(text: bytes) -> list[str]:
    """In any order, and without the moments at which counting began."""
    return sorted(_MOMENT.sub(r"\1", line) for line in text.decode().splitlines())


@settings(deadline=None)
@given(st.lists(ANSWERED, max_size=20))
def test_it_is_written_as_by_the_library(answered: list[Answered]) -> None:
    ours, theirs = counted(answered, Metrics(None)), counted_by_the_library(answered)
    for write in (generate_latest, openmetrics.generate_latest):
        assert lines(write(ours)) == lines(write(theirs))


def test_workers_give_the_sum_of_all_and_of_those_that_are_gone(tmp_path: Path) -> None:
    worker = multiprocessing.get_context("spawn").Process(target=_work, args=(tmp_path,))
    worker.start()
    worker.join()
    here = Metrics(tmp_path)
    here.at("share").count(200, 0.2)
    (tmp_path / "1.requests").touch()  # of a worker that begins
    for metrics in (here, Metrics(tmp_path)):
        registry = counted([], metrics)
        assert registry.get_sample_value("jutong_requests_total", {"endpoint": "share", "status": "200"}) == 2
        assert registry.get_sample_value("jutong_requests_total", {"endpoint": "open", "status": "503"}) == 1
        assert registry.get_sample_value("jutong_request_seconds_count", {"endpoint": "share"}) == 2
        assert registry.get_sample_value("jutong_request_seconds_sum", {"endpoint": "share"}) == 0.5


def held_at(metrics: Metrics, endpoint: str, transport: str) -> float | None:
    labels = {"endpoint": endpoint, "transport": transport}
    return counted([], metrics).get_sample_value("jutong_open_streams", labels)


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[BaseProcess]:
    """Another worker, which holds what it has opened until it is killed."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_hold, args=(tmp_path, theirs))
    process.start()
    theirs.close()  # so that one that fails is an end of what it says
    try:
        assert ours.recv()
        yield process
    finally:
        process.kill()
        process.join()


def test_what_is_open_is_that_of_all_workers_and_not_of_those_that_are_gone(
    tmp_path: Path, worker: BaseProcess
) -> None:
    here = Metrics(tmp_path)
    with here.at("share").holding("websocket"), here.at("share").holding("websocket"):
        for metrics in (here, Metrics(None)):
            assert held_at(metrics, "open", "websocket") == 0
        assert held_at(here, "share", "websocket") == 3
        assert held_at(here, "open", "sse") == 1
        worker.kill()
        worker.join()
        assert held_at(here, "share", "websocket") == 2
        assert held_at(here, "open", "sse") == 0
    assert held_at(here, "share", "websocket") == 0


def test_a_process_with_the_number_of_one_that_is_gone_begins_with_nothing_open(tmp_path: Path) -> None:
    gone = Metrics(tmp_path)
    gone.at("share").count(200, 0.1)
    gone.at("share").holding("sse").__enter__()
    (file,) = tmp_path.iterdir()
    left = file.read_bytes()
    del gone  # and with it the hold on its file
    file.write_bytes(left)
    now = Metrics(tmp_path)
    assert held_at(now, "share", "sse") == 0
    labels = {"endpoint": "share", "status": "200"}
    assert counted([], now).get_sample_value("jutong_requests_total", labels) == 1


def test_how_the_worst_of_all_workers_is_and_not_those_that_are_gone(
    tmp_path: Path, worker: BaseProcess
) -> None:
    here = Metrics(tmp_path)
    here.say("catalogue_problems", 2)
    registry = counted([], here)
    assert registry.get_sample_value("jutong_catalogue_problems") == 3
    assert registry.get_sample_value("jutong_record_unwritable") == 1
    worker.kill()
    worker.join()
    assert registry.get_sample_value("jutong_catalogue_problems") == 2
    assert registry.get_sample_value("jutong_record_unwritable") == 0


def _hold(folder: Path, pipe: Any) -> None:
    metrics = Metrics(folder)
    metrics.say("record_unwritable", 1)
    metrics.say("catalogue_problems", 3)
    with metrics.at("share").holding("websocket"), metrics.at("open").holding("sse"):
        pipe.send(True)
        time.sleep(60)


def _work(folder: Path) -> None:
    metrics = Metrics(folder)
    metrics.at("share").count(200, 0.3)
    metrics.at("open").count(503, 0.1)
