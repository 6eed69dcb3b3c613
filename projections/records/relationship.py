"""The record of a relationship and its goals.

id, version          the relationship's stream
kind, program, term, project, mentor (who leads), mentee, starts_on, planned_end, cadence_days, source
state                active, paused, closed
open, paused         intervals [from, to or null], half-open: it is closed, or resumed, on the day `to`
co_mentors           [person, joined_on, left_on or null]
sessions             by id: on, minutes, source, starts_at, mode, topics, attended_by, void (reason or null), corrected
feedback             by id: about, session, from, to, retracted, given: [[on, ratings, overall, fit] ...] oldest first
goals                by id: version, state, category, skills, target_on, source, proposed_on, agreed_on, outcome,
                     outcome_on, parked (intervals), progress: [[on, percent] ...]
milestones           [code, on]
closures             [ended_on, reason, initiated_by, anticipated, reopened_on or null]
last_day             no fact in here is dated later
position             the last event that is in here
"""

from datetime import date
from typing import Any

from projections.moments import midnight_after

Record = dict[str, Any]
Facts = dict[str, Any]


# start and frame


def paired(_: Record | None, facts: Facts, stream: str, on: str, source: str) -> Record:
    return {
        "id": stream,
        "version": 1,
        "kind": facts["kind"],
        "program": facts["program"],
        "term": facts["term"],
        "project": facts["project"],
        "mentor": facts["mentor"],
        "mentee": facts["mentee"],
        "starts_on": on,
        "planned_end": facts["planned_end"],
        "cadence_days": facts["cadence_days"],
        "source": source,
        "state": "active",
        "open": [[on, None]],
        "paused": [],
        "co_mentors": [],
        "sessions": {},
        "feedback": {},
        "goals": {},
        "milestones": [],
        "closures": [],
        "last_day": on,
    }


def co_mentor_joined(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    record["co_mentors"].append([facts["mentor"], on, None])
    return _own(record, on)


def co_mentor_left(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    place = next(p for p in reversed(record["co_mentors"]) if p[0] == facts["mentor"])
    place[2] = on
    return _own(record, on)


# sessions


def session_held(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    record["sessions"][facts["session"]] = {
        "on": on,
        "minutes": facts["minutes"],
        "source": source,
        "starts_at": facts["starts_at"],
        "mode": facts["mode"],
        "topics": facts["topics"],
        "attended_by": facts["attended_by"],
        "void": None,
        "corrected": 0,
    }
    return _own(record, on)


def session_corrected(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    session = record["sessions"][facts["session"]]
    for field, change in facts["changes"].items():
        session["on" if field == "held_on" else field] = change["is"]
    session["corrected"] += 1
    return _own(record, session["on"])


def session_voided(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    record["sessions"][facts["session"]]["void"] = facts["reason"]
    record["version"] += 1
    return record


def session_reinstated(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    record["sessions"][facts["session"]]["void"] = None
    record["version"] += 1
    return record


# feedback


def feedback_given(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    record["feedback"][facts["feedback"]] = {
        "about": facts["about"],
        "session": facts["session"],
        "from": facts["from"],
        "to": facts["to"],
        "retracted": False,
        "given": [[on, facts["ratings"], facts["overall"], facts["fit"]]],
    }
    return _own(record, on)


def feedback_revised(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    given = record["feedback"][facts["feedback"]]["given"]
    given.append([on, facts["ratings"], facts["overall"], facts["fit"]])
    return _own(record, on)


def feedback_retracted(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    record["feedback"][facts["feedback"]]["retracted"] = True
    record["version"] += 1
    return record


# growth, pause and end


def milestone_reached(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    record["milestones"].append([facts["code"], on])
    return _own(record, on)


def paused(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    record["paused"].append([on, None])
    record["state"] = "paused"
    return _own(record, on)


def resumed(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    record["paused"][-1][1] = on
    record["state"] = "active"
    return _own(record, on)


def closed(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    record["open"][-1][1] = on
    if record["state"] == "paused":
        record["paused"][-1][1] = on
    record["state"] = "closed"
    record["closures"].append([on, facts["reason"], facts["initiated_by"], facts["anticipated"], None])
    return _own(record, on)


def reopened(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    record["open"].append([on, None])
    record["closures"][-1][4] = on
    record["state"] = "active"
    return _own(record, on)


# goals


def goal_proposed(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    record["goals"][stream] = {
        "version": 1,
        "state": "proposed",
        "category": facts["category"],
        "skills": facts["skills"],
        "target_on": facts["target_on"],
        "source": source,
        "proposed_on": on,
        "agreed_on": None,
        "outcome": None,
        "outcome_on": None,
        "parked": [],
        "progress": [],
    }
    return _dated(record, on)


def goal_agreed(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    goal = _goal(record, stream)
    goal["agreed_on"] = on
    goal["state"] = "agreed"
    return _dated(record, on)


def progress_reported(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    _goal(record, stream)["progress"].append([on, facts["percent"]])
    return _dated(record, on)


def goal_met(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    return _ended(record, stream, on, "met")


def goal_met_retracted(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    goal = _goal(record, stream)
    goal["outcome"] = goal["outcome_on"] = None
    goal["state"] = _open_state(goal)
    return record


def goal_not_met(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    return _ended(record, stream, on, "not_met")


def goal_abandoned(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    return _ended(record, stream, on, "abandoned")


def goal_parked(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    goal = _goal(record, stream)
    goal["parked"].append([on, None])
    goal["state"] = "parked"
    return _dated(record, on)


def goal_resumed(record: Record, facts: Facts, stream: str, on: str, source: str) -> Record:
    goal = _goal(record, stream)
    goal["parked"][-1][1] = on
    goal["state"] = _open_state(goal)
    return _dated(record, on)


FOLDS = {
    "Paired": paired,
    "CoMentorJoined": co_mentor_joined,
    "CoMentorLeft": co_mentor_left,
    "SessionHeld": session_held,
    "SessionCorrected": session_corrected,
    "SessionVoided": session_voided,
    "SessionReinstated": session_reinstated,
    "FeedbackGiven": feedback_given,
    "FeedbackRevised": feedback_revised,
    "FeedbackRetracted": feedback_retracted,
    "MilestoneReached": milestone_reached,
    "Paused": paused,
    "Resumed": resumed,
    "Closed": closed,
    "Reopened": reopened,
    "GoalProposed": goal_proposed,
    "GoalAgreed": goal_agreed,
    "ProgressReported": progress_reported,
    "GoalMet": goal_met,
    "GoalMetRetracted": goal_met_retracted,
    "GoalNotMet": goal_not_met,
    "GoalAbandoned": goal_abandoned,
    "GoalParked": goal_parked,
    "GoalResumed": goal_resumed,
}


def cut(record: Record, before: str) -> Record | None:
    """The record as if no fact dated `before` (a day) or later had come; None when nothing had begun.

    Corrections, voids and retractions stay applied: they say what was always true.
    """
    if record["last_day"] < before:
        return record
    if record["starts_on"] >= before:
        return None
    spans = {name: _cut_spans(record[name], before) for name in ("open", "paused")}
    return {
        **record,
        **spans,
        "state": _state(spans),
        "co_mentors": [[p, j, _earlier(le, before)] for p, j, le in record["co_mentors"] if j < before],
        "sessions": {id: s for id, s in record["sessions"].items() if s["on"] < before},
        "feedback": {
            id: {**f, "given": [g for g in f["given"] if g[0] < before]}
            for id, f in record["feedback"].items()
            if f["given"][0][0] < before
        },
        "goals": {id: _cut_goal(g, before) for id, g in record["goals"].items() if g["proposed_on"] < before},
        "milestones": [m for m in record["milestones"] if m[1] < before],
        "closures": [[*c[:4], _earlier(c[4], before)] for c in record["closures"] if c[0] < before],
    }


def within(record: Record, since: str | None, until: str | None) -> Record:
    """The record in somebody's time, to both ends of which these days belong: cut, and without what was over before.

    None for a time that has no such end.
    """
    shown = record if until is None else cut(record, midnight_after(date.fromisoformat(until)))
    assert shown is not None, "who was ever in it belonged before it ended"
    return shown if since is None else _since(shown, since)


def _since(record: Record, day: str) -> Record:
    return {
        **record,
        "open": _lasting(record["open"], day),
        "paused": _lasting(record["paused"], day),
        "co_mentors": [one for one in record["co_mentors"] if one[2] is None or one[2] >= day],
        "sessions": {id: session for id, session in record["sessions"].items() if session["on"] >= day},
        "goals": {id: goal for id, goal in record["goals"].items() if goal["proposed_on"] >= day},
        "milestones": [[code, on] for code, on in record["milestones"] if on >= day],
        "closures": [closure for closure in record["closures"] if closure[0] >= day],
    }


def _lasting(spans: list[list[str | None]], since: str) -> list[list[str | None]]:
    """The intervals of these that lasted to the day `since` or longer."""
    return [span for span in spans if span[1] is None or span[1] >= since]


def _cut_goal(goal: Record, before: str) -> Record:
    cut_goal = {
        **goal,
        "agreed_on": _earlier(goal["agreed_on"], before),
        "parked": _cut_spans(goal["parked"], before),
        "progress": [p for p in goal["progress"] if p[0] < before],
    }
    if goal["outcome_on"] and goal["outcome_on"] >= before:
        cut_goal["outcome"] = cut_goal["outcome_on"] = None
    cut_goal["state"] = cut_goal["outcome"] or _open_state(cut_goal)
    return cut_goal


def _cut_spans(spans: list[list[str | None]], before: str) -> list[list[str | None]]:
    return [[start, _earlier(end, before)] for start, end in spans if start and start < before]


def _earlier(day: str | None, before: str) -> str | None:
    return day if day and day < before else None


def _state(spans: dict[str, list[list[str | None]]]) -> str:
    if spans["open"][-1][1]:
        return "closed"
    return "paused" if spans["paused"] and not spans["paused"][-1][1] else "active"


def _open_state(goal: Record) -> str:
    if goal["parked"] and not goal["parked"][-1][1]:
        return "parked"
    return "agreed" if goal["agreed_on"] else "proposed"


def _own(record: Record, on: str) -> Record:
    """An event of the relationship's own stream, dated `on`."""
    record["version"] += 1
    return _dated(record, on)


def _dated(record: Record, on: str) -> Record:
    if on > record["last_day"]:
        record["last_day"] = on
    return record


def _goal(record: Record, stream: str) -> Record:
    """The goal whose stream has one event more."""
    goal: Record = record["goals"][stream]
    goal["version"] += 1
    return goal


def _ended(record: Record, stream: str, on: str, outcome: str) -> Record:
    goal = _goal(record, stream)
    goal["outcome"] = goal["state"] = outcome
    goal["outcome_on"] = on
    return _dated(record, on)
