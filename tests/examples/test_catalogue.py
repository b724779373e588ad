"""The demo's catalogue is the table of its 48 resources: places, sharing, openness, cycle, items, levels."""

from connectors.registry import find_kinds
from schema.catalogue.model import Attachment, Catalogue, Resource
from schema.catalogue.read import read_catalogue
from tests.examples.demo import CITY
from tests.examples.table import HISTORY, NOT_CONNECTED, PROVIDERS, TABLE

WORDS = {"un": "unconditional", "co": "conditional", "no": "closed", "A": "unconditional"}


def catalogue() -> Catalogue:
    checked = read_catalogue(CITY / "catalogue", find_kinds(), {})
    assert checked.problems == ()
    return checked.catalogue


def place(attachment: Attachment) -> str:
    keys = ",".join(by.key for by in attachment.by)
    return f"{attachment.entity}{'!' if attachment.is_core else f'.{attachment.field}'}:{keys}"


def described(resource: Resource) -> tuple[object, ...]:
    return (
        " ".join(map(place, resource.attachments)),
        resource.sharing.type,
        resource.opening.type,
        resource.opening.rows is not None,
        resource.update_cycle,
        {item.name: item.level for item in resource.items.values()},
    )


def expected(line: str) -> tuple[str, tuple[object, ...], set[str]]:
    head, places, sharing, opening, cycle, items = (part.strip() for part in line.split("|"))
    words = [word for word in items.split() if word != "+"]
    levels = {word[:-1]: int(word[-1]) for word in words if word[0] != "="}
    keys = {word[1:] for word in words if word[0] == "="}
    row = (places, WORDS[sharing], WORDS[opening], opening == "A", cycle, levels)
    return head.split()[1], row, keys


def test_every_resource_is_as_the_table_says() -> None:
    compiled = catalogue()
    lines = [*TABLE.strip().splitlines(), *HISTORY.strip().splitlines()]
    assert [line.split()[0] for line in lines] == [str(number) for number in range(1, 55)]
    rows = {}
    for line in lines:
        code, row, keys = expected(line)
        rows[code] = row
        for attachment in compiled.resources[code].attachments if keys else ():
            if attachment.is_core:
                assert keys <= {by.key for by in attachment.by}
    assert {code: described(resource) for code, resource in compiled.resources.items()} == rows


def test_every_provider_is_as_the_table_says() -> None:
    compiled = catalogue()
    found = {name: (one.code, one.system or "-") for name, one in compiled.departments.items()}
    assert found == {
        name: (code, system) for name, code, system in map(str.split, PROVIDERS.strip().splitlines())
    }


def test_only_what_is_named_is_not_connected() -> None:
    assert {r.code for r in catalogue().resources.values() if not r.is_connected} == NOT_CONNECTED


def test_each_source_is_a_system_of_one_department() -> None:
    """No two sources share an address: departments keep their data where it is."""
    sources = catalogue().sources.values()
    places = ("url", "base_url", "endpoint", "directory")
    addresses = [str(next(one.settings[p] for p in places if p in one.settings)) for one in sources]
    assert len(set(addresses)) == len(addresses) >= 20
    assert len([one for one in sources if one.kind == "rest"]) == 8
