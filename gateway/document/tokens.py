"""Tokens of a text, and what stands between them, before anything is made of either: a text of 200,000 tokens
is refused within a millisecond."""

import re
from itertools import islice

_TOKEN = re.compile(
    r"""[\s,\ufeff]*+(?:\#[^\r\n]*+[\s,\ufeff]*+)*+  # what stands between tokens; no way back into it
    (?:(\.\.\.
    |[A-Za-z_][A-Za-z0-9_]*+
    |-?[0-9][0-9A-Za-z_.+-]*+
    |\"\"\"(?:[^"\\]++|\\.|"(?!""))*+\"\"\"
    |"(?:[^"\\\r\n]++|\\.)*+"
    |\S)|\Z)""",
    re.VERBOSE | re.DOTALL,
)
"""One token (GraphQL specification, 2.1.6), or a character that the parser will refuse."""


def has_more_tokens(text: str, limit: int) -> bool:
    """Whether a text has more tokens than a limit. What is malformed is left to the parser."""
    following = next(islice(_TOKEN.finditer(text), limit, None), None)
    return following is not None and following[1] is not None


_COMMENT = re.compile(r"#[^\n\r]*+")
_BLANKS = re.compile(r"[\t\n\r ,\ufeff]++")
"""No other white space is ignored: elsewhere it is an error (GraphQL specification, 2.1)."""
_HALF = re.compile(r"[\ud800-\udfff]")
"""Of a character: an error in a comment, too."""


def squeeze(text: str, limit: int) -> str | None:
    """What texts share that differ in blanks and in the words of comments alone: each run of blanks as one
    between tokens, and of each comment that it is there, since tokens and comments have one limit together.

    `None` where half a character is in it. A text with strings has to come without what is in them. Where it
    passes the limit the rest stays as it is: by then it has more runs than any text that keeps the limit.
    """
    if not text.isascii() and _HALF.search(text):
        return None
    return _BLANKS.sub(" ", _COMMENT.sub("#", text, limit + 2), limit + 2).strip(" ")
