"""What figures add up: whole numbers by measure, code and day, of which any set of records can be summed.

A contribution is `(measure, code, day, value)`. Records contribute without a clock; whatever moves with the date
(silence, overdue, windows) is decided by the question, from the days.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

NO_DATA: Literal["no data"] = "no data"
"""What a ratio or a median says whose denominator is empty."""

Ratio = float | Literal["no data"]


class Key(NamedTuple):
    """What is counted, of which sort (a reason, an outcome, a person; may be empty), on which day (may be empty)."""

    measure: str
    code: str
    day: str


Contribution = tuple[str, str, str, int]


@dataclass(frozen=True, slots=True)
class Period:
    """The days a question is about: `since` included, `before` not; `at` is the midnight T at which it is asked.

    All are ISO days; `since` may be empty (from the beginning). `before` is never later than `at`.
    """

    since: str
    before: str
    at: str

    @classmethod
    def asked(cls, as_of: date, since: date | None = None, until: date | None = None) -> "Period":
        """The period of a question: `as_of` and `until` are days that still belong to it."""
        at = (as_of + timedelta(days=1)).isoformat()
        before = min(at, (until + timedelta(days=1)).isoformat()) if until else at
        return cls(since.isoformat() if since else "", before, at)

    def has(self, day: str) -> bool:
        return self.since <= day < self.before

    def days_ago(self, days: int) -> str:
        """The day from which on something is less than so many days old at T: the start of the window [T - days, T)."""
        return (date.fromisoformat(self.at) - timedelta(days=days)).isoformat()

    def months_ago(self, months: int) -> str:
        """T minus so many months; the last day of a shorter month stands in for a day it lacks."""
        at = date.fromisoformat(self.at)
        years, month = divmod(at.year * 12 + at.month - 1 - months, 12)
        day = at.day
        while True:
            try:
                return date(years, month + 1, day).isoformat()
            except ValueError:
                day -= 1


class Sums:
    """Contributions, added up. Answers are read from here, whether the numbers were kept live, refigured or rebuilt."""

    def __init__(self, contributions: Iterable[Contribution] = ()) -> None:
        self._by_measure: dict[str, Counter[tuple[str, str]]] = {}
        for contribution in contributions:
            self.add(*contribution)

    def add(self, measure: str, code: str, day: str, value: int) -> None:
        self._by_measure.setdefault(measure, Counter())[code, day] += value

    def rows(self, measure: str) -> Iterator[tuple[str, str, int]]:
        """`(code, day, value)` of one measure, without the zeros."""
        for (code, day), value in self._by_measure.get(measure, {}).items():
            if value:
                yield code, day, value

    def total(self, measure: str, *, since: str = "", before: str = "") -> int:
        """The sum of one measure over days from `since` on and earlier than `before` (empty: no bound)."""
        return sum(v for _, day, v in self.rows(measure) if day >= since and (not before or day < before))

    def within(self, measure: str, period: Period) -> int:
        return self.total(measure, since=period.since, before=period.before)

    def by_code(self, measure: str, *, since: str = "", before: str = "") -> dict[str, int]:
        """The sum for each code, over the same days."""
        sums: Counter[str] = Counter()
        for code, day, value in self.rows(measure):
            if day >= since and (not before or day < before):
                sums[code] += value
        return dict(sorted(sums.items()))

    def distinct(self, measure: str, *, since: str = "", before: str = "") -> int:
        """How many different codes there are, over the same days."""
        return len(self.by_code(measure, since=since, before=before))

    def by_month(self, measure: str, period: Period) -> dict[str, int]:
        """The sum for each month (`2026-03`) of the period."""
        sums: Counter[str] = Counter()
        for _, day, value in self.rows(measure):
            if period.has(day):
                sums[day[:7]] += value
        return dict(sums)


def ratio(part: int, whole: int) -> Ratio:
    """`part / whole` between 0 and 1, four decimals; no data when there is no whole."""
    return round(part / whole, 4) if whole else NO_DATA


def median(values: Iterable[tuple[int, int]]) -> Ratio:
    """The median of `(value, how often)`; between two middle values their mean."""
    ordered = sorted(values)
    count = sum(times for _, times in ordered)
    if not count:
        return NO_DATA
    middle: list[int] = []
    seen = 0
    for value, times in ordered:
        seen += times
        while len(middle) < 2 and seen > (count - 1 + len(middle)) // 2:
            middle.append(value)
    return sum(middle) / 2
