"""The files of a catalogue, as texts -> the compiled catalogue and every mistake.

Each file becomes a declaration; each department stands for itself, so that a broken folder takes away
nothing but itself. A reader remembers what it made of a resource's file: read again, it works on what has
changed, and on what leads from one file to another.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any

from schema.catalogue import model
from schema.catalogue.check import check_between, check_own
from schema.catalogue.compile_city import CityCompiler
from schema.catalogue.declared import Declarations, Declared, folder_of, unit_of
from schema.catalogue.declaring import declare_file, kind_of, shipped_entities
from schema.catalogue.kinds import KindModels
from schema.catalogue.problems import Problem, sort_problems
from schema.catalogue.scope import Scope
from schema.catalogue.standing import standing_city, standing_resource
from schema.catalogue.yaml_file import YamlFile, parse_yaml

Texts = Mapping[str, str]
"""Files of a catalogue by path."""


@dataclass(frozen=True, slots=True)
class CheckedCatalogue:
    """A catalogue of everything that mistakes do not take away, and every mistake."""

    catalogue: model.Catalogue
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Files:
    """Files, read as far as they are new: filled by `_parse`, and consumed by the first `_make`."""

    texts: Texts
    newer: Set[str]
    city: Declarations = field(default_factory=Declarations)
    """What they declare besides resources."""
    problems: list[Problem] = field(default_factory=list)
    """Of the same."""
    resources: dict[str, YamlFile | None] = field(default_factory=dict)
    """By path; `None` where the reader knows the file, from before or by now."""

    @property
    def unread(self) -> frozenset[str]:
        return frozenset(folder_of(problem.file) for problem in self.problems) - {""}


@dataclass(frozen=True, slots=True)
class _Made:
    """What came of a resource's file."""

    text: str
    around: Any
    """What it leans on in the city: as long as it is the same, so is what was made."""
    declared: Declared | None
    """Thin."""
    problems: tuple[Problem, ...]
    resource: model.Resource | None
    """Where it has no mistake that takes it away."""


class CatalogueReader:
    """Reads a catalogue again and again, each time at the cost of what is new."""

    def __init__(self, kinds: Mapping[str, KindModels], environment: Mapping[str, str]) -> None:
        self._kinds = kinds
        self._environment = environment
        self._made: dict[str, _Made] = {}
        self._world: Any = None
        """Entities and code lists, which every resource may lean on."""
        self._last: tuple[Texts, Set[str], CheckedCatalogue] | None = None
        self.compiled = 0
        """Resources made so far; what reading again is held to in tests."""

    def read(self, texts: Texts, before: Texts | None = None) -> CheckedCatalogue:
        """Check and compile files given as text by path; the same texts are the same catalogue.

        What differs from the texts `before` is to blame: of two that want one name the newer one loses, and
        of a department that did not change no more goes than what leans on the change.
        """
        before = before or {}
        newer = frozenset(path for path, text in texts.items() if before.get(path) != text)
        if self._last is None or self._last[:2] != (texts, newer):
            self._last = (dict(texts), newer, self._read(_Files(texts, newer)))
        return self._last[2]

    def _read(self, files: _Files) -> CheckedCatalogue:
        self._parse(files)
        if files.city.city is None and not any(p.file == "city.yaml" for p in files.problems):
            hint = "Add city.yaml with 'city:'."
            files.problems.append(Problem("city.yaml", 1, "NO_CITY", "there is no city", hint))
        problems = [*files.problems]
        if files.city.city is None:  # without it nothing stands
            return CheckedCatalogue(
                CityCompiler(Declarations(), self._kinds).catalogue(()), sort_problems(problems)
            )
        city, found = self._check(files, set())
        problems += found
        gone, more = set[str](), _taken(problems, files, is_first=True)
        while more:  # until nothing that stands leans on what was left out
            gone |= more
            if files.city.city.file.path in gone:
                gone = set(files.texts)
            city, found = self._check(files, gone)
            problems += [problem for problem in found if problem.takes != "entry"]
            more = _taken(found, files, is_first=False) - gone
        self._made = {path: made for path, made in self._made.items() if path in files.texts}
        return CheckedCatalogue(self._compile(city, files, gone), sort_problems(problems))

    def _parse(self, files: _Files) -> None:
        """Declare everything but resources, and read the files of resources that are new or have changed."""
        for path, text in sorted(files.texts.items()):
            made = self._made.get(path)
            if made is not None and made.text == text:
                files.resources[path] = None
                continue
            file = parse_yaml(path, text)
            if kind_of(file) == "resource":
                files.resources[path] = file
                continue
            self._made.pop(path, None)
            one, problems = declare_file(file, self._kinds, self._environment)
            files.problems.extend(problems)
            if one is not None:
                files.city.add(one)

    def _check(self, files: _Files, gone: Set[str]) -> tuple[Declarations, list[Problem]]:
        """The city without some files, and the mistakes of the resources in it and between them.

        Where nothing is left out, mistakes are told as they stand; then those that are still to be seen.
        """
        city = _with_shipped(files.city.without(gone))
        problems = self._make(city, files, gone)
        resources = [one for _, one in self._declared(files, gone)]
        unread = frozenset() if gone else files.unread | self._unreadable(files)
        declared = city.with_resources(resources, unread).newer_last(files.newer)
        if gone:
            declared = standing_city(declared, Scope.of(declared))
        return city, [*problems, *check_between(declared, Scope.of(declared), self._kinds)]

    def _make(self, city: Declarations, files: _Files, gone: Set[str]) -> list[Problem]:
        """Make what is new, or has other surroundings; give the mistakes of all."""
        world = [one.value for one in city.entities], [one.value for one in city.code_lists]
        if world != self._world:
            self._made, self._world = {}, world
        scope, compiler, problems = Scope.of(city), CityCompiler(city, self._kinds), list[Problem]()
        for path in files.resources.keys() - gone:
            made = self._made.get(path)
            file, files.resources[path] = files.resources[path], None  # a declaration is large: none is kept
            if made is None or file is not None or made.around != _around(made.declared, scope):
                file = file or parse_yaml(path, files.texts[path])
                made = self._made[path] = self._one(files.texts[path], file, city, scope, compiler)
            problems += made.problems
        return problems

    def _one(
        self, text: str, file: YamlFile, city: Declarations, scope: Scope, compiler: CityCompiler
    ) -> _Made:
        one, problems = declare_file(file, self._kinds, self._environment)
        if one is None:
            return _Made(text, None, None, tuple(problems), None)
        problems += check_own(city.with_resources([one]), scope, self._kinds)
        self.compiled += 1
        is_sound = all(problem.takes == "entry" for problem in problems)
        resource = compiler.compile(one) if is_sound else None
        return _Made(text, _around(one, scope), one.thin(), tuple(problems), resource)

    def _declared(self, files: _Files, gone: Set[str]) -> Iterable[tuple[_Made, Declared]]:
        for path in sorted(files.resources.keys() - gone):
            made = self._made[path]
            if made.declared is not None:
                yield made, made.declared

    def _unreadable(self, files: _Files) -> Set[str]:
        return {folder_of(path) for path in files.resources if self._made[path].declared is None}

    def _compile(self, city: Declarations, files: _Files, gone: Set[str]) -> model.Catalogue:
        found = [(made.resource, one) for made, one in self._declared(files, gone)]
        scope = Scope.of(city.with_resources([one for _, one in found]))
        made = [standing_resource(resource, one, scope) for resource, one in found if resource is not None]
        return CityCompiler(standing_city(city, scope), self._kinds).catalogue(made)


def _around(one: Declared | None, scope: Scope) -> Any:
    """What a resource's own mistakes and its compilation hang on, besides entities and code lists."""
    if one is None:
        return None
    source = scope.sources.get(one.value.source or "")
    known = (source.kind, source.connected) if source else frozenset(scope.sources)
    return known, scope.is_broken(one.folder)


def _taken(problems: Iterable[Problem], files: _Files, *, is_first: bool) -> set[str]:
    """The files that mistakes take away. What follows from another's absence takes a resource alone."""
    changed = {unit_of(path) for path in files.newer}
    taken, units = set[str](), set[str]()
    for problem in problems:
        unit = unit_of(problem.file)
        is_own = is_first and problem.takes == "unit" and unit in changed
        if problem.takes == "entry":
            continue
        if problem.file in files.resources and not is_own:
            taken.add(problem.file)
        else:
            units.add(unit)
    return taken | {path for path in files.texts if unit_of(path) in units}


def _with_shipped(declared: Declarations) -> Declarations:
    own = {one.value.entity for one in declared.entities}
    use = declared.city.value.use if declared.city else []
    shipped = [one for one in shipped_entities() if one.value.entity in use and one.value.entity not in own]
    return replace(declared, entities=[*declared.entities, *shipped])
