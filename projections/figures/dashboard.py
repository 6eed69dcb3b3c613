"""The dashboard: every figure of one scope, answered from its sums."""

from typing import Any

from domain.rules import Rules
from projections.figures import (
    closures,
    first_session,
    goals,
    load,
    people,
    quality,
    relationships,
    sessions,
    silence,
)
from projections.figures.sums import Period, Sums


def answer(sums: Sums, period: Period, rules: Rules) -> dict[str, Any]:
    """All figures of a scope. Counts are whole, rates between 0 and 1; what has no denominator says "no data"."""
    return {
        "period": {"since": period.since or None, "before": period.before},
        "people": people.answer(sums, period, rules),
        "relationships": relationships.answer(sums, period, rules),
        "silence": silence.answer(sums, period, rules),
        "sessions": sessions.answer(sums, period, rules),
        "first_session": first_session.answer(sums, period, rules),
        "goals": goals.answer(sums, period, rules),
        "closures": closures.answer(sums, period, rules),
        "feedback": quality.answer(sums, period, rules),
        "mentor_load": load.answer(sums, period, rules),
        "months": months(sums, period),
    }


def months(sums: Sums, period: Period) -> list[dict[str, Any]]:
    """Month by month: relationships begun and closed, sessions, hours; from the first with anything to the last."""
    columns = {measure: sums.by_month(measure, period) for measure in ("began", "closed", "sessions", "minutes")}
    seen = sorted(set().union(*columns.values()))
    return [
        {
            "month": month,
            "began": columns["began"].get(month, 0),
            "closed": columns["closed"].get(month, 0),
            "sessions": columns["sessions"].get(month, 0),
            "hours": round(columns["minutes"].get(month, 0) / 60, 2),
        }
        for month in (_between(seen[0], seen[-1]) if seen else [])
    ]


def of_relationship(record: dict[str, Any], period: Period, rules: Rules) -> dict[str, Any]:
    """What a mentor sees of one relationship at T."""
    held = sessions.counted(record, rules)
    last = max(map(sessions.HELD_ON, held), default=None)
    active = relationships.is_active(record, rules)
    return {
        "id": record["id"],
        "program": record["program"],
        "term": record["term"],
        "mentee": record["mentee"],
        "state": record["state"],
        "starts_on": record["starts_on"],
        "planned_end": record["planned_end"],
        "sessions": len(held),
        "last_session_on": last,
        "silent_since": silence.silent_since(record, held, rules) if active else None,
        "goals": [
            {"id": id, "state": goal["state"], "target_on": goal["target_on"]} for id, goal in record["goals"].items()
        ],
    }


def _between(first: str, last: str) -> list[str]:
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(start, end + 1)]
