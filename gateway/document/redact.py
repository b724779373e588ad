"""Messages of parser, validator and coercion, without values that a caller supplied.

A value in a document may be an identifier or a name of a person, and messages end in logs and in
other people's screens (law 7). Names of types and fields stay: they make the message useful.
"""

import re
from typing import Any

from graphql import GraphQLError

_VALUE_TAIL = re.compile(r"(,? found |value: |, found:).*$", re.DOTALL)
_EXPECTED = re.compile(
    r" has invalid value(?: at [\w.\[\]]+)?: "
    r"Expected (?:a )?value of (?:non-null )?type '([\w\[\]!]+)' "
    r"(?:to (be provided|be an object)|not to (be None)|"
    r"to (include required field '\w+')|not to (include unknown field)).*$",
    re.DOTALL,
)
"""What is wrong with a variable, in words without a value; of an unknown field not even its name."""
_NULL = re.compile(
    r" has invalid value( at [\w.\[\]]+)?: "
    r"Expected variable ('\$\w+') provided to non-null type ('[\w\[\]!]+') not to be None\.$"
)
"""What is wrong with an argument that a variable brings."""
_OUR_WORDS = re.compile(r" has invalid value(?: at [\w.\[\]]+)?: ([A-Z]\w*: [a-z][^'\"]*)$")
"""A scalar's own sentence: its words are fixed."""
_INVALID = re.compile(r"has invalid(?: value)?")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_NAME = re.compile(r"^[$@]?\[*[A-Za-z_][A-Za-z0-9_.]*[\]!]*$")
_DIGITS = re.compile(r"\d{4,}")


def redact(message: str) -> str:
    """Give a message that says what is wrong and repeats no value."""
    told = _NULL.sub(r"\1 of type \3: variable \2 must not be null", message)
    told = _OUR_WORDS.sub(r": \1", _EXPECTED.sub(_expectation, told))
    cut = told if told != message else _INVALID.sub("has an invalid value", _VALUE_TAIL.sub("", message))
    kept = _QUOTED.sub(lambda match: _quoted(match.group()), cut)
    text = _DIGITS.sub("…", kept).strip().rstrip(",:;")
    return text if text.endswith((".", "!", "?")) else f"{text}."


def refusal(error: GraphQLError) -> dict[str, Any]:
    """What is told of one mistake: its message, and its places in the document."""
    locations = [{"line": at.line, "column": at.column} for at in error.locations or ()]
    told: dict[str, Any] = {"message": redact(error.message)}
    return told | ({"locations": locations} if locations else {})


def _expectation(match: re.Match[str]) -> str:
    type_, wanted, null, missing, unknown = match.groups()
    if wanted == "be an object":
        return f" of type '{type_}' has to be an object"
    if missing:
        return f" of type '{type_}' has to {missing}"
    if unknown:
        return f" of type '{type_}' has a field that is unknown"
    return f" of type '{type_}' {'must not be null' if null else 'was not provided'}"


def _quoted(text: str) -> str:
    inner = text[1:-1]
    return text if _NAME.match(inner) and not _DIGITS.search(inner) else "'…'"
