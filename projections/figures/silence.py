"""Which active relationships have gone silent: past amber, past red.

silent_since     day: the last counted session of an active relationship, or the day it began, was re-opened or went on
                 after a pause, if that came later
"""

from collections.abc import Iterator
from typing import Any

from domain.rules import Rules
from projections.figures.relationships import is_active
from projections.figures.sessions import HELD_ON
from projections.figures.sums import Contribution, Period, Sums

JUDGED = ("silent_since",)


def silent_since(record: dict[str, Any], held: list[dict[str, Any]], rules: Rules) -> str:
    """The day from which silence is counted. `held`: the sessions that count."""
    since: str = record["open"][-1][0]
    if record["paused"] and not rules.active.paused_counts:
        since = max(since, record["paused"][-1][1] or since)
    return max(since, *map(HELD_ON, held)) if held else since


def judge(record: dict[str, Any], held: list[dict[str, Any]], rules: Rules) -> Iterator[Contribution]:
    if is_active(record, rules):
        yield "silent_since", "", silent_since(record, held, rules), 1


def answer(sums: Sums, period: Period, rules: Rules) -> dict[str, Any]:
    """At T. Who is past red is past amber too. A silence of exactly the rule's days is past it."""
    amber, red = rules.attention.amber, rules.attention.red
    return {
        "past_amber": sums.total("silent_since", before=period.days_ago(amber)),
        "past_red": sums.total("silent_since", before=period.days_ago(red)),
        "amber_days": amber,
        "red_days": red,
    }
