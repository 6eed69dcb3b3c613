"""The sums of one scope as the views keep them, read measure by measure when they are asked for."""

from collections.abc import Iterator
from typing import Any

from projections.figures.sums import Period, Sums
from projections.views import View


class Stored(Sums):
    """Sums that stand in the table of figures. The database counts and adds up: people are many."""

    def __init__(self, view: View, scope: str) -> None:
        super().__init__()
        self._view = view
        self._scope = scope
        self._loaded: set[str] = set()

    def add(self, measure: str, code: str, day: str, value: int) -> None:
        self._load(measure)
        super().add(measure, code, day, value)

    def rows(self, measure: str) -> Iterator[tuple[str, str, int]]:
        self._load(measure)
        return super().rows(measure)

    def total(self, measure: str, *, since: str = "", before: str = "") -> int:
        if measure in self._loaded:
            return super().total(measure, since=since, before=before)
        return self._one("coalesce(sum(value), 0)", measure, since, before)

    def by_code(self, measure: str, *, since: str = "", before: str = "") -> dict[str, int]:
        if measure in self._loaded:
            return super().by_code(measure, since=since, before=before)
        return dict(sorted(self._ask("code, CAST(sum(value) AS bigint)", measure, since, before, "GROUP BY code")))

    def distinct(self, measure: str, *, since: str = "", before: str = "") -> int:
        if measure in self._loaded:
            return super().distinct(measure, since=since, before=before)
        return self._one("count(DISTINCT code)", measure, since, before)

    def by_month(self, measure: str, period: Period) -> dict[str, int]:
        if measure in self._loaded:
            return super().by_month(measure, period)
        asked = "substr(day, 1, 7), CAST(sum(value) AS bigint)"
        return dict(self._ask(asked, measure, period.since, period.before, "GROUP BY 1"))

    def _one(self, what: str, measure: str, since: str, before: str) -> int:
        [(answer,)] = self._ask(what, measure, since, before)
        return int(answer)

    def _ask(self, what: str, measure: str, since: str, before: str, end: str = "") -> list[Any]:
        return self._view.execute(
            f"""SELECT {what} FROM figures
                 WHERE scope = ? AND measure = ? AND day >= ? AND (day < ? OR ? = '') {end}""",
            (self._scope, measure, since, before, before),
        )

    def _load(self, measure: str) -> None:
        if measure in self._loaded:
            return
        self._loaded.add(measure)
        for row in self._view.execute(
            "SELECT measure, code, day, value FROM figures WHERE scope = ? AND measure = ?",
            (self._scope, measure),
        ):
            super().add(*row)
