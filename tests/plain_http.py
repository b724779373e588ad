"""Plain HTTP to servers on this machine, over a connection for each request.

A client of httpx reads all certificates when it is made, which takes longer than most answers; here nobody needs one.
"""

import httpx

from tests.patience import PATIENCE_SECONDS

CLIENT = httpx.Client(
    verify=False,
    trust_env=False,
    timeout=PATIENCE_SECONDS,
    limits=httpx.Limits(max_keepalive_connections=0),
)
