"""On the way: a goal is proposed and agreed, and progress is reported."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import Field

from domain.days import said_between
from domain.decider import Command, Fact, Stamp, States, Stream
from domain.facts import Code, Id, Label, Personal, certain
from domain.goal.events import GoalAgreed, GoalProposed, ProgressReported
from domain.goal.state import Goal, Proposal
from domain.goal.wish import GoalWish, streams_around
from domain.refusals import Refusal, Refused
from domain.relationship.state import Relationship
from domain.relationship.wish import today


class ProposeGoal(Command):
    """Propose what to work towards, in an open relationship."""

    id: Id
    relationship: Id
    category: Code = "general"
    skills: tuple[Label, ...] = ()
    target_on: date | None = None
    title: Personal = ""
    measure: Personal = ""
    occurred_on: date | None = None

    @property
    def target(self) -> Stream:
        return Stream(Goal, self.id)

    def concerns(self, states: States) -> Iterator[Stream]:
        yield self.target
        yield from streams_around(states, self.relationship)

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        proposal = states.find(Goal, self.id).proposal
        if proposal is not None:
            if proposal == Proposal(self.relationship, self.category, self.skills, self.target_on):
                return []
            raise Refused(Refusal.ID_TAKEN, f"the goal {self.id} was proposed differently; choose a new id", "id")
        relationship = states.get(Relationship, self.relationship, "relationship")
        if not relationship.is_open:
            raise Refused(
                Refusal.WRONG_STATE,
                "the relationship is closed; re-open it before proposing a goal",
                "relationship",
            )
        day = said_between(self.occurred_on, relationship.opened[-1].start, today(relationship, states, stamp))
        if self.target_on is not None and self.target_on < day:
            raise Refused(
                Refusal.GOAL_ORDER,
                f"the target {self.target_on} lies before the proposal on {day}",
                "target_on",
            )
        event = certain(
            GoalProposed,
            relationship=self.relationship,
            category=self.category,
            skills=self.skills,
            target_on=self.target_on,
            by=stamp.acting,
            title=self.title,
            measure=self.measure,
            occurred_on=day,
        )
        return [Fact(self.target, event, relationship.people())]


class AgreeGoal(GoalWish):
    """Agree on the goal that was proposed."""

    occurred_on: date | None = None

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        setting = self.setting(states, stamp)
        goal = setting.goal
        if goal.standing == "agreed" and self.occurred_on in (None, goal.agreed_on):
            return []
        if goal.standing != "proposed":
            raise Refused(Refusal.WRONG_STATE, f"the goal is {goal.status}; only a proposed one is agreed")
        day = setting.day(self.occurred_on, goal.proposed_on)
        return [self.fact(certain(GoalAgreed, by=stamp.acting, occurred_on=day), setting)]


class ReportProgress(GoalWish):
    """Say how far it is, in percent; with a reason when that is less than before."""

    percent: Annotated[int, Field(ge=0, le=100)]
    reason: Code | None = None
    explanation: Personal = ""
    occurred_on: date | None = None

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        setting = self.setting(states, stamp)
        goal = setting.goal
        if not goal.is_open:
            raise Refused(Refusal.WRONG_STATE, f"the goal is {goal.status}; only an open one makes progress")
        if self.percent == goal.percent:
            return []
        if self.percent < goal.percent and self.reason is None:
            raise Refused(
                Refusal.GOAL_ORDER,
                f"progress falls from {goal.percent} percent only with a reason; say why",
                "reason",
            )
        event = certain(
            ProgressReported,
            percent=self.percent,
            by=stamp.acting,
            reason=self.reason,
            explanation=self.explanation,
            occurred_on=setting.day(self.occurred_on, goal.moved_on),
        )
        return [self.fact(event, setting)]
