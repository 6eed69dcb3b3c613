"""What all wishes about a goal share: it must exist, and its relationship tells the day and the people."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from domain.decider import Command, Fact, Stamp, States, Stream
from domain.facts import Id
from domain.goal.events import GoalEvent
from domain.goal.state import Goal
from domain.program.state import Program
from domain.refusals import Refusal, Refused
from domain.relationship.state import Relationship
from domain.relationship.wish import today


class Setting(NamedTuple):
    """A goal, the relationship it belongs to, and the local day there."""

    goal: Goal
    relationship: Relationship
    today: date

    def day(self, said: date | None, earliest: date, pointer: str = "occurred_on") -> date:
        """The day that was said, else today; GOAL_ORDER when it is before `earliest`, or has not come yet."""
        latest = max(earliest, self.today)
        day = latest if said is None else said
        if not earliest <= day <= latest:
            raise Refused(
                Refusal.GOAL_ORDER,
                f"{day} does not follow what is known of this goal; say a day from {earliest} to {latest}",
                pointer,
            )
        return day


class GoalWish(Command):
    """A wish about a goal that is there."""

    goal: Id

    @property
    def target(self) -> Stream:
        return Stream(Goal, self.goal)

    def concerns(self, states: States) -> Iterator[Stream]:
        yield self.target
        goal = states.find(Goal, self.goal)
        if goal.status:
            yield from streams_around(states, goal.relationship)

    def setting(self, states: States, stamp: Stamp) -> Setting:
        goal = states.get(Goal, self.goal, "goal")
        relationship = states.get(Relationship, goal.relationship)
        return Setting(goal, relationship, today(relationship, states, stamp))

    def fact(self, event: GoalEvent, setting: Setting) -> Fact:
        return Fact(self.target, event, setting.relationship.people())


def streams_around(states: States, relationship: str) -> Iterator[Stream]:
    """The relationship of a goal, and its program."""
    yield Stream(Relationship, relationship)
    if program := states.find(Relationship, relationship).program:
        yield Stream(Program, program)
