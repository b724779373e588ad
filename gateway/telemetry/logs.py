"""Logs: structlog, one JSON object a line, on standard error.

Libraries that write URLs or statements are held at WARNING: those may contain identifiers (law 7).
"""

import logging
import sys

import orjson
import structlog

TALKATIVE = ("httpx", "httpcore", "aiohttp", "sqlalchemy", "asyncio", "uvicorn.access", "aiocache")


def set_up_logs(*, level: int = logging.INFO) -> None:
    """Configure logging of the whole process."""
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_values,
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )


def _without_values(
    logger: object,  # noqa: ARG001 - structlog's signature
    method: str,  # noqa: ARG001 - structlog's signature
    event: structlog.typing.EventDict,
) -> structlog.typing.EventDict:
    """Say where an exception happened and of which type; its text may hold values."""
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        frames: list[str] = []
        trace = error.__traceback__
        while trace is not None:
            frames.append(f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}")
            trace = trace.tb_next
        event["at"] = frames[-8:]
    return event
