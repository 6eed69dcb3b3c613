"""How many relationships there are: served in a period, active and paused at T.

began            day: when it started
ended            day: when it closed for good (so far)
between          code: when it closed, day: when it was opened again
active, paused   open at T and not paused, or paused
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from domain.rules import Rules
from projections.figures.sums import Contribution, Period, Sums

JUDGED = ("active",)


def is_active(record: dict[str, Any], rules: Rules) -> bool:
    """Open, and not paused unless the rules count a pause as active."""
    state = record["state"]
    return state == "active" or (state == "paused" and rules.active.paused_counts)


def contribute(record: dict[str, Any]) -> Iterator[Contribution]:
    yield "began", "", record["starts_on"], 1
    for (_, closed_on), (opened_on, _) in pairwise(record["open"]):
        yield "between", closed_on, opened_on, 1
    if record["state"] == "closed":
        yield "ended", "", record["open"][-1][1], 1
    elif record["state"] == "paused":
        yield "paused", "", "", 1


def judge(record: dict[str, Any], rules: Rules) -> Iterator[Contribution]:
    if is_active(record, rules):
        yield "active", "", "", 1


def served(sums: Sums, period: Period) -> int:
    """Relationships that were open at any moment of the period; the day of closing still belongs to them."""
    begun = sums.total("began", before=period.before)
    if not period.since:
        return begun
    over = sums.total("ended", before=period.since)
    away = sum(n for closed, opened, n in sums.rows("between") if closed < period.since and opened >= period.before)
    return begun - over - away


def answer(sums: Sums, period: Period, rules: Rules) -> dict[str, Any]:
    return {
        "served": served(sums, period),
        "active": sums.total("active"),
        "paused": sums.total("paused"),
    }
