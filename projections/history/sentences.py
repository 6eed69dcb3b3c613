"""One sentence for every kind of event, in words a mentor would use; of personal text only that it is there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

Record = dict[str, Any]

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_MODES = {"in_person": "in person", "video": "by video", "phone": "by phone", "chat": "by chat", "other": ""}
_VOID = {
    "never_happened": "it never happened",
    "duplicate": "it was recorded twice",
    "wrong_relationship": "it belongs to another relationship",
    "test": "it was a trial entry",
}
_OUR_OWN = ("the ", "a ", "goal ")
"""How sentences begin that do not begin with a name, which is left as it is written."""
_FIELDS = {"held_on": "the day", "starts_at": "the time", "attended_by": "who attended"}


@dataclass(frozen=True, slots=True)
class Told:
    """An event about to be told: its plain values, the record of its root after it, and how ids are named."""

    kind: str
    data: dict[str, Any]
    stream: str
    occurred_on: str
    noted: bool
    """Whether personal text is kept with it."""
    record: Record
    name: Callable[[str | None], str]
    """People by reference, programs by name."""

    @property
    def pair(self) -> str:
        """`Ann and Ben`: who leads, and the mentee."""
        return f"{self.name(self.record['mentor'])} and {self.name(self.record['mentee'])}"

    @property
    def on(self) -> str:
        return day(self.occurred_on)

    def session(self) -> str:
        """`the session of 3 March 2026`, by the day that was known until now."""
        on = self.record["sessions"][self.data["session"]]["on"]
        moved = self.data.get("changes", {}).get("held_on")
        return f"the session of {day(moved['was'] if moved else on)}"

    def feedback(self) -> Record:
        """The feedback this is about: from whom, to whom."""
        found: Record = self.record["feedback"][self.data["feedback"]]
        return found

    def goal(self) -> str:
        """`goal 2 (career)`: its place among the goals of the relationship."""
        goals = self.record["goals"]
        return f"goal {list(goals).index(self.stream) + 1} ({goals[self.stream]['category']})"


def sentence(told: Told) -> str:
    """What happened, in one sentence that ends with a full stop."""
    words = SENTENCES[told.kind](told)
    if words.startswith(_OUR_OWN):
        words = words[0].upper() + words[1:]
    note = f"; {_NOTES.get(told.kind, 'a note')} is kept apart" if told.noted else ""
    return f"{words}{note}."


def day(iso: str | None) -> str:
    """`3 March 2026`."""
    if not iso:
        return "an unknown day"
    at = date.fromisoformat(iso)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def _value(told: Told, field: str, is_now: Any) -> str:
    """The value of a changed field, for people: names for ids, days in words."""
    if is_now is None or is_now == []:
        return "none"
    if field == "held_on":
        return day(is_now)
    if field == "attended_by":
        return _and([told.name(person) for person in is_now])
    return ", ".join(map(str, is_now)) if isinstance(is_now, list) else str(is_now).replace("_", " ")


def _and(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _said(code: str | None) -> str:
    """A code in words: `goals met`."""
    return (code or "").replace("_", " ")


def _because(told: Told) -> str:
    return f" ({_said(told.data['reason'])})" if told.data.get("reason") else ""


def _times(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


# participants


def _participant_registered(told: Told) -> str:
    skills, interests = told.data["skills"], told.data["interests"]
    parts = [
        f"skilled in {_and(skills)}" if skills else "",
        f"interested in {_and(interests)}" if interests else "",
    ]
    return ", ".join(filter(None, [f"{told.name(told.stream)} takes part", *parts]))


def _capacity_set(told: Told) -> str:
    most = _times(told.data["max"], "open relationship")
    return f"{told.name(told.stream)} accepts at most {most} as a mentor"


def _mentor_slot_taken(told: Told) -> str:
    serving = "lead mentor" if told.data["as"] == "lead" else "co-mentor"
    program = f" in {told.name(told.data['program'])}" if told.data["program"] else ""
    mentor, mentee = told.name(told.stream), told.name(told.data["mentee"])
    return f"a place of {mentor} is taken, as {serving} of {mentee}{program}"


def _mentor_slot_released(told: Told) -> str:
    return f"a place of {told.name(told.stream)} is free again"


# programs


def _program_drafted(told: Told) -> str:
    data = told.data
    return f"the {data['kind']} program {data['name']} is planned, in the time zone {data['time_zone']}"


def _role_defined(told: Told) -> str:
    expected = "; ".join(told.data["expectations"]) or "nothing yet"
    return f"{told.name(told.stream)} expects of a {_said(told.data['role'])}: {expected}"


def _selection_criterion_set(told: Told) -> str:
    required = ", and requires it" if told.data["required"] else ""
    looks = f"{told.name(told.stream)} looks at {_said(told.data['code'])} when people are paired"
    return f"{looks}, with weight {told.data['weight']}{required}"


def _term_set(told: Told) -> str:
    data = told.data
    runs = f"from {day(data['begins_on'])}" + (f" to {day(data['ends_on'])}" if data["ends_on"] else ", always on")
    if data["enroll_from"] or data["enroll_until"]:
        opens = f" from {day(data['enroll_from'])}" if data["enroll_from"] else ""
        ends = f" until {day(data['enroll_until'])}" if data["enroll_until"] else ""
        runs += f", enrollment{opens}{ends}"
    for evaluation in data["evaluations"]:
        runs += f", {_said(evaluation['code'])} evaluation on {day(evaluation['on'])}"
    return f"the term {data['term']} of {told.name(told.stream)} runs {runs}"


def _coordinator_assigned(told: Told) -> str:
    return f"{told.name(told.data['person'])} coordinates {told.name(told.stream)} from {told.on} on"


def _coordinator_released(told: Told) -> str:
    return f"{told.name(told.data['person'])} no longer coordinates {told.name(told.stream)} from {told.on} on"


def _program_published(told: Told) -> str:
    return f"{told.name(told.stream)} is open to people"


# relationships


def _paired(told: Told) -> str:
    data = told.data
    program = f" in {told.name(data['program'])}" if data["program"] else ""
    term = f", {data['term']}" if data["term"] else ""
    project = f", on {data['project']}" if data["project"] else ""
    until = f", planned until {day(data['planned_end'])}" if data["planned_end"] else ""
    mentor, mentee = told.name(data["mentor"]), told.name(data["mentee"])
    return f"{mentor} begins to mentor {mentee} ({data['kind']}) on {told.on}{program}{term}{project}{until}"


def _co_mentor_joined(told: Told) -> str:
    joining, mentee = told.name(told.data["mentor"]), told.name(told.record["mentee"])
    return f"{joining} joins as co-mentor of {mentee} on {told.on}"


def _co_mentor_left(told: Told) -> str:
    leaving, mentee = told.name(told.data["mentor"]), told.name(told.record["mentee"])
    return f"{leaving} leaves as co-mentor of {mentee} on {told.on}"


def _session_held(told: Told) -> str:
    data = told.data
    mode = _MODES.get(data["mode"], "")
    topics = f", about {_and([_said(topic) for topic in data['topics']])}" if data["topics"] else ""
    who = _and([told.name(person) for person in data["attended_by"]])
    return f"{who} met on {told.on} for {_times(data['minutes'], 'minute')}{f' {mode}' if mode else ''}{topics}"


def _session_corrected(told: Told) -> str:
    fields = [
        f"{_FIELDS.get(field, field)} {_value(told, field, change['is'])}, not {_value(told, field, change['was'])}"
        for field, change in told.data["changes"].items()
    ]
    fields += [f"the {field} was rewritten" for field in told.data["rewritten"]]
    return f"{told.session()} is put right{_because(told)}: {'; '.join(fields)}"


def _session_voided(told: Told) -> str:
    reason = told.data["reason"]
    return f"{told.session()} no longer counts: {_VOID.get(reason, _said(reason))}"


def _session_reinstated(told: Told) -> str:
    return f"{told.session()} counts after all{_because(told)}"


def _ratings(data: dict[str, Any]) -> str:
    rated = [f"{_said(quality)} {rating}" for quality, rating in data["ratings"].items()]
    rated += [f"overall {data['overall']}"] if data["overall"] else []
    rated += [f"the fit is {data['fit']}"] if data["fit"] else []
    return ", ".join(rated)


def _whom(told: Told, author: str | None, to: str | None) -> str:
    return "themselves" if author == to else told.name(to)


def _feedback_given(told: Told) -> str:
    data = told.data
    about = {"closure": " at the end", "session": " on a session"}.get(data["about"], "")
    author, to = data["from"], data["to"]
    return f"{told.name(author)} gives feedback on {_whom(told, author, to)}{about}: {_ratings(data)}"


def _feedback_revised(told: Told) -> str:
    author, to = (told.feedback()[field] for field in ("from", "to"))
    return f"{told.name(author)} now sees {_whom(told, author, to)} like this: {_ratings(told.data)}"


def _feedback_retracted(told: Told) -> str:
    author, to = (told.feedback()[field] for field in ("from", "to"))
    return f"{told.name(author)} takes back the feedback on {_whom(told, author, to)}{_because(told)}"


def _milestone_reached(told: Told) -> str:
    return f"{told.pair} reached the milestone {_said(told.data['code'])} on {told.on}"


def _rests(told: Told) -> str:
    until = f", until about {day(told.data['until'])}" if told.data["until"] else ""
    return f"{told.pair} pause from {told.on} on{_because(told)}{until}"


def _resumed(told: Told) -> str:
    return f"{told.pair} go on from {told.on}"


def _closed(told: Told) -> str:
    data = told.data
    expected = "as foreseen" if data["anticipated"] else "unforeseen"
    who = {"both": "both sides", "program": "the program"}.get(data["initiated_by"], f"the {data['initiated_by']}")
    return f"{told.pair} end on {told.on}: {_said(data['reason'])}, on the wish of {who}, {expected}"


def _reopened(told: Told) -> str:
    approved = f"approved by {told.name(told.data['approved_by'])}"
    return f"the end is undone{_because(told)}: {told.pair} are open again from {told.on}, {approved}"


# goals


def _goal_proposed(told: Told) -> str:
    data = told.data
    skills = f", for {_and(data['skills'])}" if data["skills"] else ""
    target = f", by {day(data['target_on'])}" if data["target_on"] else ""
    return f"{told.name(data['by'])} proposes {told.goal()}{skills}{target}"


def _goal_agreed(told: Told) -> str:
    return f"{told.goal()} is agreed by {told.name(told.data['by'])}"


def _progress_reported(told: Told) -> str:
    return f"{told.name(told.data['by'])} sees {told.goal()} at {told.data['percent']} percent{_because(told)}"


def _goal_met(told: Told) -> str:
    return f"{told.goal()} is met on {told.on}, as {told.name(told.data['asserted_by'])} says"


def _goal_met_retracted(told: Told) -> str:
    return f"{told.goal()} was not met after all, as {told.name(told.data['by'])} says{_because(told)}"


def _goal_not_met(told: Told) -> str:
    return f"{told.goal()} was not met, as {told.name(told.data['by'])} says{_because(told)}"


def _goal_abandoned(told: Told) -> str:
    return f"{told.goal()} is given up by {told.name(told.data['by'])}{_because(told)}"


def _goal_parked(told: Told) -> str:
    return f"{told.goal()} is left open as the relationship ends"


def _goal_resumed(told: Told) -> str:
    return f"{told.goal()} is taken up again with the relationship"


_NOTES = {
    "ParticipantRegistered": "a profile",
    "SessionHeld": "a summary",
    "FeedbackGiven": "a comment",
    "FeedbackRevised": "a comment",
    "GoalProposed": "its wording",
    "GoalMet": "the evidence",
}

SENTENCES: dict[str, Callable[[Told], str]] = {
    "ParticipantRegistered": _participant_registered,
    "CapacitySet": _capacity_set,
    "MentorSlotTaken": _mentor_slot_taken,
    "MentorSlotReleased": _mentor_slot_released,
    "ProgramDrafted": _program_drafted,
    "RoleDefined": _role_defined,
    "SelectionCriterionSet": _selection_criterion_set,
    "TermSet": _term_set,
    "CoordinatorAssigned": _coordinator_assigned,
    "CoordinatorReleased": _coordinator_released,
    "ProgramPublished": _program_published,
    "Paired": _paired,
    "CoMentorJoined": _co_mentor_joined,
    "CoMentorLeft": _co_mentor_left,
    "SessionHeld": _session_held,
    "SessionCorrected": _session_corrected,
    "SessionVoided": _session_voided,
    "SessionReinstated": _session_reinstated,
    "FeedbackGiven": _feedback_given,
    "FeedbackRevised": _feedback_revised,
    "FeedbackRetracted": _feedback_retracted,
    "MilestoneReached": _milestone_reached,
    "Paused": _rests,
    "Resumed": _resumed,
    "Closed": _closed,
    "Reopened": _reopened,
    "GoalProposed": _goal_proposed,
    "GoalAgreed": _goal_agreed,
    "ProgressReported": _progress_reported,
    "GoalMet": _goal_met,
    "GoalMetRetracted": _goal_met_retracted,
    "GoalNotMet": _goal_not_met,
    "GoalAbandoned": _goal_abandoned,
    "GoalParked": _goal_parked,
    "GoalResumed": _goal_resumed,
}
