"""The tutorial, step by step, from its own text; what it says that commands print is what they print.

`JUTONG_TEST_UPDATE_DOCS=1` writes what they print into the document, to be read before it is committed.
"""

import os
from pathlib import Path

import pytest

from tests.docs.walkthrough import Walkthrough, free_port, read_blocks

TUTORIAL = Path(__file__).parents[2] / "docs/tutorial.md"
PORTS = ("8000", "8001", "9001")


@pytest.mark.timeout(1_200)
def test_the_tutorial_does_what_it_says(tmp_path: Path) -> None:
    text = TUTORIAL.read_text(encoding="utf-8")
    blocks = read_blocks(text)
    walk = Walkthrough(tmp_path, {port: str(free_port()) for port in PORTS})
    printed: list[tuple[str, str]] = []
    changes: list[tuple[tuple[int, int], str]] = []
    try:
        for block, after in zip(blocks, [*blocks[1:], None], strict=True):
            output = walk.take(block)
            if output is None:
                continue
            expected = after if after and after.language in {"text", "json"} and not after.info else None
            printed.append((expected.text if expected else "", output))
            if expected:
                changes.append((expected.place, output))
    finally:
        walk.close()
    if os.environ.get("JUTONG_TEST_UPDATE_DOCS"):
        for (start, stop), output in reversed(changes):
            text = text[:start] + output + text[stop:]
        TUTORIAL.write_text(text, encoding="utf-8")
    for said, output in printed:
        assert output == said
    assert len(changes) > 9
