"""Rest, and going on."""

from datetime import date

from domain.days import said_between
from domain.decider import Fact, Stamp, States
from domain.facts import Code, Personal
from domain.refusals import Refusal, Refused
from domain.relationship.events import Paused, Resumed
from domain.relationship.state import Pause
from domain.relationship.wish import RelationshipWish, refuse_before_sessions, today


class PauseRelationship(RelationshipWish):
    """Rest from this day on, for a reason, perhaps until a day that is foreseen."""

    reason: Code
    until: date | None = None
    occurred_on: date | None = None
    explanation: Personal = ""

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        relationship = self.found(states)
        if relationship.status == "paused":
            since = relationship.pauses[-1].start
            if relationship.pause == Pause(self.reason, self.until) and self.occurred_on in (None, since):
                return []
            raise Refused(Refusal.WRONG_STATE, f"the relationship is paused already, since {since}; resume it first")
        if relationship.status != "active":
            raise Refused(Refusal.WRONG_STATE, "the relationship is closed; only an active one can pause")
        day = said_between(self.occurred_on, relationship.boundary, today(relationship, states, stamp))
        if self.until is not None and self.until <= day:
            raise Refused(
                Refusal.WRONG_ORDER,
                f"the pause would end on {self.until}, not after it begins on {day}",
                "until",
            )
        refuse_before_sessions(day, relationship.live_sessions(), "occurred_on")
        event = Paused(
            reason=self.reason,
            until=self.until,
            by=stamp.acting,
            explanation=self.explanation,
            occurred_on=day,
        )
        return [self.fact(event, relationship.people())]


class ResumeRelationship(RelationshipWish):
    """Go on from this day on."""

    occurred_on: date | None = None

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        relationship = self.found(states)
        if relationship.status != "paused":
            went_on = relationship.pauses[-1].end if relationship.pauses else None
            if relationship.is_open and went_on is not None and self.occurred_on in (None, went_on):
                return []
            raise Refused(Refusal.WRONG_STATE, f"the relationship is {relationship.status}; only a paused one resumes")
        day = said_between(self.occurred_on, relationship.boundary, today(relationship, states, stamp))
        return [self.fact(Resumed(by=stamp.acting, occurred_on=day))]
