"""Reads files that change: what changed for the worse goes on as it was."""

from dataclasses import dataclass, field

from schema.catalogue.declared import unit_of
from schema.catalogue.reader import CatalogueReader, CheckedCatalogue, Texts


@dataclass(slots=True)
class LastGood:
    """The last good version of every department, and of every file of the city."""

    reader: CatalogueReader
    _good: Texts = field(default_factory=dict)
    """At first what another process served instead of files that had mistakes."""
    _last: tuple[Texts, CheckedCatalogue] | None = None

    def read(self, texts: Texts) -> CheckedCatalogue:
        """The catalogue to go on with, and the mistakes of the files as they are.

        What never was good stays as it is, mistakes and all.
        """
        if self._last is None or self._last[0] != texts:
            self._last = (texts, self._settle(texts))
        return self._last[1]

    def instead(self, texts: Texts) -> Texts:
        """All files of what goes on in another version than that of the texts, which have mistakes there."""
        differ = self._changed(texts)
        return {path: text for path, text in self._good.items() if unit_of(path) in differ}

    def _settle(self, texts: Texts) -> CheckedCatalogue:
        first = checked = self._read(texts)
        now = texts
        if any(problem.code == "NO_CITY" for problem in first.problems):
            now = {**texts, **self._good}  # files without a city are no catalogue
            checked = self._read(now)
        while worse := self._worse(now, checked):
            now = _with_units(now, self._good, worse)
            checked = self._read(now)
        now, checked = self._with_city_of_before(now, checked)
        now, checked = self._with_what_is_no_worse(now, checked, texts, first)
        broken = _broken(checked) - self._unchanged(now)
        self._good = {path: text for path, text in now.items() if unit_of(path) not in broken}
        return CheckedCatalogue(checked.catalogue, first.problems)

    def _worse(self, now: Texts, checked: CheckedCatalogue) -> set[str]:
        """Changed units with mistakes of their own; if there are none, changed units with any mistake."""
        changed = self._changed(now)
        own = {unit_of(problem.file) for problem in checked.problems if problem.takes != "entry"}
        return own & changed or {unit_of(problem.file) for problem in checked.problems} & changed

    def _with_city_of_before(self, now: Texts, checked: CheckedCatalogue) -> tuple[Texts, CheckedCatalogue]:
        """Let changes of the city's own files wait that would break departments which did not change."""
        hurt = _broken(checked) & self._unchanged(now)
        files = {unit for unit in self._changed(now) if unit in self._good}
        if not hurt or not files:
            return now, checked
        before = _with_units(now, self._good, files)
        again = self._read(before)
        return (now, checked) if hurt <= _broken(again) else (before, again)

    def _with_what_is_no_worse(
        self, now: Texts, checked: CheckedCatalogue, texts: Texts, first: CheckedCatalogue
    ) -> tuple[Texts, CheckedCatalogue]:
        """Take back in the changed units that have no more mistakes with their change than without."""
        own = {unit_of(problem.file) for problem in first.problems if problem.takes != "entry"}
        for unit in sorted({unit_of(problem.file) for problem in first.problems} - own):
            with_it = _with_units(now, texts, {unit})
            if with_it == now:
                continue
            again = first if with_it == texts else self._read(with_it)
            if _mistakes(again, unit) <= _mistakes(checked, unit):
                now, checked = with_it, again
        return now, checked

    def _read(self, texts: Texts) -> CheckedCatalogue:
        return self.reader.read(texts, self._good)

    def _changed(self, texts: Texts) -> set[str]:
        """Units with a last good version that is another one."""
        differ = (
            path for path in texts.keys() | self._good.keys() if texts.get(path) != self._good.get(path)
        )
        return set(map(unit_of, differ)) & set(map(unit_of, self._good))

    def _unchanged(self, texts: Texts) -> set[str]:
        return set(map(unit_of, self._good)) - self._changed(texts)


def _broken(checked: CheckedCatalogue) -> set[str]:
    """Units with mistakes of their own."""
    return {unit_of(problem.file) for problem in checked.problems if problem.takes == "unit"}


def _mistakes(checked: CheckedCatalogue, unit: str) -> set[tuple[str, str]]:
    return {(one.code, one.message) for one in checked.problems if unit_of(one.file) == unit}


def _with_units(texts: Texts, others: Texts, units: set[str]) -> Texts:
    """The texts, some units as in the others."""
    kept = {path: text for path, text in texts.items() if unit_of(path) not in units}
    return kept | {path: text for path, text in others.items() if unit_of(path) in units}
