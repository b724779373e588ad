"""Traffic police: one key a request, everything with HTTP 200, the truth in the envelope."""

import time

KEYS = {"licences": ["idNo"], "vehicles": ["plate", "colour"], "insurances": ["plate", "colour"]}
HANG_SECONDS = 60
"""Longer than anybody waits."""


def answer(database, request):
    kind, *keys = request.path
    names = KEYS.get(kind)
    if request.method != "GET" or names is None or len(keys) != len(names):
        return 400, {"code": "400", "message": "bad request"}
    found = database.rows(kind, " AND ".join(f'"{name}" = ?' for name in names), keys)
    if not found:
        return 200, {"code": "404", "message": "no such record", "data": None}
    if found[0].get("status") == "HANGS":
        time.sleep(HANG_SECONDS)
    return 200, {"code": "0", "message": "ok", "data": found[0]}
