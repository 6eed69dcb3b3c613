"""How relationships end.

closed       code: the reason; day: when
premature    day: when it closed well before plan
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from domain.rules import Rules
from projections.figures.relationships import served
from projections.figures.sums import Contribution, Period, Sums, ratio

JUDGED = ("premature",)

_AS_PLANNED = ("goals_met", "planned_end")


def is_premature(record: dict[str, Any], ended_on: str, reason: str, rules: Rules) -> bool:
    """Closed before the rule's share of the planned length, for another reason than goals met or planned end."""
    if reason in _AS_PLANNED:
        return False
    start = date.fromisoformat(record["starts_on"])
    end = record["planned_end"]
    planned = (date.fromisoformat(end) - start).days if end else rules.closing.open_ended_days
    return (date.fromisoformat(ended_on) - start).days < rules.closing.premature_share * planned


def contribute(record: dict[str, Any]) -> Iterator[Contribution]:
    for ended_on, reason, _, _, reopened_on in record["closures"]:
        if reopened_on is None:
            yield "closed", reason, ended_on, 1


def judge(record: dict[str, Any], rules: Rules) -> Iterator[Contribution]:
    for ended_on, reason, _, _, reopened_on in record["closures"]:
        if reopened_on is None and is_premature(record, ended_on, reason, rules):
            yield "premature", "", ended_on, 1


def answer(sums: Sums, period: Period, rules: Rules) -> dict[str, Any]:
    """Closures in the period that were not undone; rates of the served and of the closed."""
    by_reason = sums.by_code("closed", since=period.since, before=period.before)
    closures, premature = sum(by_reason.values()), sums.within("premature", period)
    return {
        "closures": closures,
        "by_reason": by_reason,
        "premature": premature,
        "closure_rate": ratio(closures, served(sums, period)),
        "premature_rate": ratio(premature, closures),
    }
