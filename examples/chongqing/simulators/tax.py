"""Tax: repeated parameters, answers in no order that helps."""


def answer(database, request):
    codes = [code.upper() for code in request.query.get("nsrsbh", [])]
    return 200, {"status": 200, "data": database.among(request.path[0], "nsrsbh", codes)[::-1]}
