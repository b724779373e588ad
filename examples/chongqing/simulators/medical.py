"""Medical insurance: a list of keys, small pages by a cursor."""

SIZE = 2


def answer(database, request):
    rows = database.among(request.path[0], "id", request.body["insured"])
    start = int(request.body.get("cursor") or 0)
    following = start + SIZE
    return 200, {
        "items": rows[start:following],
        "next": str(following) if following < len(rows) else None,
    }
