"""What an event changed from what to what: as it says itself, else as the record before it tells."""

from collections.abc import Callable, Mapping
from typing import Any

Record = dict[str, Any]
Change = dict[str, Any]


def changes(kind: str, data: dict[str, Any], stream: str, before: Record | None) -> list[Change]:
    """`{field, was, is}` for every value that this event replaced; `was` is None where nothing was."""
    return list(_CHANGES[kind](data, stream, before or {})) if kind in _CHANGES else []


def _changed(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    """Field by field, in the order of what is so now, then what is gone."""
    return [
        {"field": field, "was": was.get(field), "is": now.get(field)}
        for field in dict.fromkeys((*now, *was))
        if was.get(field) != now.get(field)
    ]


def _session(data: dict[str, Any], stream: str, before: Record) -> list[Change]:
    told = [{"field": field, **change} for field, change in data["changes"].items()]
    return told + [{"field": field, "was": "kept apart", "is": "rewritten"} for field in data["rewritten"]]


def _standing(data: dict[str, Any], stream: str, before: Record, now: str | None) -> list[Change]:
    session = before.get("sessions", {}).get(data["session"], {})
    return _changed({"void": session.get("void")}, {"void": now})


def _feedback(data: dict[str, Any], stream: str, before: Record) -> list[Change]:
    given = before.get("feedback", {}).get(data["feedback"], {}).get("given") or [["", {}, None, None]]
    _, ratings, overall, fit = given[-1]
    return _changed(
        {**ratings, "overall": overall, "fit": fit},
        {**data["ratings"], "overall": data["overall"], "fit": data["fit"]},
    )


def _capacity(data: dict[str, Any], stream: str, before: Record) -> list[Change]:
    said = before.get("capacity")
    return _changed({"capacity": said[-1][1] if said else None}, {"capacity": data["max"]})


def _role(data: dict[str, Any], stream: str, before: Record) -> list[Change]:
    was = before.get("roles", {}).get(data["role"])
    return _changed({"expectations": was}, {"expectations": data["expectations"]})


def _criterion(data: dict[str, Any], stream: str, before: Record) -> list[Change]:
    was = before.get("criteria", {}).get(data["code"], {})
    return _changed(was, {field: data[field] for field in ("weight", "required")})


def _term(data: dict[str, Any], stream: str, before: Record) -> list[Change]:
    was = before.get("terms", {}).get(data["term"], {})
    return _changed(was, {field: value for field, value in data.items() if field != "term"})


def _progress(data: dict[str, Any], stream: str, before: Record) -> list[Change]:
    said = _goal(stream, before).get("progress")
    return _changed({"percent": said[-1][1] if said else None}, {"percent": data["percent"]})


def _goal(stream: str, before: Record) -> Record:
    goal: Record = before.get("goals", {}).get(stream, {})
    return goal


_CHANGES: dict[str, Callable[[dict[str, Any], str, Record], list[Change]]] = {
    "SessionCorrected": _session,
    "SessionVoided": lambda data, stream, before: _standing(data, stream, before, data["reason"]),
    "SessionReinstated": lambda data, stream, before: _standing(data, stream, before, None),
    "FeedbackRevised": _feedback,
    "CapacitySet": _capacity,
    "RoleDefined": _role,
    "SelectionCriterionSet": _criterion,
    "TermSet": _term,
    "ProgressReported": _progress,
}
