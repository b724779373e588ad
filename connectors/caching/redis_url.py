"""Checks the URL of a Redis: all it says is used; a parameter we would ignore is refused.

No message repeats the URL.
"""

from urllib.parse import parse_qsl, urlsplit

FILES = frozenset({"ssl_ca_certs", "ssl_certfile", "ssl_keyfile"})
"""Parameters: files of the authorities that are trusted, and of the certificate to show."""


def check_redis_url(url: str) -> None:
    """Raise `ValueError` for a URL that is not `redis[s]://[user:password@]host[:port][/db]`."""
    try:
        parts = urlsplit(url)
        is_placed = bool(parts.hostname) and parts.port != 0
        parameters = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError:  # its message may show a part of the password
        is_placed = False
    if not is_placed:
        raise ValueError("no host and port can be read; percent-encode what is special in user and password")
    if parts.scheme not in {"redis", "rediss"}:
        raise ValueError("begin with redis:// or, with TLS, rediss://")
    database = parts.path.removeprefix("/")
    if database and not (database.isascii() and database.isdecimal()):
        raise ValueError("the path is the number of a database: redis://host:6379/0")
    if parts.fragment or not parameters.keys() <= FILES:
        raise ValueError(f"no parameters but {', '.join(sorted(FILES))}")
    if parameters and parts.scheme != "rediss":
        raise ValueError("certificates are for rediss://")
