"""Logs: structlog, one JSON object a line, on standard error.

Libraries that write URLs or statements are held at WARNING: those may contain identifiers (law 7).
"""

import logging
import sys
from datetime import UTC, datetime

import orjson
import structlog

TALKATIVE = ("httpx", "httpcore", "aiohttp", "sqlalchemy", "asyncio", "uvicorn.access", "aiocache")


def set_up_logs(*, level: int = logging.INFO) -> None:
    """Configure logging of the whole process."""
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[_line],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )


def _line(
    logger: object,  # noqa: ARG001 - structlog's signature
    method: str,
    event: structlog.typing.EventDict,
) -> bytes:
    """Render a line. One processor, since every answered request has a line."""
    if "exc_info" in event:
        event.update(_place_of(event.pop("exc_info")))
    event["level"], event["timestamp"] = method, datetime.now(UTC)
    return orjson.dumps(event, default=repr, option=orjson.OPT_UTC_Z)


def _place_of(error: object) -> dict[str, object]:
    """Where an exception happened and of which type; its text may hold values."""
    if not isinstance(error, BaseException):
        return {}
    frames: list[str] = []
    trace = error.__traceback__
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}")
        trace = trace.tb_next
    return {"error": type(error).__name__, "at": frames[-8:]}
