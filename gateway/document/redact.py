"""Messages of parser, validator and coercion, without values that a caller supplied.

A value in a document may be an identifier or a name of a person, and messages end in logs and in
other people's screens (law 7). Names of types and fields stay: they make the message useful.
"""

import re

_VALUE_TAIL = re.compile(r"(,? found |value: |, found:).*$", re.DOTALL)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_NAME = re.compile(r"^[$@]?\[*[A-Za-z_][A-Za-z0-9_.]*[\]!]*$")
_DIGITS = re.compile(r"\d{4,}")


def redact(message: str) -> str:
    """Give a message that says what is wrong and repeats no value."""
    cut = _VALUE_TAIL.sub("", message)
    kept = _QUOTED.sub(lambda match: _quoted(match.group()), cut)
    text = _DIGITS.sub("…", kept).strip().rstrip(",:;")
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _quoted(text: str) -> str:
    inner = text[1:-1]
    return text if _NAME.match(inner) and not _DIGITS.search(inner) else "'…'"
