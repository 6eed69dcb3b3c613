"""What many records contribute together, scope by scope."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from domain.rules import Rules
from projections.figures import contribute, judge, scopes
from projections.figures.sums import Contribution


class Contributed(NamedTuple):
    """What one record contributes, and to which scopes."""

    scopes: tuple[str, ...]
    contributions: list[Contribution]

    @classmethod
    def of(cls, noun: str, record: dict[str, Any], rules: Rules, *, judged: bool = False) -> "Contributed":
        """All of it; with `judged`, only what depends on the rules. TypeError when it cannot be added up."""
        where = tuple(scopes(noun, record))
        contributions = list((judge if judged else contribute)(noun, record, rules)) if where else []
        hash(tuple(contributions))  # what has no hash is told now, while nothing has been added
        return cls(where, contributions)


NOTHING = Contributed((), [])


class Totals:
    """Sums of contributions under one version of the rules. Adding and taking away are whole numbers: nothing drifts.

    Records with the same scopes are added up together, and told apart by scope only when the rows are asked for.
    With `judged`, only what depends on the rules is added up.
    """

    def __init__(self, rules: Rules, *, judged: bool = False) -> None:
        self.rules = rules
        self.judged = judged
        self._groups: dict[tuple[str, ...], Counter[Contribution]] = {}

    def add(self, noun: str, record: dict[str, Any]) -> None:
        """Adds what this record contributes: all of it or, when it raises, nothing."""
        where, come = Contributed.of(noun, record, self.rules, judged=self.judged)
        if where:
            self._group(where).update(come)

    def replace(self, before: Contributed, after: Contributed) -> None:
        """Takes away what a record contributed before, and adds what it contributes after."""
        gone, come = before.contributions, after.contributions
        if before.scopes == after.scopes:
            gone, come = _apart(gone, come)
        for where, contributions, times in ((before.scopes, gone, -1), (after.scopes, come, 1)):
            if contributions:
                sums = self._group(where)
                for contribution in contributions:
                    sums[contribution] += times

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

    def _group(self, where: tuple[str, ...]) -> Counter[Contribution]:
        group = self._groups.get(where)
        if group is None:
            group = self._groups[where] = Counter()
        return group


def _apart(before: list[Contribution], after: list[Contribution]) -> tuple[list[Contribution], list[Contribution]]:
    """Both without what they have in common at the beginning and at the end: one event changes little."""
    most = min(len(before), len(after))
    start = next((n for n in range(most) if before[n] != after[n]), most)
    most -= start
    end = next((n for n in range(most) if before[-1 - n] != after[-1 - n]), most)
    return before[start : len(before) - end], after[start : len(after) - end]
