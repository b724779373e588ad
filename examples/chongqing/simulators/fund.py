"""The housing fund: one person a request, HTTP 404 where there is no account."""


def answer(database, request):
    kind, person = request.path
    found = database.rows(kind, '"person" = ?', [person])
    if not found:
        return 404, {"message": "no account"}
    for row in found:
        row["unit"] = {"code": row.pop("code"), "name": row.pop("unitName")}
    return 200, {"accounts": found}
