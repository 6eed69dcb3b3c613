"""A proper body for every wish, about what stands in the house."""

import re
from typing import Any

from tests.api import house as h
from tests.support.scenes import named

BODIES: dict[str, dict[str, Any]] = {
    "capacity": {"max": 3},
    "roles/mentor": {"expectations": ["prepares"]},
    "criteria/skills": {"weight": 3},
    "terms/2025": {"begins_on": "2025-01-01"},
    "sessions": {"session": named("another session"), "minutes": 30, "held_on": "2025-05-05"},
    "correct": {"minutes": 50, "reason": "typo"},
    "void": {"reason": "test"},
    "reinstate": {"reason": "mistake"},
    "feedback": {"feedback": named("another feedback"), "to": h.MENTOR, "ratings": {"patience": 3}},
    "revise": {"ratings": {"patience": 3}},
    "retract": {"reason": "mistake"},
    "co-mentors": {"mentor": h.STRANGER},
    "milestones": {"code": "halfway"},
    "pause": {"reason": "holidays"},
    "close": {"reason": "other", "initiated_by": "both", "anticipated": True},
    "reopen": {"reason": "mistake"},
    "progress": {"percent": 10},
    "miss": {"reason": "time"},
    "abandon": {"reason": "time"},
}


def body(address: str, ids: dict[str, str]) -> dict[str, Any]:
    """What to wish at this address, which was made with these ids."""
    if re.fullmatch(r"/v1/relationships/[^/]+", address):
        program = {h.RELATIONSHIP: h.PROGRAM, h.FOREIGN: h.OTHER_PROGRAM}.get(ids["id"], h.NOBODY)
        return {"mentor": h.OTHER_MENTOR, "mentee": h.STRANGER, "program": program}
    if re.fullmatch(r"/v1/goals/[^/]+", address):
        return {"relationship": {h.GOAL: h.RELATIONSHIP, h.FOREIGN_GOAL: h.FOREIGN}.get(ids["id"], h.NOBODY)}
    if re.fullmatch(r"/v1/programs/[^/]+", address):
        return {"name": "Spring"}
    return next((body for end, body in BODIES.items() if address.endswith(end)), {})
