"""Whatever a file says, reading a catalogue gives problems at their lines and never an exception."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.registry import find_kinds
from schema.catalogue.read import compile_declarations, read_texts
from schema.catalogue.reader import CheckedCatalogue
from schema.catalogue.yaml_file import Location, parse_yaml

ROOT = Path(__file__).parents[3]
KINDS = find_kinds()

CITIES = {
    "harbour": read_texts(ROOT / "tests/cities/harbour"),
    "chongqing": read_texts(ROOT / "examples/chongqing/catalogue"),
}


def check(texts: dict[str, str]) -> CheckedCatalogue:
    return compile_declarations(texts, KINDS, {})


def places_in(value: Any, location: Location = ()) -> Iterator[Location]:
    """Every key and every entry of a list."""
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, inner in entries:
        yield (*location, key)
        yield from places_in(inner, (*location, key))


PLACES = [
    (city, path, location)
    for city, texts in CITIES.items()
    for path, text in texts.items()
    for location in places_in(parse_yaml(path, text).value)
]
WRONG: list[Any] = [None, "", "x", "a.b.c", "ä ö", 0, -1, 1.5, 10**30, True, [], {}, [None], [[]], [{}]]
WRONG += [["x", "x"], {"x": None}, {"x": "y"}, {"a": {"b": []}}]


def changed(path: str, text: str, location: Location, change: Any) -> str:
    value = deepcopy(parse_yaml(path, text).value)
    holder = value
    for step in location[:-1]:
        holder = holder[step]
    if change is Ellipsis:
        del holder[location[-1]]
    else:
        holder[location[-1]] = change
    return dumped(value)


def dumped(value: Any) -> str:
    """A file; by libyaml, which takes a tenth of the time."""
    text: str = yaml.dump(value, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
    return text.replace("'on':", "on:")


thorough = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


@thorough
@given(place=st.sampled_from(PLACES), change=st.sampled_from(WRONG))
def test_any_wrong_value_is_a_problem_and_never_an_exception(place: Any, change: Any) -> None:
    city, path, location = place
    text = changed(path, CITIES[city][path], location, change)
    checked = check(CITIES[city] | {path: text})
    assert all(problem.hint and problem.line >= 1 for problem in checked.problems)


@thorough
@given(place=st.sampled_from(PLACES))
def test_any_key_left_out_is_optional_or_a_problem(place: Any) -> None:
    city, path, location = place
    text = changed(path, CITIES[city][path], location, ...)
    checked = check(CITIES[city] | {path: text})
    assert all(problem.hint for problem in checked.problems)


NAMES = {"items", "keys", "sources", "values", "columns", "arguments", "kinds", "headers", "query", "tables"}
"""Below these keys, names are the author's own."""


def is_grammar(city: str, path: str, location: Location) -> bool:
    """Whether the last step is a key whose name the product gives, or that names something declared."""
    own = {name for name in NAMES if not (name == "keys" and path.startswith("departments"))}
    is_named = len(location) > 1 and location[-2] in own
    is_part = "keys" in own and location[0] == "keys"
    # Without its kind nothing is known of a source's other keys: the source is what is named.
    is_elsewhere = location[-1] == "kind" or (location[0] == "from" and city == "harbour")
    return isinstance(location[-1], str) and not (is_named or is_part or is_elsewhere)


MISTYPABLE = [place for place in PLACES if is_grammar(*place)]


def mistyped(path: str, text: str, location: Location) -> tuple[str, int]:
    """The text with one letter too much in a key, and the key's line."""
    value = parse_yaml(path, text).value
    holder = value
    for step in location[:-1]:
        holder = holder[step]
    renamed = {f"{key}X" if key == location[-1] else key: inner for key, inner in holder.items()}
    holder.clear()
    holder.update(renamed)
    text = dumped(value)
    return text, parse_yaml(path, text).line_of((*location[:-1], f"{location[-1]}X"))


@thorough
@given(place=st.sampled_from(MISTYPABLE))
def test_any_mistyped_key_is_a_problem_at_its_line(place: Any) -> None:
    city, path, location = place
    text, line = mistyped(path, CITIES[city][path], location)
    problems = check(CITIES[city] | {path: text}).problems
    assert (path, line) in {(problem.file, problem.line) for problem in problems}


REQUIRED = [
    (city, path, location)
    for city, path, location in PLACES
    if location[-1] in {"title", "identity", "items", "label", "kind"}
    and not any(step in {"items", "columns", "sources"} for step in location[-2:-1])
    and "origin" not in location
    and "from" not in location
    and "attach" not in location
    and "aliases" not in location
    and (not path.startswith("themes/") or location == ("title",))  # of items and resources one will do
]


@thorough
@given(place=st.sampled_from(REQUIRED))
def test_a_required_key_left_out_is_a_problem_at_its_parent(place: Any) -> None:
    city, path, location = place
    text = changed(path, CITIES[city][path], location, ...)
    line = parse_yaml(path, text).line_of(location[:-1])
    problems = check(CITIES[city] | {path: text}).problems
    assert (path, line) in {(problem.file, problem.line) for problem in problems}


@pytest.mark.parametrize("city", CITIES)
def test_each_department_can_break_alone(city: str) -> None:
    texts = CITIES[city]
    whole = check(texts)
    assert whole.problems == ()
    departments = [path for path in texts if path.endswith("/department.yaml")]
    for path in departments:
        folder = path.split("/")[1]
        checked = check(texts | {path: texts[path] + "\nnonsense: [1"})
        assert set(checked.catalogue.departments) == set(whole.catalogue.departments) - {folder}
        assert path in {problem.file for problem in checked.problems}


UGLY = {
    "tabs": "resource: x\n\ttitle: y\n",
    "a byte order mark": "\ufeffresource: x\n",
    "nothing": "",
    "a list": "- 1\n- 2\n",
    "a word": "hello\n",
    "bad bytes": "resource: \udcff\ufffd\x00\n",
    "deep brackets": "[" * 20_000,
    "a bomb": "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\nh: [*g,*g,*g,*g,*g,*g,*g,*g,*g]\n",
    "itself": "resource: &a [*a]\n",
    "a tag": "resource: !!python/object/apply:os.system ['true']\n",
    "two documents": "resource: x\n---\nresource: y\n",
    "keys that are no text": "1: 2\n? [a]\n: b\n",
    "a merge": "a: &a {b: 1}\nresource:\n  <<: *a\n",
}


@pytest.mark.parametrize("name", UGLY)
def test_an_ugly_file_is_a_problem(name: str) -> None:
    path = "departments/market/ugly.yaml"
    checked = check(CITIES["harbour"] | {path: UGLY[name]})
    assert path in {problem.file for problem in checked.problems}
    assert "registry" in checked.catalogue.departments
