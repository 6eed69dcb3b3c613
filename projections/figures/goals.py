"""How goals end.

goal     code: met, not_met, abandoned, open, unknown; day: when it was due (its target, else its end; or empty)
"""

from collections.abc import Iterator
from typing import Any

from domain.rules import Rules
from projections.figures.sums import Contribution, Period, Sums, ratio

_DATED = "0"
"""Every day follows this, and no day at all comes before it."""


def outcome(goal: dict[str, Any]) -> str | None:
    """What became of a goal; None while it is only proposed.

    `unknown`: parked before it was due when the relationship ended, or imported with no word of it since.
    """
    if goal["outcome"]:
        return str(goal["outcome"])
    if not goal["agreed_on"]:
        return None
    if goal["source"] == "imported" and not goal["progress"]:
        return "unknown"
    parked = goal["state"] == "parked"
    if parked and (not goal["target_on"] or goal["parked"][-1][0] <= goal["target_on"]):
        return "unknown"
    return "open"


def contribute(record: dict[str, Any]) -> Iterator[Contribution]:
    for goal in record["goals"].values():
        what = outcome(goal)
        if what:
            yield "goal", what, goal["target_on"] or goal["outcome_on"] or "", 1


def answer(sums: Sums, period: Period, rules: Rules) -> dict[str, Any]:
    """Goals due in the period. `open` are the agreed ones that are not due yet, at T."""
    due = sums.by_code("goal", since=period.since or _DATED, before=period.before)
    undated, later = sums.by_code("goal", before=_DATED), sums.by_code("goal", since=period.at)
    met, not_met, abandoned = (due.get(code, 0) for code in ("met", "not_met", "abandoned"))
    overdue = due.get("open", 0)
    missed = not_met + abandoned + (overdue if rules.goals.overdue_counts else 0)
    return {
        "met": met,
        "not_met": not_met,
        "abandoned": abandoned,
        "overdue": overdue,
        "unknown": due.get("unknown", 0),
        "open": undated.get("open", 0) + later.get("open", 0),
        "met_rate": ratio(met, met + missed),
    }
