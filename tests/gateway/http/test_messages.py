"""Messages of `graphql-transport-ws`, and what a payload may say of the caller."""

import orjson
import pytest

from gateway.errors import BadInput, PurposeRefused
from gateway.http.body import Parameters
from gateway.http.messages import (
    Complete,
    Init,
    Message,
    Ping,
    Pong,
    Subscribe,
    complete_message,
    error_message,
    next_message,
    read_message,
)
from gateway.http.payload_headers import add_payload
from gateway.identity.identify import Identify, key_hash
from gateway.request import Answer
from schema.policy.model import Application, Policy


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"type": "connection_init"}, Init()),
        ({"type": "connection_init", "payload": {"a": 1}, "more": 1}, Init({"a": 1})),
        ({"type": "ping", "payload": None}, Ping()),
        ({"type": "pong", "payload": {}}, Pong()),
        ({"type": "complete", "id": "a"}, Complete("a")),
        (
            {
                "type": "subscribe",
                "id": "a",
                "payload": {"query": "{ a }", "operationName": None, "variables": {"x": 1}},
            },
            Subscribe("a", Parameters("{ a }", None, {"x": 1})),
        ),
    ],
)
def test_what_clients_send_is_read(message: object, expected: Message) -> None:
    assert read_message(orjson.dumps(message).decode()) == expected


def test_what_is_told_is_json_whatever_the_id() -> None:
    for id_ in ("1", '"', "\\", "\n", "号", "}{"):
        told = [
            next_message(id_, b'{"data":null}'),
            error_message(id_, Answer(b'{"errors":[{"message":"m"}]}', 400, is_request_error=True)),
            complete_message(id_),
        ]
        assert [orjson.loads(text) for text in told] == [
            {"id": id_, "type": "next", "payload": {"data": None}},
            {"id": id_, "type": "error", "payload": [{"message": "m"}]},
            {"id": id_, "type": "complete"},
        ]


def test_a_payload_adds_to_the_handshake_what_it_does_not_say() -> None:
    headers = {"host": "quay", "jutong-case": "c-1"}
    payload = {
        "Authorization": "Bearer a",
        "headers": {"Purpose": "P", "host": "evil"},
        "case": "c-1",
        "x": [],
    }
    assert add_payload(headers, payload) == {
        "host": "quay", "jutong-case": "c-1", "authorization": "Bearer a", "purpose": "P", "case": "c-1",
    }  # fmt: skip
    assert headers == {"host": "quay", "jutong-case": "c-1"}


@pytest.mark.parametrize(
    "payload",
    [
        {"case": "c-2"}, {"Jutong-Case": "c-2"}, {"headers": {"CASE": "c-2"}}, {"purpose": 1}, {"authorization": ["a"]},
        {"purpose": "a", "Purpose": "b"}, {"purpose": "a", "headers": {"purpose": "b"}},
    ],
)  # fmt: skip
def test_a_payload_says_nothing_otherwise(payload: dict[str, object]) -> None:
    with pytest.raises(BadInput) as caught:
        add_payload({"jutong-case": "c-1"}, payload)
    assert "c-2" not in caught.value.message


@pytest.mark.parametrize("said", ["operator", "jutong-operator", "Jutong-Operator"])
@pytest.mark.parametrize("both", [("jutong-operator", "operator"), ("operator", "jutong-operator")])
def test_a_handshake_that_says_two_things_is_taken_at_neither(both: tuple[str, str], said: str) -> None:
    """A proxy writes one form of a header, and passes on the other as the client wrote it."""
    written = dict(zip(both, ("real", "forged"), strict=True))
    for name in ("real", "forged"):
        with pytest.raises(BadInput):
            add_payload(written, {said: name})
    desk = Application("desk", "Desk", "share", "transport", frozenset({"PERMIT"}), (key_hash("desk"),))
    with pytest.raises(PurposeRefused, match="different things"):
        Identify(Policy({"desk": desk}))({"authorization": "Bearer desk", **add_payload(written, {})})
