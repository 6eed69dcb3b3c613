"""The record of a person who takes part.

id, version, reference, interests, skills, registered_on
capacity             [set_on, max], oldest first
slots                [relationship, lead or co, program or null, taken_on, released_on or null]
last_day, position   no fact in here is dated later; the last event that is in here
"""

from typing import Any

Record = dict[str, Any]
Facts = dict[str, Any]


def participant_registered(_: Record | None, facts: Facts, stream: str, on: str, source: str) -> Record:
    return {
        "id": stream,
        "version": 1,
        "reference": facts["reference"],
        "interests": facts["interests"],
        "skills": facts["skills"],
        "registered_on": on,
        "capacity": [],
        "slots": [],
        "last_day": on,
    }


def capacity_set(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    record["capacity"].append([on, facts["max"]])
    return _dated(record, on)


def mentor_slot_taken(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    record["slots"].append([facts["relationship"], facts["as"], facts["program"], on, None])
    return _dated(record, on)


def mentor_slot_released(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    slot = next(s for s in reversed(record["slots"]) if s[0] == facts["relationship"])
    slot[4] = on
    return _dated(record, on)


FOLDS = {
    "ParticipantRegistered": participant_registered,
    "CapacitySet": capacity_set,
    "MentorSlotTaken": mentor_slot_taken,
    "MentorSlotReleased": mentor_slot_released,
}


def cut(record: Record, before: str) -> Record:
    """The record as if no fact dated `before` (a day) or later had come."""
    if record["last_day"] < before:
        return record
    return {
        **record,
        "capacity": [c for c in record["capacity"] if c[0] < before],
        "slots": [[*s[:4], s[4] if s[4] and s[4] < before else None] for s in record["slots"] if s[3] < before],
    }


def _dated(record: Record, on: str) -> Record:
    record["version"] += 1
    if on > record["last_day"]:
        record["last_day"] = on
    return record
