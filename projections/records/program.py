"""The record of a program.

id, version, name, kind, time_zone, state (draft, published), drafted_on, published_on
roles                by role: its expectations
criteria             by code: weight, required
terms                by term: enroll_from, enroll_until, begins_on, ends_on, evaluations
coordinators         [person, assigned_on, released_on or null]
last_day, position   no fact in here is dated later; the last event that is in here
"""

from typing import Any

Record = dict[str, Any]
Facts = dict[str, Any]


def program_drafted(_: Record | None, facts: Facts, stream: str, on: str, source: str) -> Record:
    return {
        "id": stream,
        "version": 1,
        "name": facts["name"],
        "kind": facts["kind"],
        "time_zone": facts["time_zone"],
        "state": "draft",
        "drafted_on": on,
        "published_on": None,
        "roles": {},
        "criteria": {},
        "terms": {},
        "coordinators": [],
        "last_day": on,
    }


def role_defined(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    record["roles"][facts["role"]] = facts["expectations"]
    return _dated(record, on)


def selection_criterion_set(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    record["criteria"][facts["code"]] = {"weight": facts["weight"], "required": facts["required"]}
    return _dated(record, on)


def term_set(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    record["terms"][facts["term"]] = {
        name: facts[name] for name in ("enroll_from", "enroll_until", "begins_on", "ends_on", "evaluations")
    }
    return _dated(record, on)


def coordinator_assigned(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    record["coordinators"].append([facts["person"], on, None])
    return _dated(record, on)


def coordinator_released(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    place = next(p for p in reversed(record["coordinators"]) if p[0] == facts["person"])
    place[2] = on
    return _dated(record, on)


def program_published(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    record["state"] = "published"
    record["published_on"] = on
    return _dated(record, on)


FOLDS = {
    "ProgramDrafted": program_drafted,
    "RoleDefined": role_defined,
    "SelectionCriterionSet": selection_criterion_set,
    "TermSet": term_set,
    "CoordinatorAssigned": coordinator_assigned,
    "CoordinatorReleased": coordinator_released,
    "ProgramPublished": program_published,
}


def _dated(record: Record, on: str) -> Record:
    record["version"] += 1
    if on > record["last_day"]:
        record["last_day"] = on
    return record
