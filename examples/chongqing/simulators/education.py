"""Education: a GraphQL service of its own, with lists by key and no person in them."""

from graphql import build_schema, graphql_sync

SCHEMA = build_schema(
    """
    type Query {
      enrolments(keys: [String!]!): [Enrolment!]!
      degrees(keys: [String!]!): [Degree!]!
    }
    type Enrolment { studentNo: ID! idNo: String! school: String grade: String status: String }
    type Degree { certNo: ID! idNo: String! institution: String major: String degreeLevel: String }
    """
)
MAX_KEYS = 100
"""Keys that one field takes; more are an error of that field."""


class Root:
    def __init__(self, database):
        self._database = database

    def enrolments(self, info, keys):
        return self._rows("enrolments", keys)

    def degrees(self, info, keys):
        return self._rows("degrees", keys)

    def _rows(self, table, keys):
        if len(keys) > MAX_KEYS:
            raise ValueError(f"at most {MAX_KEYS} keys")
        return self._database.among(table, "idNo", keys)


def answer(database, request):
    if request.method != "POST" or request.path != ["graphql"]:
        return 404, {"errors": [{"message": "no such path"}]}
    done = graphql_sync(
        SCHEMA, request.body["query"], Root(database), variable_values=request.body.get("variables")
    )
    return 200, done.formatted
