"""Social insurance: a list of keys in a POST, pages by number with a total."""

TABLES = {"employers": ("codes", "code"), "persons": ("idNos", "idNo")}


def answer(database, request):
    name, column = TABLES[request.path[0]]
    rows = database.among(request.path[0], column, request.body[name])
    page, size = int(request.body.get("page", 1)), int(request.body.get("size", 50))
    return 200, {"result": {"total": len(rows), "page": page, "list": rows[(page - 1) * size : page * size]}}
