"""What editors are told is what the reader holds files to."""

from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from schema.catalogue.declaring import KINDS
from schema.catalogue.json_schema import json_schema
from schema.catalogue.yaml_file import first_key, parse_yaml
from tests.schema.catalogue.test_robustness import CITIES, PLACES, changed

VALIDATOR = jsonschema.Draft202012Validator(json_schema(KINDS))
FILES = [(city, path) for city, texts in CITIES.items() for path in texts]


def is_accepted(value: Any) -> bool:
    model = KINDS.get(str(first_key(value)))
    if model is None:
        return False
    try:
        model.model_validate(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(("city", "path"), FILES)
def test_every_file_is_valid(city: str, path: str) -> None:
    VALIDATOR.validate(parse_yaml(path, CITIES[city][path]).value)


@pytest.mark.parametrize("change", [..., [], {}, {"nonsense": {"a": []}}, [None]], ids=repr)
def test_what_one_refuses_the_other_refuses(change: Any) -> None:
    for city, path, location in PLACES:
        if city != "harbour" or location[0] == "from":
            continue
        value = parse_yaml(path, changed(path, CITIES[city][path], location, change)).value
        if not isinstance(value, dict) or first_key(value) not in KINDS:
            continue
        assert is_accepted(value) == VALIDATOR.is_valid(value), (path, location)
