"""How uvicorn serves a gateway, in one process or in several."""

import os
from socket import socket
from typing import Any

import uvicorn

from gateway.http.bounded_http import KEEP_ALIVE_SECONDS, BoundedHttp
from gateway.http.bounded_socket import PING_SECONDS, BoundedSocket
from gateway.settings import Settings

THREADS = 64
"""Of the event loop, which are for names of hosts. A name server that does not answer holds one for each
source that it leaves without an address, and the usual 4 would leave all others without one, too."""


def bind(settings: Settings) -> socket:
    """The socket to listen on, which refuses until somebody does. Ends with 3 where it is taken."""
    return server_config(None, settings).bind_socket()


def server_config(app: Any, settings: Settings, **options: Any) -> uvicorn.Config:
    """The configuration for an application, or for the import path of what makes one."""
    os.environ.setdefault("UV_THREADPOOL_SIZE", f"{THREADS}")
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=BoundedHttp,
        ws=BoundedSocket,
        ws_max_size=settings.max_body_bytes,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        ws_per_message_deflate=False,  # a kilobyte could unpack to a megabyte
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # nobody here asks for the client's address or for the scheme
        timeout_graceful_shutdown=5,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        **options,
    )
