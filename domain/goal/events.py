"""What happens to a goal."""

from datetime import date
from typing import Annotated

from pydantic import Field

from domain.facts import Actor, Code, Day, Event, Happened, Id, Label, Personal


class GoalProposed(Happened):
    """I would like us to work towards this."""

    relationship: Id
    category: Code = "general"
    skills: tuple[Label, ...] = ()
    target_on: date | None = None
    by: Actor
    title: Personal = ""
    measure: Personal = ""


class GoalAgreed(Happened):
    """We agree: this is our goal."""

    by: Actor


class ProgressReported(Happened):
    """This is how far we are, in percent. It falls only with a reason."""

    percent: Annotated[int, Field(ge=0, le=100)]
    by: Actor
    reason: Code | None = None
    explanation: Personal = ""


class GoalMet(Event):
    """We got there."""

    met_on: Day
    asserted_by: Actor
    evidence: Personal = ""


class GoalMetRetracted(Happened):
    """It was not met after all; it is open again."""

    by: Actor
    reason: Code
    explanation: Personal = ""


class GoalNotMet(Happened):
    """We did not get there."""

    by: Actor
    reason: Code
    explanation: Personal = ""


class GoalAbandoned(Happened):
    """We gave this goal up."""

    by: Actor
    reason: Code
    explanation: Personal = ""


class GoalParked(Happened):
    """The relationship ended while this goal was open; its outcome stays unknown."""


class GoalResumed(Happened):
    """The relationship was re-opened, and this goal with it."""


GoalEvent = (
    GoalProposed
    | GoalAgreed
    | ProgressReported
    | GoalMet
    | GoalMetRetracted
    | GoalNotMet
    | GoalAbandoned
    | GoalParked
    | GoalResumed
)
