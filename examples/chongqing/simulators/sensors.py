"""Bridges and tunnels: by structure, district or management area, in an object by structure.

A structure without a stored moment is alive: its sensor was read a minute ago, whenever one asks.
"""

import time

COLUMNS = ("component", "division", "area")


def answer(database, request):
    codes = request.query["codes"][0].split(",")
    found = {}
    for column in COLUMNS:
        for row in database.among("structures", column, codes):
            moment = row.pop("at") or int(time.time() - 60) * 1000
            row["latest"] = {"value": row.pop("value"), "at": moment}
            found[row["component"]] = row
    return 200, {"structures": found}
