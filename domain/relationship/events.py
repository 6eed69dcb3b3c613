"""What happens in a mentoring relationship."""

from datetime import date
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import AwareDatetime, Field

from domain.facts import (
    Actor,
    Changes,
    Code,
    Day,
    Event,
    Happened,
    Id,
    Label,
    Minutes,
    Part,
    Personal,
    Rating,
)

Kind = Literal["structured", "informal", "peer", "reverse", "flash"]
Mode = Literal["in_person", "video", "phone", "chat", "other"]
VoidReason = Literal["never_happened", "duplicate", "wrong_relationship", "test"]
FeedbackAbout = Literal["session", "relationship", "closure"]
MentorQuality = Literal["experience", "patience", "commitment", "communication"]
Quality = Literal["experience", "patience", "commitment", "communication", "openness", "preparation", "follow_through"]
Fit = Literal["good", "undecided", "poor"]
Initiator = Literal["mentor", "mentee", "both", "program"]
ClosureReason = Literal[
    "goals_met",
    "planned_end",
    "mentor_time",
    "mentee_time",
    "moved",
    "poor_fit",
    "unresponsive_mentor",
    "unresponsive_mentee",
    "conduct",
    "left_program",
    "other",
]


# start and frame


class Paired(Event):
    """A mentor and a mentee begin. The mentor leads."""

    mentor: Id
    mentee: Id
    relationship_kind: Annotated[Kind, Field(alias="kind")] = "structured"
    program: Id | None = None
    term: Label | None = None
    project: Label | None = None
    request: Id | None = None
    starts_on: Day
    planned_end: date | None = None
    cadence_days: Annotated[int, Field(ge=1, le=366)] | None = None


class CoMentorJoined(Event):
    """A second mentor joins the lead."""

    mentor: Id
    joined_on: Day


class CoMentorLeft(Event):
    """A co-mentor leaves; what they did stays."""

    mentor: Id
    left_on: Day


# sessions


class SessionHeld(Event):
    """We met. `starts_at` is the moment, where somebody noted it; `held_on` is its local day."""

    session: Id
    held_on: Day
    starts_at: AwareDatetime | None = None
    minutes: Minutes
    mode: Mode = "other"
    topics: tuple[Code, ...] = ()
    attended_by: tuple[Id, ...]
    asserted_by: Actor
    distinct_from: Id | None = None
    summary: Personal = ""


T = TypeVar("T")


class Change(Part, Generic[T]):
    """What a value was, and what it is."""

    was: T
    is_now: Annotated[T, Field(alias="is")]


class SessionChanges(Changes):
    """The facts of a session that can be corrected."""

    held_on: Change[date] | None = None
    starts_at: Change[AwareDatetime | None] | None = None
    minutes: Change[Minutes] | None = None
    mode: Change[Mode] | None = None
    topics: Change[tuple[Code, ...]] | None = None
    attended_by: Change[tuple[Id, ...]] | None = None


class SessionCorrected(Happened):
    """What we recorded of a session was wrong; this is right.

    Of personal text the facts say only that it was rewritten.
    """

    session: Id
    changes: SessionChanges
    rewritten: tuple[Literal["summary"], ...] = ()
    reason: Code
    by: Actor
    summary: Personal = ""
    explanation: Personal = ""


class SessionVoided(Happened):
    """The session did not happen, or does not belong here."""

    session: Id
    reason: VoidReason
    by: Actor
    explanation: Personal = ""


class SessionReinstated(Happened):
    """The void was wrong; the session stands."""

    session: Id
    reason: Code
    by: Actor
    explanation: Personal = ""


# feedback


class FeedbackGiven(Happened):
    """One party says how it goes with another (or a mentor, how it goes with themselves)."""

    feedback: Id
    about: FeedbackAbout = "relationship"
    session: Id | None = None
    author: Annotated[Id, Field(alias="from")]
    to: Id
    ratings: dict[Quality, Rating]
    overall: Rating | None = None
    fit: Fit | None = None
    comment: Personal = ""


class FeedbackRevised(Happened):
    """I see it differently now; this is my whole feedback anew."""

    feedback: Id
    ratings: dict[Quality, Rating]
    overall: Rating | None = None
    fit: Fit | None = None
    comment: Personal = ""


class FeedbackRetracted(Happened):
    """I take my feedback back."""

    feedback: Id
    reason: Code
    explanation: Personal = ""


# growth


class MilestoneReached(Event):
    """We reached a point that the program, or we, had marked."""

    code: Code
    on: Day
    by: Actor


# pause and end


class Paused(Happened):
    """We rest for a while."""

    reason: Code
    until: date | None = None
    by: Actor
    explanation: Personal = ""


class Resumed(Happened):
    """We go on."""

    by: Actor


class Closed(Event):
    """It ended."""

    ended_on: Day
    reason: ClosureReason
    initiated_by: Initiator
    anticipated: bool
    by: Actor
    contact_plan: Personal = ""
    explanation: Personal = ""


class Reopened(Happened):
    """The end was undone; from this day on it is open again."""

    reason: Code
    approved_by: Actor
    explanation: Personal = ""


RelationshipEvent = (
    Paired
    | CoMentorJoined
    | CoMentorLeft
    | SessionHeld
    | SessionCorrected
    | SessionVoided
    | SessionReinstated
    | FeedbackGiven
    | FeedbackRevised
    | FeedbackRetracted
    | MilestoneReached
    | Paused
    | Resumed
    | Closed
    | Reopened
)
