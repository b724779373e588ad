"""Bridges and tunnels: by structure or by district, answers in an object by structure."""


def answer(database, request):
    codes = request.query["codes"][0].split(",")
    found = {}
    for column in ("component", "division"):
        for row in database.among("structures", column, codes):
            row["latest"] = {"value": row.pop("value"), "at": row.pop("at")}
            found[row["component"]] = row
    return 200, {"structures": found}
