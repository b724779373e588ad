"""The tree of refusals, drawn at the top of `gateway/errors.py`, is the tree there is."""

import re
from collections.abc import Iterator

import gateway.http.socket  # noqa: F401 - has a refusal of its own
from gateway import errors
from gateway.errors import GatewayError

DRAWN = re.compile(r"^[│ ]*[├└]── (\w+) +(\w+) +(\d+)", re.MULTILINE)


def refusals(of: type[GatewayError]) -> Iterator[type[GatewayError]]:
    for class_ in of.__subclasses__():
        if not class_.__name__.startswith("_"):
            yield class_
        yield from refusals(class_)


def test_every_refusal_is_drawn_with_its_code_and_status() -> None:
    drawn = {(name, code, int(status)) for name, code, status in DRAWN.findall(errors.__doc__ or "")}
    ours = [one for one in refusals(GatewayError) if one.__module__.startswith("gateway.")]
    assert drawn == {(one.__name__, one.code, one.status) for one in ours}
