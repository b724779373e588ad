"""Health records, two levels: the city's index knows the district, the district has the summary."""


def answer(database, request):
    if request.method != "POST" or request.path != ["summaries"]:
        return 200, {"head": {"code": "AE", "text": "unknown message"}}
    index = database.among("summaries", "patient", request.body["patients"])
    found = []
    for district in dict.fromkeys(row["district"] for row in index):
        known = [row["patient"] for row in index if row["district"] == district]
        found += [row for row in database.among("summaries", "patient", known) if row["district"] == district]
    return 200, {"head": {"code": "AA"}, "body": {"summaries": found}}
