"""The types of states: what happened at a path, in band and typed."""

from collections.abc import Mapping

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
)

from schema.scalars import SCALARS


def _enumeration(name: str, titles: Mapping[str, str], description: str) -> GraphQLEnumType:
    type_ = GraphQLEnumType(name, {one: one for one in titles}, description=description)
    for one, value in type_.values.items():
        value.description = titles[one]
    return type_


STATE_TITLES = {
    "DATA": "有数据 — There is data",
    "NO_RECORD": "库中无记录 — The register has no record",
    "DENIED": "无权查看 — The caller may not read it",
    "CONSENT_REQUIRED": "需要本人同意 — The subject's consent is needed",
    "SOURCE_DOWN": "数据源不可用 — The source did not answer",
    "AVAILABLE_AT": "数据源稍后开放 — The source is closed and opens later",
    "NOT_CONNECTED": "已编目未接入 — Listed, not connected or not reachable by this key",
    "MULTIPLE_RECORDS": "应有一条而有多条 — Several records where one was promised",
    "INVALID_VALUE": "登记值不合规范 — The stored value is not what its item promises",
    "MANUAL_CHECK": "须人工核查 — Has to be checked by a person",
    "AS_OF_UNSUPPORTED": "不支持历史时点 — The resource keeps no history",
    "STALE": "超过更新周期 — Older than promised",
    "MASKED": "已脱敏 — Shown masked",
    "PARTIAL": "部分缺失 — A part is missing",
    "TRUNCATED": "结果已截断 — There is more",
}
"""Every state, and what it says to a person."""

STATE = _enumeration("State", STATE_TITLES, "字段状态 — What happened at a field")

ALIAS_TITLES = {
    "CORRECTED": "号码已更正 — The key was corrected",
    "RENUMBERED": "已换发新号 — A new key was given",
    "MERGED": "已合并 — It was merged into another",
    "RETIRED": "已停用，由他者接替 — It was given up, and another took its place",
}
"""Why an old key gave way to the current one, and what that says to a person."""

ALIAS_KIND = _enumeration(
    "AliasKind", ALIAS_TITLES, "别名的种类 — Why an old key gave way to the current one"
)
ALIAS_KINDS = GraphQLNonNull(GraphQLList(GraphQLNonNull(ALIAS_KIND)))
"""One for each step, as far as registers say it; empty where there is nothing to say."""

_TEXT = GraphQLNonNull(GraphQLString)
FIELD_STATE = GraphQLObjectType(
    "FieldState",
    {
        "field": GraphQLField(_TEXT, description="字段路径 — Path below the entity"),
        "item": GraphQLField(GraphQLString, description="信息项 — Item, as `department.resource.item`"),
        "state": GraphQLField(GraphQLNonNull(STATE), description="状态 — State"),
        "message": GraphQLField(_TEXT, description="说明 — In words"),
        "until": GraphQLField(SCALARS["DateTime"], description="恢复时间 — Available at"),
        "coverage": GraphQLField(GraphQLString, description="覆盖范围 — What the register claims to hold"),
        "asOf": GraphQLField(SCALARS["DateTime"], description="数据时点 — The data stands at"),
        "fetchedAt": GraphQLField(SCALARS["DateTime"], description="读取时间 — Read from the source at"),
        "age": GraphQLField(GraphQLInt, description="距读取的秒数 — Seconds since it was read"),
        "source": GraphQLField(GraphQLString, description="信息资源代码 — Resource code"),
        "provider": GraphQLField(GraphQLString, description="提供部门 — Department"),
        "alias": GraphQLField(
            GraphQLString, description="经由别名登记 — Register of aliases that led here, as a resource code"
        ),
        "aliasKinds": GraphQLField(ALIAS_KINDS, description="别名的种类 — Why its old keys gave way"),
    },
    description="一个字段的状态与溯源 — State and provenance of one field",
)

ANSWER_CODE = GraphQLEnumType(
    "AnswerCode",
    {code: code for code in ("OK", "MALFORMED", "DUPLICATE_OF", "ALIAS_OF")},
    description="逐条结果 — Result for one id of a list",
)
