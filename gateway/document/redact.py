"""Messages of parser, validator and coercion, without values that a caller supplied.

A value in a document may be an identifier or a name of a person, and messages end in logs and in
other people's screens (law 7). Names of types and fields stay: they make the message useful.
"""

import re
from typing import Any

from graphql import GraphQLError

_SUBJECT = re.compile(r"(Variable '\$\w+'|Argument '\w+') has invalid value( at [\w.\[\]]+)?: ")
"""Who has a value, and where in it something is wrong; the reason follows."""
_EXPECTED = re.compile(
    r"Expected (?:a )?value of (?:non-null )?type '([\w\[\]!]+)' "
    r"(?:to (be provided|be an object)|not to (be None)|"
    r"to (include required field '\w+')|not to (include unknown field))"
)
"""In words without a value; of an unknown field not even its name."""
_NULL = re.compile(r"Expected variable ('\$\w+') provided to non-null type ('[\w\[\]!]+') not to be None\.")
"""What is wrong with an argument that a variable brings."""
_OUR_WORDS = re.compile(r"[A-Z]\w*: [a-z][^'\"]*")
"""A scalar's own sentence: its words are fixed."""
_TEXT = re.compile(
    r"(Value|Syntax Error: Unexpected (?:Block)?String) '.*'(?= does not exist in|\.$)", re.DOTALL
)
"""No value of an enum, or a text where none belongs: what is quoted may have quotation marks in it, and ends
with the last one."""
_VALUE_TAIL = re.compile(r"(,? found |, found:|, but encountered error|(?<=value): ).*$", re.DOTALL)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_NAME = re.compile(r"^[$@]?\[*[A-Za-z_][A-Za-z0-9_.]*(\([A-Za-z_][A-Za-z0-9_]*:\))?[\]!]*$")
"""Of a variable, a directive, a type, a field, or an argument as `Query.person(id:)`."""
_DIGITS = re.compile(r"\d{4,}")


def redact(message: str) -> str:
    """Give a message that says what is wrong and repeats no value. It is read from its beginning, where no
    value stands, and each part of it once: what a caller sends may look like the words around it."""
    subject = _SUBJECT.match(message)
    if subject is None:
        told = _without_values(message)
    else:
        told = subject[1] + _what_is_wrong(subject[2] or "", message[subject.end() :])
    text = _DIGITS.sub("…", told).strip().rstrip(",:;")
    return text if text.endswith((".", "!", "?")) else f"{text}."


def refusal(error: GraphQLError) -> dict[str, Any]:
    """What is told of one mistake: its message, and its places in the document."""
    locations = [{"line": at.line, "column": at.column} for at in error.locations or ()]
    told: dict[str, Any] = {"message": redact(error.message)}
    return told | ({"locations": locations} if locations else {})


def _what_is_wrong(path: str, reason: str) -> str:
    if null := _NULL.fullmatch(reason):
        return f"{path} of type {null[2]}: variable {null[1]} must not be null"
    if expected := _EXPECTED.match(reason):
        return _expectation(*expected.groups())
    if _OUR_WORDS.fullmatch(reason):
        return f": {reason}"
    return f" has an invalid value{path}: {_without_values(reason)}"


def _expectation(type_: str, wanted: str, null: str, missing: str, unknown: str) -> str:
    if wanted == "be an object":
        return f" of type '{type_}' has to be an object"
    if missing:
        return f" of type '{type_}' has to {missing}"
    if unknown:
        return f" of type '{type_}' has a field that is unknown"
    return f" of type '{type_}' {'must not be null' if null else 'was not provided'}"


def _without_values(text: str) -> str:
    """Names of types and fields stay in it."""
    quoted = _TEXT.match(text)
    if quoted is not None:
        return f"{quoted[1]} '…'{text[quoted.end() :]}"
    return _QUOTED.sub(lambda match: _quoted(match.group()), _VALUE_TAIL.sub("", text))


def _quoted(text: str) -> str:
    inner = text[1:-1]
    return text if _NAME.match(inner) and not _DIGITS.search(inner) else "'…'"
