"""The tutorial, step by step, from its own text; what it says that commands print is what they print.

`JUTONG_TEST_UPDATE_DOCS=1` writes what they print into the document, to be read before it is committed.
"""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.docs.walkthrough import Walkthrough, read_blocks
from tests.ports import held_port

TUTORIAL = Path(__file__).parents[2] / "docs/tutorial.md"
PORTS = ("8000", "8001", "9001")


@pytest.mark.timeout(1_200)
def test_the_tutorial_does_what_it_says(tmp_path: Path) -> None:
    text = TUTORIAL.read_text(encoding="utf-8")
    blocks = read_blocks(text)
    printed: list[tuple[str, str]] = []
    changes: list[tuple[tuple[int, int], str]] = []
    with ExitStack() as stack:
        walk = Walkthrough(tmp_path, {port: str(stack.enter_context(held_port())) for port in PORTS})
        stack.callback(walk.close)
        for block, after in zip(blocks, [*blocks[1:], None], strict=True):
            output = walk.take(block)
            if output is None:
                continue
            expected = after if after and after.language in {"text", "json"} and not after.info else None
            printed.append((expected.text if expected else "", output))
            if expected:
                changes.append((expected.place, output))
    if os.environ.get("JUTONG_TEST_UPDATE_DOCS"):
        for (start, stop), output in reversed(changes):
            text = text[:start] + output + text[stop:]
        TUTORIAL.write_text(text, encoding="utf-8")
    for said, output in printed:
        assert output == said
    assert len(changes) > 9
