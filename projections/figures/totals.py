"""What many records contribute together, scope by scope."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from domain.rules import Rules
from projections.figures import contribute, judge, scopes
from projections.figures.sums import Contribution

_NOTHING: Counter[Contribution] = Counter()


class Totals:
    """Sums of contributions under one version of the rules. Adding and taking away are whole numbers: nothing drifts.

    Records with the same scopes are added up together, and told apart by scope only when the rows are asked for.
    With `judged`, only what depends on the rules is added up.
    """

    def __init__(self, rules: Rules, *, judged: bool = False) -> None:
        self.rules = rules
        self.judged = judged
        self._contributions = judge if judged else contribute
        self._groups: dict[tuple[str, ...], Counter[Contribution]] = {}

    def add(self, noun: str, record: dict[str, Any]) -> None:
        """Adds what this record contributes: all of it or, when it raises, nothing."""
        where = tuple(scopes(noun, record))
        if not where:
            return
        contributions = list(self._contributions(noun, record, self.rules))
        self._groups.setdefault(where, Counter()).update(contributions)

    def replace(self, before: "Totals | None", after: "Totals | None") -> None:
        """Takes away all that one has added up, and adds all that the other has. What both have is not touched."""
        was, now = ({} if totals is None else totals._groups for totals in (before, after))
        for where in {**was, **now}:
            ours = self._groups.setdefault(where, Counter())
            gone, come = was.get(where, _NOTHING), now.get(where, _NOTHING)
            for contribution, times in come.items():
                if gone.get(contribution) != times:
                    ours[contribution] += times
            for contribution, times in gone.items():
                if come.get(contribution) != times:
                    ours[contribution] -= times

    def clear(self) -> None:
        """Forgets all."""
        self._groups.clear()

    def __len__(self) -> int:
        """How many different contributions it keeps."""
        return sum(map(len, self._groups.values()))

    def groups(self) -> Iterator[tuple[tuple[str, ...], str, dict[tuple[str, str], int]]]:
        """For each group of scopes and each measure the sums by code and day; some may be zero."""
        for where, times in self._groups.items():
            by_measure: dict[str, dict[tuple[str, str], int]] = {}
            for (measure, code, day, value), n in times.items():
                sums = by_measure.setdefault(measure, {})
                sums[code, day] = sums.get((code, day), 0) + value * n
            for measure, sums in by_measure.items():
                yield where, measure, sums

    def rows(self) -> Iterator[tuple[str, str, str, str, int]]:
        """`(scope, measure, code, day, value)`, each scope and key once, without the zeros."""
        merged: dict[tuple[str, str], dict[tuple[str, str], int]] = {}
        for where, measure, sums in self.groups():
            for scope in where:
                into = merged.setdefault((scope, measure), {})
                for key, value in sums.items():
                    into[key] = into.get(key, 0) + value
        for (scope, measure), sums in merged.items():
            for (code, day), value in sums.items():
                if value:
                    yield scope, measure, code, day, value
