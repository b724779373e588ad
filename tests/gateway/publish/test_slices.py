"""A slice has exactly its part of the catalogue, and what is valid in it is valid in the whole."""

from graphql import GraphQLObjectType, GraphQLSchema, parse, validate, validate_schema
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from gateway.compose import compose
from gateway.publish.slices import Slice, cut
from schema.policy.caller import Audience
from schema.policy.visibility import Visibility, visible_to
from tests.differential.documents import documents
from tests.differential.test_oracle import VALUES, WRONG_IDS
from tests.kit import ANONYMOUS, DESK, NOW, read_city

CATALOGUE, POLICY = read_city("harbour")
WHOLE = compose("share", CATALOGUE, visible_to("share", CATALOGUE))[1]


def visible(wanted: Slice, audience: Audience = "share") -> Visibility:
    caller = DESK if audience == "share" else ANONYMOUS
    whole = visible_to(audience, CATALOGUE)
    return cut(whole, wanted, CATALOGUE, POLICY, caller, NOW.date())


def sliced(wanted: Slice) -> GraphQLSchema:
    return compose("share", CATALOGUE, visible(wanted))[1]


def fields(schema: GraphQLSchema, name: str) -> set[str]:
    type_ = schema.type_map[name]
    assert isinstance(type_, GraphQLObjectType)
    return set(type_.fields)


def test_a_theme_is_its_items_and_the_entities_they_hang_on() -> None:
    wanted = Slice(themes=frozenset({"credit"}))
    hang_on = frozenset({"Enterprise"})  # who represents a company is not in the theme, nor the way back
    assert visible(wanted) == Visibility(CATALOGUE.themes["credit"].items, hang_on)
    schema = sliced(wanted)
    assert fields(schema, "MarketPenalty") == {"decisionNo", "fact", "decidedOn", "fine"}
    assert fields(schema, "MarketTax") == {"grade", "hasArrears"}
    assert fields(schema, "Enterprise") == {
        "_states", "id", "name", "orgCode", "penalties", "registrationNo", "tax", "uscc",
    }  # fmt: skip
    assert not {"TransportQualification", "RegistryHousehold", "Vehicle"} & schema.type_map.keys()


def test_several_themes_are_all_of_them_and_a_department_narrows_them() -> None:
    both = visible(Slice(themes=frozenset({"credit", "schooling"})))
    assert both.items is not None
    assert set(both.items) == {"market.penalty", "market.tax", "market.company", "education.enrolment"}
    narrowed = visible(Slice(frozenset({"education"}), frozenset({"credit", "schooling"})))
    assert narrowed == visible(Slice(themes=frozenset({"schooling"})))


def test_of_a_theme_the_open_graph_has_what_is_open() -> None:
    found = visible(Slice(themes=frozenset({"credit"})), "open")
    assert found.items is not None
    assert found.items["market.penalty"] == {"decisionNo", "fact", "decidedOn", "fine"}
    assert found.items["market.tax"] == {"grade"}
    assert not visible(Slice(themes=frozenset({"schooling"})), "open").items


def test_of_a_theme_a_caller_reads_what_it_may_read() -> None:
    theme = visible(Slice(themes=frozenset({"credit"})))
    readable = visible(Slice(themes=frozenset({"credit"}), rights="read"))
    alone = visible(Slice(rights="read"))
    assert theme.items is not None
    assert readable.items is not None
    assert alone.items is not None
    for code, names in theme.items.items():
        assert readable.items.get(code, frozenset()) == names & alone.items.get(code, frozenset())


SLICES = st.builds(
    Slice,
    st.frozensets(st.sampled_from(sorted(CATALOGUE.departments)), max_size=2),
    st.frozensets(st.sampled_from(sorted(CATALOGUE.themes)), max_size=2),
    st.sampled_from(["any", "read", "request"]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(wanted=SLICES, data=st.data())
def test_what_is_valid_in_a_slice_is_valid_in_the_whole(wanted: Slice, data: st.DataObject) -> None:
    part = visible(wanted)
    schema = compose("share", CATALOGUE, part)[1]
    assert validate_schema(schema) == []
    assume(part.items)
    document = parse(data.draw(documents(schema, VALUES, WRONG_IDS))[0])
    assert validate(schema, document) == []
    assert validate(WHOLE, document) == []
