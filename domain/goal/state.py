"""What rules ask about a goal: how far it is, and how it ended."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal, NamedTuple, assert_never

from domain.decider import State, replace
from domain.goal.events import (
    GoalAbandoned,
    GoalAgreed,
    GoalEvent,
    GoalMet,
    GoalMetRetracted,
    GoalNotMet,
    GoalParked,
    GoalProposed,
    GoalResumed,
    ProgressReported,
)

Standing = Literal["", "proposed", "agreed", "parked", "met", "not met", "abandoned"]


class Proposal(NamedTuple):
    """What a goal was proposed as, personal text apart."""

    relationship: str
    category: str
    skills: tuple[str, ...]
    target_on: date | None


@dataclass(frozen=True)
class Goal(State):
    """A goal of a relationship."""

    noun: ClassVar[str] = "goal"

    proposal: Proposal | None = None
    standing: Standing = ""
    proposed_on: date = date.min
    agreed_on: date | None = None
    percent: int = 0
    moved_on: date = date.min
    """The latest day on which something happened to it."""
    met_on: date | None = None
    ended_because: str | None = None
    """Why it was not met, or abandoned."""
    retracted_because: str | None = None
    """Why it was last said that it is not met after all."""
    parked_from: Standing = ""
    met_from: Standing = ""

    @property
    def status(self) -> str:
        return self.standing

    @property
    def relationship(self) -> str:
        """The relationship it belongs to; only of a goal that was proposed."""
        assert self.proposal is not None
        return self.proposal.relationship

    @property
    def is_open(self) -> bool:
        """Whether people work towards it: neither parked nor ended."""
        return self.standing in ("proposed", "agreed")

    def root(self, stream: str) -> str:
        return self.proposal.relationship if self.proposal else stream

    def evolve(self, event: GoalEvent) -> "Goal":
        moved_on = max(self.moved_on, event.day)
        match event:
            case ProgressReported():
                return replace(self, percent=event.percent, moved_on=moved_on)
            case GoalProposed():
                return replace(
                    self,
                    proposal=Proposal(event.relationship, event.category, event.skills, event.target_on),
                    standing="proposed",
                    proposed_on=event.occurred_on,
                    moved_on=moved_on,
                )
            case GoalAgreed():
                return replace(self, standing="agreed", agreed_on=event.occurred_on, moved_on=moved_on)
            case GoalMet():
                return replace(self, standing="met", met_from=self.standing, met_on=event.met_on, moved_on=moved_on)
            case GoalMetRetracted():
                return replace(
                    self,
                    standing=self.met_from,
                    met_on=None,
                    retracted_because=event.reason,
                )  # what was always true has no day of its own
            case GoalNotMet():
                return replace(self, standing="not met", ended_because=event.reason, moved_on=moved_on)
            case GoalAbandoned():
                return replace(self, standing="abandoned", ended_because=event.reason, moved_on=moved_on)
            case GoalParked():
                return replace(self, standing="parked", parked_from=self.standing, moved_on=moved_on)
            case GoalResumed():
                return replace(self, standing=self.parked_from, moved_on=moved_on)
            case _:
                assert_never(event)
