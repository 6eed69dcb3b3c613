"""The life of one relationship, moment by moment: every method is something that people do on a day."""

from datetime import timedelta
from typing import Any

from domain.closing import CloseRelationship, ReopenRelationship
from domain.participant import RegisterParticipant, SetCapacity
from domain.relationship import (
    JoinCoMentor,
    LeaveCoMentor,
    Pair,
    PauseRelationship,
    ReachMilestone,
    ResumeRelationship,
)
from domain.relationship.events import ClosureReason, Initiator
from scripts.generate.bond import Bond
from scripts.generate.goals import Striving
from scripts.generate.meetings import Meetings
from scripts.generate.people import Mentor
from scripts.generate.plan import Pairing
from scripts.generate.programs import Program
from scripts.generate.reflection import Reflection
from scripts.generate.shard import Shard
from scripts.generate.words import INTERESTS, PROJECTS, SKILLS, contact_plan, explanation, profile

_REOPENED = 220
"""One closure in so many is undone; the first of them early, so that a small journal has one too."""
_FORGOTTEN_AFTER = 75
_EARLY: tuple[tuple[ClosureReason, Initiator, bool], ...] = (
    ("mentor_time", "mentor", False),
    ("mentee_time", "mentee", False),
    ("mentee_time", "mentee", True),
    ("moved", "mentee", True),
    ("poor_fit", "both", False),
    ("unresponsive_mentor", "mentee", False),
    ("unresponsive_mentee", "mentor", False),
    ("left_program", "mentee", False),
    ("conduct", "program", False),
    ("other", "both", True),
)
_IN_TIME: tuple[tuple[ClosureReason, Initiator, bool], ...] = (
    ("planned_end", "both", True),
    ("planned_end", "program", True),
    ("goals_met", "both", True),
    ("goals_met", "mentee", True),
)


def arrive(shard: Shard, pairing: Pairing) -> None:
    """A mentee turns up, some time before they are paired."""
    Story(shard, pairing).arrive()


class Story(Bond):
    """One relationship, from the day on which the mentee turns up."""

    __slots__ = ("co_mentor", "meetings", "pairing", "reflection")

    def __init__(self, shard: Shard, pairing: Pairing) -> None:
        super().__init__(shard, pairing)
        self.pairing = pairing
        self.co_mentor = ""
        self.meetings = Meetings(self)
        self.reflection = Reflection(self)

    # start and frame

    def arrive(self) -> None:
        """A mentee turns up, and a mentor with a free place is found."""
        self.mentee, reference = self.shard.people.mentee()
        self.id = self.chance.id()
        if reference:
            self._register(self.mentee, reference)
        self.mentor, one_more = self.shard.people.mentor_with_a_place()
        self._welcome(self.mentor)
        if one_more:
            self.mentor.capacity = self.mentor.places + 1
            self._offer(self.mentor)
        self.shard.on(self.pairing.on, self.begin)

    def begin(self) -> None:
        """They are paired; from here on things take their course."""
        starts_on, sort = self.shard.today, self.sort
        details: dict[str, Any] = {}
        if sort == "structured":
            self.program = self._program()
            details["term"], planned_end = self.program.frame(starts_on)
            details["project"] = self.chance.of(PROJECTS) if self.chance.roll() < 0.5 else None
            self.length = (planned_end - starts_on).days
            details |= {"planned_end": planned_end, "cadence_days": 30, "program": self.program.id}
            actor, role = self.chance.of(self.program.coordinators), "coordinator"
        else:
            self.length = self.chance.whole(*self.shape.length)
            if sort == "flash":
                details["planned_end"] = starts_on + timedelta(days=14)
            actor, role = (self.mentor.id, "mentor") if self.chance.roll() < 0.4 else (self.mentee, "mentee")
        self.shard.do(Pair(id=self.id, mentor=self.mentor.id, mentee=self.mentee, kind=sort, **details), actor, role)
        self.open, self.since = True, starts_on
        self._look_ahead()

    def join(self) -> None:
        """A second mentor joins."""
        helper = self.shard.people.co_mentor()
        if self.open and helper.id not in (self.mentor.id, self.mentee):
            self._welcome(helper)
            self.shard.do(JoinCoMentor(relationship=self.id, mentor=helper.id), *self.someone())
            self.co_mentor = helper.id
            if self.chance.roll() < 0.3:
                self.shard.after(self.chance.whole(40, 150), self.leave)

    def leave(self) -> None:
        """The second mentor leaves."""
        if self.open:
            self.shard.do(LeaveCoMentor(relationship=self.id, mentor=self.co_mentor), self.co_mentor, "mentor")
            self.co_mentor = ""

    def mark(self, code: str) -> None:
        """A point is reached that the program had marked."""
        if self.going:
            self.shard.do(ReachMilestone(relationship=self.id, code=code), *self.someone())

    # pause and end

    def rest(self) -> None:
        """They pause, perhaps until a day that is foreseen."""
        if not self.going:
            return
        if self.meetings.last == self.shard.today:
            self.shard.after(1, self.rest)
            return
        days = self.chance.whole(14, 70)
        foreseen = self.shard.today + timedelta(days=days) if self.chance.roll() < 0.6 else None
        wish = PauseRelationship(
            relationship=self.id,
            reason=self.chance.of(("vacation", "workload", "parental_leave", "illness", "travel")),
            until=foreseen,
            explanation=explanation(self.chance),
        )
        self.shard.do(wish, *self.someone())
        self.paused = True
        self.shard.after(days + self.chance.whole(0, 5), self.resume)

    def resume(self) -> None:
        """They go on."""
        if self.open and self.paused:
            self.shard.do(ResumeRelationship(relationship=self.id), *self.someone())
            self.paused, self.since = False, self.shard.today
            self.meetings.go_on()

    def part(self, early: bool) -> None:
        """It ends."""
        if not self.open:
            return
        reason, initiator, anticipated = self.chance.of(_EARLY if early else _IN_TIME)
        wish = CloseRelationship(
            relationship=self.id,
            reason=reason,
            initiated_by=initiator,
            anticipated=anticipated,
            contact_plan=contact_plan(self.chance),
            explanation=explanation(self.chance) if early else "",
        )
        self.shard.do(wish, *self._who(initiator))
        self.open = self.paused = False
        if self.sort != "flash" and next(self.shard.closures) % _REOPENED == _REOPENED // 4:
            self.shard.after(self.chance.whole(3, 20), self.reopen)
            return
        if self.chance.roll() < self.shape.farewell:
            self.shard.after(self.chance.whole(0, 10), self.reflection.farewell)
        self.mentor.taken -= 1
        self.shard.after(_FORGOTTEN_AFTER, self.fade)

    def reopen(self) -> None:
        """The end is undone; it lasts a while longer."""
        wish = ReopenRelationship(
            relationship=self.id,
            reason=self.chance.of(("ended_by_mistake", "more_to_do", "back_again")),
            explanation=explanation(self.chance),
        )
        self.shard.do(wish, *self.someone())
        self.open, self.since = True, self.shard.today
        self.meetings.go_on()
        self.shard.after(self.chance.whole(30, 120), self.part, False)

    def fade(self) -> None:
        """Nothing more will be recorded about it."""
        self.shard.desk.forget(self.id)
        if gone := self.shard.people.remember(self.mentee):
            self.shard.desk.forget(gone)
        del self.meetings, self.reflection

    # who acts

    def _who(self, initiator: str) -> tuple[str, str]:
        if initiator == "mentor":
            return self.mentor.id, "mentor"
        if initiator == "program" and self.program:
            return self.chance.of(self.program.coordinators), "coordinator"
        return self.mentee, "mentee"

    def _program(self) -> Program:
        programs = [program for program in self.shard.programs if program.cohort == self.pairing.cohort]
        return self.chance.of(programs)

    def _register(self, id: str, reference: str) -> None:
        wish = RegisterParticipant(
            id=id,
            reference=reference,
            interests=self.chance.some(INTERESTS, 1, 3),
            skills=self.chance.some(SKILLS, 1, 4),
            profile=profile(self.chance),
        )
        self.shard.do(wish, id, "participant")

    def _welcome(self, mentor: Mentor) -> None:
        """A mentor registers the first time they are asked for, and says how many places they offer."""
        if not mentor.registered:
            self._register(mentor.id, mentor.reference)
            mentor.registered = True
            self._offer(mentor)

    def _offer(self, mentor: Mentor) -> None:
        if mentor.capacity is not None:
            self.shard.do(SetCapacity(participant=mentor.id, max=mentor.capacity), mentor.id, "mentor")

    def _look_ahead(self) -> None:
        """What is likely to come: sessions, goals, a pause, feedback, milestones, the end."""
        shape, chance, after = self.shape, self.chance, self.shard.after
        self.meetings.go_on()
        for _ in range(chance.whole(*shape.goals)):
            after(chance.whole(0, 35), Striving(self).propose)
        if chance.roll() < shape.co_mentor:
            after(chance.whole(0, 60), self.join)
        if chance.roll() < shape.pauses:
            after(self.length * (0.1 + 0.8 * chance.roll()), self.rest)
        for share in (0.45, 0.85):
            if chance.roll() < shape.told:
                after(self.length * share + chance.whole(0, 20), self.reflection.tell)
        for code, share in shape.milestones:
            after(self.length * share + chance.whole(0, 9), self.mark, code)
        roll = chance.roll()
        if roll < shape.early:
            after(self.length * (0.1 + 0.8 * chance.roll()), self.part, True)
        elif roll < shape.early + shape.longer:
            after(self.length + chance.whole(5, 90), self.part, False)
        else:
            after(self.length, self.part, False)
