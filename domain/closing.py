"""How a relationship ends, and how an end is undone: for itself, its mentors' places and its goals, all at once.

Either party may leave without the other's consent.
"""

from collections.abc import Iterator
from datetime import date

from domain.days import said_between
from domain.decider import Fact, Stamp, States, Stream
from domain.facts import Actor, Code, Personal
from domain.goal.events import GoalParked, GoalResumed
from domain.goal.state import Goal
from domain.participant.capacity import refuse_when_full, slot_released, slot_taken
from domain.participant.state import Participant
from domain.refusals import Refusal, Refused
from domain.relationship.events import Closed, ClosureReason, Initiator, Reopened
from domain.relationship.state import Closure, Relationship
from domain.relationship.wish import RelationshipWish, refuse_before_sessions, today


class _Turn(RelationshipWish):
    """An end, or its undoing: it concerns the mentors' places and the goals too."""

    def concerns(self, states: States) -> Iterator[Stream]:
        yield from super().concerns(states)
        relationship = states.find(Relationship, self.relationship)
        if relationship.status:
            yield from (Stream(Participant, mentor) for mentor in relationship.mentors())
        for goal in states.under(Goal, self.relationship):
            yield Stream(Goal, goal)


class CloseRelationship(_Turn):
    """End it, saying why, who wished it, and whether it was expected. Places are released and open goals parked."""

    ended_on: date | None = None
    reason: ClosureReason | None = None
    initiated_by: Initiator | None = None
    anticipated: bool | None = None
    contact_plan: Personal = ""
    explanation: Personal = ""

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        relationship = self.found(states)
        if self.reason is None or self.initiated_by is None or self.anticipated is None:
            missing = [name for name in ("reason", "initiated_by", "anticipated") if getattr(self, name) is None]
            raise Refused(
                Refusal.NO_CLOSURE_REASON,
                "an end names its reason, who wished it, and whether it was anticipated; "
                f"missing: {', '.join(missing)}",
                missing[0],
            )
        if not relationship.is_open:
            ended_on = relationship.opened[-1].end
            closure = Closure(self.reason, self.initiated_by, self.anticipated)
            if relationship.closure == closure and self.ended_on in (None, ended_on):
                return []
            raise Refused(Refusal.WRONG_STATE, f"the relationship is closed already, since {ended_on}")
        earliest = relationship.last_witnessed()
        day = said_between(self.ended_on, earliest, today(relationship, states, stamp), "ended_on")
        refuse_before_sessions(day, relationship.live_sessions(), "ended_on")
        event = Closed(
            ended_on=day,
            reason=self.reason,
            initiated_by=self.initiated_by,
            anticipated=self.anticipated,
            by=stamp.acting,
            contact_plan=self.contact_plan,
            explanation=self.explanation,
        )
        return [
            self.fact(event, relationship.people()),
            *slots_released(self.relationship, relationship.mentors(), day),
            *(
                Fact(Stream(Goal, id), GoalParked(occurred_on=max(day, goal.moved_on)))
                for id, goal in states.under(Goal, self.relationship).items()
                if goal.is_open
            ),
        ]


class ReopenRelationship(_Turn):
    """Undo the end: from this day on it is open again, with its mentors' places and the goals that were parked."""

    reason: Code
    occurred_on: date | None = None
    approved_by: Actor | None = None
    explanation: Personal = ""

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        relationship = self.found(states)
        paired = relationship.paired
        if relationship.is_open:
            again = len(relationship.opened) > 1 and relationship.reopened == self.reason
            if again and self.occurred_on in (None, relationship.opened[-1].start):
                return []
            raise Refused(Refusal.WRONG_STATE, "the relationship is open; only a closed one can be re-opened")
        day = said_between(self.occurred_on, relationship.boundary, today(relationship, states, stamp))
        self._refuse_outside_window(day, relationship, states, stamp)
        event = Reopened(
            reason=self.reason,
            approved_by=self.approved_by or stamp.acting,
            explanation=self.explanation,
            occurred_on=day,
        )
        return [
            self.fact(event, relationship.people()),
            slot_taken(paired.mentor, self.relationship, "lead", paired.mentee, paired.program, day),
            *(
                slot_taken(mentor, self.relationship, "co", paired.mentee, paired.program, day)
                for mentor in relationship.present_co_mentors()
            ),
            *(
                Fact(Stream(Goal, id), GoalResumed(occurred_on=max(day, goal.moved_on)))
                for id, goal in states.under(Goal, self.relationship).items()
                if goal.status == "parked"
            ),
        ]

    def _refuse_outside_window(self, day: date, relationship: Relationship, states: States, stamp: Stamp) -> None:
        """REOPEN_WINDOW after the rule's days, or when the two have gone on elsewhere; CAPACITY_FULL."""
        paired = relationship.paired
        ended_on = relationship.boundary
        within = stamp.rules.closing.reopen_within
        if (day - ended_on).days > within:
            raise Refused(
                Refusal.REOPEN_WINDOW,
                f"it ended on {ended_on}, and an end can be undone within {within} days; pair the two anew",
                "occurred_on",
            )
        mentor = states.get(Participant, paired.mentor)
        for slot in mentor.leading(paired.mentee):
            if slot.program == paired.program or slot.taken_on >= ended_on:
                raise Refused(
                    Refusal.REOPEN_WINDOW,
                    f"the two have gone on in the open relationship {slot.relationship}; go on there, or close it",
                )
        refuse_when_full(mentor, paired.mentor, stamp.rules, "relationship")
        if stamp.rules.pairing.co_mentors_count:
            for id in relationship.present_co_mentors():
                refuse_when_full(states.get(Participant, id), id, stamp.rules, "relationship")


def slots_released(relationship: str, mentors: tuple[str, ...], day: date) -> list[Fact]:
    """The places of these mentors, free again."""
    return [slot_released(mentor, relationship, day) for mentor in mentors]
