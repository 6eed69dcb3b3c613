"""How long the first session takes to come.

first_session      code: days from the start to the first counted session; day: the start
no_session_yet     day: the start of an active relationship that had no counted session yet
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from domain.rules import Rules
from projections.figures.relationships import is_active
from projections.figures.sessions import HELD_ON
from projections.figures.sums import Contribution, Period, Sums, median

JUDGED = ("first_session", "no_session_yet")


def judge(record: dict[str, Any], held: list[dict[str, Any]], rules: Rules) -> Iterator[Contribution]:
    """`held`: the sessions that count."""
    starts_on = record["starts_on"]
    if held:
        first = min(map(HELD_ON, held))
        lag = (date.fromisoformat(first) - date.fromisoformat(starts_on)).days
        yield "first_session", str(lag), starts_on, 1
    elif is_active(record, rules):
        yield "no_session_yet", "", starts_on, 1


def answer(sums: Sums, period: Period, rules: Rules) -> dict[str, Any]:
    """Of the relationships that began in the period. `late`: active, without a session, for the rule's days or more."""
    lags = sums.by_code("first_session", since=period.since, before=period.before)
    flagged = period.days_ago(rules.attention.first_session)
    return {
        "median_days": median((int(lag), times) for lag, times in lags.items()),
        "with_session": sum(lags.values()),
        "without_session": sums.within("no_session_yet", period),
        "late": sums.total("no_session_yet", since=period.since, before=min(period.before, flagged)),
    }
