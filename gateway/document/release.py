"""Lets go of what graphql-core's documents and errors hold beyond what they are asked for."""

from collections.abc import Iterable

from graphql import DocumentNode, GraphQLError, Node, Token, TokenKind


def release_tokens(document: DocumentNode) -> None:
    """Nodes keep where they stand, and not the tokens they were read from: two fifths of a document's memory,
    and a chain that only the cycle collector would free."""
    token = document.loc.start_token if document.loc else None
    while token is not None:
        following = token.next
        token.prev = token.next = None
        token = following
    left: list[Node] = [document]
    while left:
        node = left.pop()
        if node.loc is not None:
            node.loc.start_token = node.loc.end_token = _NO_TOKEN
        for key in node.keys:
            found = getattr(node, key, None)
            if isinstance(found, Node):
                left.append(found)
            elif isinstance(found, tuple | list):
                left.extend(found)


_NO_TOKEN = Token(TokenKind.SOF, 0, 0, 0, 0)


def release_frames(errors: Iterable[GraphQLError]) -> None:
    """Cut errors from the frames they were raised in, which hold them and all that a request is on."""
    for error in errors:
        cause: BaseException | None = error
        while cause is not None:
            cause.__traceback__ = None
            cause = getattr(cause, "original_error", None)
