"""The state of a record in plain facts: what someone would say of it, without looking anything up."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from domain.rules import Rules
from projections.figures import load, sessions

Record = dict[str, Any]
Name = Callable[[str | None], str]


def plain(noun: str, record: Record | None, name: Name, rules: Rules) -> dict[str, Any] | None:
    """The state of a relationship, participant or program; None while there is none."""
    return None if record is None else _PLAIN[noun](record, name, rules)


def _relationship(record: Record, name: Name, rules: Rules) -> dict[str, Any]:
    held, counted = record["sessions"].values(), sessions.counted(record, rules)
    live = [f for f in record["feedback"].values() if not f["retracted"]]
    return {
        "status": record["state"],
        "mentor": name(record["mentor"]),
        "co_mentors": [name(person) for person, _, left_on in record["co_mentors"] if left_on is None],
        "mentee": name(record["mentee"]),
        "program": name(record["program"]) if record["program"] else None,
        "term": record["term"],
        "open": record["open"],
        "paused": record["paused"],
        "sessions": {
            "counted": len(counted),
            "void": sum(s["void"] is not None for s in held),
            "corrected": sum(s["corrected"] > 0 for s in held),
            "minutes": sum(min(s["minutes"], rules.sessions.counted_up_to) for s in counted),
            "last_on": max((s["on"] for s in counted), default=None),
        },
        "goals": dict(sorted(Counter(goal["state"] for goal in record["goals"].values()).items())),
        "feedback": {"live": len(live), "retracted": len(record["feedback"]) - len(live)},
        "milestones": [code for code, _ in record["milestones"]],
        "closed_for": record["closures"][-1][1] if record["state"] == "closed" else None,
    }


def _participant(record: Record, name: Name, rules: Rules) -> dict[str, Any]:
    return {
        "name": name(record["id"]),
        "capacity": load.capacity(record, rules),
        "places": len(load.places(record, rules)),
        "leading": sum(s[1] == "lead" and s[4] is None for s in record["slots"]),
        "co_mentoring": sum(s[1] == "co" and s[4] is None for s in record["slots"]),
    }


def _program(record: Record, name: Name, rules: Rules) -> dict[str, Any]:
    return {
        "status": record["state"],
        "name": record["name"],
        "roles": sorted(record["roles"]),
        "criteria": sorted(record["criteria"]),
        "terms": sorted(record["terms"], key=lambda term: (record["terms"][term]["begins_on"], term)),
        "coordinators": [name(person) for person, _, until in record["coordinators"] if until is None],
    }


_PLAIN: dict[str, Callable[[Record, Name, Rules], dict[str, Any]]] = {
    "relationship": _relationship,
    "participant": _participant,
    "program": _program,
}
