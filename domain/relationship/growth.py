"""What grows: the points that the two had marked, and reached."""

from datetime import date

from domain.days import said_or_today
from domain.decider import Fact, Stamp, States
from domain.facts import Code, certain
from domain.refusals import Refusal, Refused
from domain.relationship.events import MilestoneReached
from domain.relationship.wish import RelationshipWish, today


class ReachMilestone(RelationshipWish):
    """We reached a point that the program, or we, had marked."""

    code: Code
    on: date | None = None

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        relationship = self.found(states)
        reached_on = relationship.milestones.get(self.code)
        if reached_on is not None:
            if self.on in (None, reached_on):
                return []
            raise Refused(Refusal.WRONG_STATE, f"the milestone {self.code} was reached on {reached_on}", "code")
        on = said_or_today(self.on, today(relationship, states, stamp), "on")
        if not relationship.was_open(on):
            raise Refused(
                Refusal.NOT_OPEN_ON_DATE,
                f"the relationship was not open on {on}; say a day on which it was",
                "on",
            )
        return [self.fact(certain(MilestoneReached, code=self.code, on=on, by=stamp.acting))]
