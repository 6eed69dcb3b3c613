"""How a goal ends: met, not met or abandoned; and when it was not met after all."""

from datetime import date

from domain.decider import Fact, Stamp, States
from domain.facts import Code, Personal, certain
from domain.goal.events import GoalAbandoned, GoalMet, GoalMetRetracted, GoalNotMet, GoalParked, GoalResumed
from domain.goal.state import Standing
from domain.goal.wish import GoalWish, Setting
from domain.refusals import Refusal, Refused


class MeetGoal(GoalWish):
    """We got there. In a structured relationship the goal must have been agreed before."""

    met_on: date | None = None
    evidence: Personal = ""

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        setting = self.setting(states, stamp)
        goal = setting.goal
        if goal.standing == "met":
            if self.met_on in (None, goal.met_on):
                return []
            raise Refused(Refusal.GOAL_ORDER, f"the goal was met on {goal.met_on}; retract that first", "met_on")
        if goal.standing in ("not met", "abandoned"):
            raise Refused(Refusal.WRONG_STATE, f"the goal has ended: it is {goal.status}; propose a new one")
        earliest = goal.proposed_on
        if setting.relationship.paired.relationship_kind == "structured":
            if goal.agreed_on is None:
                raise Refused(
                    Refusal.GOAL_ORDER,
                    "in a structured relationship a goal is met once it was agreed; agree it first",
                )
            earliest = goal.agreed_on
        met_on = setting.day(self.met_on, earliest, "met_on")
        event = certain(GoalMet, met_on=met_on, asserted_by=stamp.acting, evidence=self.evidence)
        return [self.fact(event, setting)]


class RetractGoalMet(GoalWish):
    """It was not met after all. It is open again; or parked, where the relationship has ended."""

    reason: Code
    explanation: Personal = ""
    occurred_on: date | None = None

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        setting = self.setting(states, stamp)
        goal = setting.goal
        if goal.met_on is None:
            if goal.retracted_because == self.reason:
                return []
            raise Refused(Refusal.WRONG_STATE, f"the goal is {goal.status}, not met; there is nothing to retract")
        day = setting.day(self.occurred_on, goal.met_on)
        event = GoalMetRetracted(by=stamp.acting, reason=self.reason, explanation=self.explanation, occurred_on=day)
        facts = [self.fact(event, setting)]
        if goal.met_from == "parked" and setting.relationship.is_open:
            facts.append(self.fact(GoalResumed(occurred_on=day), setting))
        if goal.met_from != "parked" and not setting.relationship.is_open:
            facts.append(self.fact(GoalParked(occurred_on=day), setting))
        return facts


class _GivingUp(GoalWish):
    """An end without success."""

    reason: Code
    explanation: Personal = ""
    occurred_on: date | None = None

    def day_of_end(self, end: Standing, setting: Setting) -> date | None:
        """The day on which it ends so; None when it has, for the same reason. Refused when it ended otherwise."""
        goal = setting.goal
        if goal.standing == end and goal.ended_because == self.reason:
            return None
        if goal.standing in ("met", "not met", "abandoned"):
            raise Refused(Refusal.WRONG_STATE, f"the goal has ended already: it is {goal.status}")
        return setting.day(self.occurred_on, goal.proposed_on)


class MissGoal(_GivingUp):
    """We did not get there."""

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        setting = self.setting(states, stamp)
        day = self.day_of_end("not met", setting)
        if day is None:
            return []
        event = GoalNotMet(by=stamp.acting, reason=self.reason, explanation=self.explanation, occurred_on=day)
        return [self.fact(event, setting)]


class AbandonGoal(_GivingUp):
    """We give this goal up."""

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        setting = self.setting(states, stamp)
        day = self.day_of_end("abandoned", setting)
        if day is None:
            return []
        event = GoalAbandoned(by=stamp.acting, reason=self.reason, explanation=self.explanation, occurred_on=day)
        return [self.fact(event, setting)]
