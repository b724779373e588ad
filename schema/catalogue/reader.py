"""The files of a catalogue, as texts -> the compiled catalogue and every mistake.

Each file becomes a declaration; each department stands for itself, so that a broken folder takes away
nothing but itself. A reader remembers what it made of a resource's file: read again, it works on what has
changed, and on what leads from one file to another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schema.catalogue import model
from schema.catalogue.check import check_between, check_own
from schema.catalogue.compile_city import CityCompiler
from schema.catalogue.declarations import ThemeDeclaration
from schema.catalogue.declared import Declarations, Declared, folder_of, unit_of
from schema.catalogue.declaring import declare_file, kind_of, shipped_entities
from schema.catalogue.kinds import KindModels
from schema.catalogue.problems import Problem, sort_problems
from schema.catalogue.scope import Scope
from schema.catalogue.yaml_file import YamlFile, parse_yaml


@dataclass(frozen=True, slots=True)
class CheckedCatalogue:
    """A catalogue of all departments without mistakes, and every mistake."""

    catalogue: model.Catalogue
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _City:
    """What stands around resources: as long as it is the same, so is what was made of their files."""

    declared: Declarations
    """Without resources."""
    problems: list[Problem]

    def key(self) -> Any:
        """What a resource's own checks and its compilation look at."""
        some = self.declared
        sources = {
            name: (source.kind, source.connected)
            for one in some.departments
            for name, source in one.value.sources.items()
        }
        folders = [one.folder for one in some.departments]
        return [one.value for one in some.entities], [one.value for one in some.code_lists], sources, folders


@dataclass(frozen=True, slots=True)
class _Made:
    """What came of a resource's file."""

    text: str
    declared: Declared | None
    """Thin."""
    problems: tuple[Problem, ...]
    resource: model.Resource | None
    """Where it has no mistake of its own."""


class CatalogueReader:
    """Reads a catalogue again and again, each time at the cost of what is new."""

    def __init__(self, kinds: Mapping[str, KindModels], environment: Mapping[str, str]) -> None:
        self._kinds = kinds
        self._environment = environment
        self._made: dict[str, _Made] = {}
        self._key: Any = None
        self._last: tuple[Mapping[str, str], CheckedCatalogue] | None = None
        self.compiled = 0
        """Resources made so far; what reading again is held to in tests."""

    def read(self, texts: Mapping[str, str]) -> CheckedCatalogue:
        """Check and compile files given as text by path; the same texts are the same catalogue."""
        if self._last is None or self._last[0] != texts:
            self._last = (dict(texts), self._read(texts))
        return self._last[1]

    def _read(self, texts: Mapping[str, str]) -> CheckedCatalogue:
        city, resources = self._parse(texts)
        if city.declared.city is None and not any(p.file == "city.yaml" for p in city.problems):
            hint = "Add city.yaml with 'city:'."
            city.problems.append(Problem("city.yaml", 1, "NO_CITY", "there is no city", hint))
        problems = [*city.problems, *self._make(city, resources, texts)]
        self._made = {path: made for path, made in self._made.items() if path in texts}
        problems += self._between(city)
        if not problems:
            return CheckedCatalogue(self._compile(city), ())
        return self._compile_sound(texts, problems)

    def _compile_sound(self, texts: Mapping[str, str], problems: list[Problem]) -> CheckedCatalogue:
        """Compile what has no mistakes, once nothing that stands leans on what was left out."""
        while True:
            broken = {unit_of(problem.file) for problem in problems}
            sound = {path: text for path, text in texts.items() if unit_of(path) not in broken}
            rest = CatalogueReader(self._kinds, self._environment)
            city, resources = rest._parse(sound)
            if city.declared.city is None:  # without it nothing stands
                city.declared.departments.clear()
                resources.clear()
            further = [*city.problems, *rest._make(city, resources, sound)]
            rest._keep_standing(city)
            further += rest._between(city)
            if not further:
                return CheckedCatalogue(rest._compile(city), sort_problems(problems))
            problems = [*problems, *further]

    def _parse(self, texts: Mapping[str, str]) -> tuple[_City, dict[str, YamlFile]]:
        """Everything but resources, declared; and the files of resources that are new or have changed."""
        city, changed = _City(Declarations(), []), {}
        for path, text in sorted(texts.items()):
            made = self._made.get(path)
            if made is not None and made.text == text:
                continue
            file = parse_yaml(path, text)
            if kind_of(file) == "resource":
                changed[path] = file
                continue
            self._made.pop(path, None)
            one, problems = declare_file(file, self._kinds, self._environment)
            city.problems.extend(problems)
            if one is not None:
                city.declared.add(one)
        _add_shipped(city.declared)
        return city, changed

    def _make(self, city: _City, changed: dict[str, YamlFile], texts: Mapping[str, str]) -> list[Problem]:
        """Make what is new, or everything where the city around it has changed; give the mistakes of all."""
        key = city.key()
        if key != self._key:
            for path in self._made.keys() & texts.keys() - changed.keys():
                changed[path] = parse_yaml(path, texts[path])
            self._made, self._key = {}, key
        scope, compiler = Scope.of(city.declared), CityCompiler(city.declared, self._kinds)
        while changed:
            path, file = changed.popitem()  # a declaration is large: none is kept
            self._made[path] = self._one(texts[path], file, city.declared, scope, compiler)
        return [problem for path in texts.keys() & self._made.keys() for problem in self._made[path].problems]

    def _one(
        self, text: str, file: YamlFile, city: Declarations, scope: Scope, compiler: CityCompiler
    ) -> _Made:
        one, problems = declare_file(file, self._kinds, self._environment)
        if one is None:
            return _Made(text, None, tuple(problems), None)
        problems += check_own(city.with_resources([one]), scope, self._kinds)
        self.compiled += 1
        return _Made(text, one.thin(), tuple(problems), None if problems else compiler.compile(one))

    def _between(self, city: _City) -> list[Problem]:
        unread = {folder_of(path) for path, made in self._made.items() if made.declared is None}
        unread.update(folder_of(problem.file) for problem in city.problems)
        declared = city.declared.with_resources(self._declared(), frozenset(unread))
        return list(check_between(declared, Scope.of(declared), self._kinds))

    def _declared(self) -> list[Declared]:
        made = (self._made[path] for path in sorted(self._made))
        return [one.declared for one in made if one.declared is not None]

    def _keep_standing(self, city: _City) -> None:
        """Let the city promote, and themes hold, only what is there."""
        declared = city.declared
        if declared.city is None:
            return
        scope = Scope.of(declared.with_resources(self._declared()))
        themes = (_standing(one, scope) for one in declared.themes)
        declared.themes = [one for one in themes if one.value.resources or one.value.items]
        promoted = {
            entity: [code for code in codes if scope.is_on(code, entity)]
            for entity, codes in declared.city.value.promoted.items()
        }
        value = declared.city.value.model_copy(update={"promoted": promoted})
        declared.city = Declared(declared.city.file, value, "")

    def _compile(self, city: _City) -> model.Catalogue:
        made = (self._made[path].resource for path in sorted(self._made))
        return CityCompiler(city.declared, self._kinds).catalogue([one for one in made if one is not None])


def _standing(theme: Declared, scope: Scope) -> Declared:
    value: ThemeDeclaration = theme.value
    standing = {
        "resources": [code for code in value.resources if code in scope.resources],
        "items": [name for name in value.items if name.rpartition(".")[0] in scope.resources],
    }
    return Declared(theme.file, value.model_copy(update=standing), theme.folder)


def _add_shipped(declared: Declarations) -> None:
    own = {one.value.entity for one in declared.entities}
    use = declared.city.value.use if declared.city else []
    declared.entities += [
        one for one in shipped_entities() if one.value.entity in use and one.value.entity not in own
    ]
