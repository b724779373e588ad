"""A city's declarations -> the compiled catalogue, its resources one by one."""

from collections.abc import Iterable, Mapping

from schema.catalogue import declarations as declare
from schema.catalogue import model
from schema.catalogue.compile_entities import compile_codes, compile_entity
from schema.catalogue.compile_resources import ResourceCompiler, digest
from schema.catalogue.declared import Declarations, Declared
from schema.catalogue.kinds import KindModels
from schema.catalogue.registers import registers_of
from schema.catalogue.theme import Theme


class CityCompiler:
    """Compiles a city: its resources one by one, then the whole."""

    def __init__(self, declared: Declarations, kinds: Mapping[str, KindModels]) -> None:
        """`declared` without mistakes; its resources are not looked at."""
        self._city = declared.city.value if declared.city else None
        self._departments = {one.value.department: one.value for one in declared.departments}
        self._entities = {one.value.entity: compile_entity(one.value) for one in declared.entities}
        self._code_lists = {one.value.codes: compile_codes(one.value) for one in declared.code_lists}
        self._themes = [one.value for one in declared.themes]
        self._sources = {
            name: model.Source(
                department, name, source.kind, dict(source.model_extra or {}), source.connected
            )
            for department, value in self._departments.items()
            for name, source in value.sources.items()
        }
        self._compiler = ResourceCompiler(self._entities, self._code_lists, kinds)

    def compile(self, one: Declared) -> model.Resource:
        """Compile one resource."""
        return self._compiler.compile(one, self._sources)

    def catalogue(self, made: Iterable[model.Resource]) -> model.Catalogue:
        """Put a catalogue together."""
        resources = {resource.code: resource for resource in made}
        promotions = frozenset(
            model.Promotion(entity, resource)
            for entity, codes in (self._city.promoted if self._city else {}).items()
            for resource in codes
            if resource in resources
        )
        return model.Catalogue(
            title=self._city.city if self._city else "",
            departments={name: _department(value) for name, value in self._departments.items()},
            sources=self._sources,
            resources=resources,
            entities=self._entities,
            code_lists=self._code_lists,
            promotions=promotions,
            version=digest(*(resource.version for resource in resources.values())),
            registers=registers_of(resources.values()),
            themes={one.theme: _theme(one, resources) for one in self._themes},
        )


def _theme(value: declare.ThemeDeclaration, resources: Mapping[str, model.Resource]) -> Theme:
    items = {code: set(resources[code].items) for code in value.resources}
    for one in value.items:
        code, _, item = one.rpartition(".")
        items.setdefault(code, set()).add(item)
    return Theme(value.theme, value.title, {code: frozenset(some) for code, some in items.items()})


def _department(value: declare.DepartmentDeclaration) -> model.Department:
    return model.Department(value.department, value.title, value.code, value.chief, value.system)
