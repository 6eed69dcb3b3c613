"""What rules ask about a relationship: who is in it, when it was open, and what was recorded of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, NamedTuple, assert_never

from rpds import HashTrieMap

from domain.days import Span
from domain.decider import State, replace
from domain.relationship.events import (
    Closed,
    ClosureReason,
    CoMentorJoined,
    CoMentorLeft,
    FeedbackAbout,
    FeedbackGiven,
    FeedbackRetracted,
    FeedbackRevised,
    Fit,
    Initiator,
    MilestoneReached,
    Mode,
    Paired,
    Paused,
    Quality,
    RelationshipEvent,
    Reopened,
    Resumed,
    SessionCorrected,
    SessionHeld,
    SessionReinstated,
    SessionVoided,
    VoidReason,
)


class Session(NamedTuple):
    """A session as it is recorded now, personal text apart."""

    held_on: date
    starts_at: datetime | None
    minutes: int
    mode: Mode
    topics: tuple[str, ...]
    attended_by: tuple[str, ...]
    distinct_from: str | None = None
    void: VoidReason | None = None
    reinstated: str | None = None
    """Why the last void was taken back."""


class Subject(NamedTuple):
    """Whose feedback about whom and what; there is one live feedback of each."""

    author: str
    to: str
    about: FeedbackAbout
    session: str | None


class Opinion(NamedTuple):
    """What a feedback says, personal text apart."""

    ratings: dict[Quality, int]
    overall: int | None
    fit: Fit | None


class Feedback(NamedTuple):
    """A feedback as it stands now."""

    subject: Subject
    opinion: Opinion
    on: date
    """The day on which it became what it says."""
    retracted: str | None = None
    """Why it was taken back."""


class Member(NamedTuple):
    """A co-mentor, and from when to when they belong; both days are theirs."""

    person: str
    joined_on: date
    left_on: date | None = None


class Pause(NamedTuple):
    """What was said when the relationship was paused last."""

    reason: str
    until: date | None


class Closure(NamedTuple):
    """What was said when the relationship was closed last, personal text apart."""

    reason: ClosureReason
    initiated_by: Initiator
    anticipated: bool


@dataclass(frozen=True)
class Relationship(State):
    """One run of mentoring."""

    noun: ClassVar[str] = "relationship"

    frame: Paired | None = None
    co_mentors: tuple[Member, ...] = ()
    opened: tuple[Span, ...] = ()
    """From pairing or re-opening to closing; the last day belongs to it."""
    pauses: tuple[Span, ...] = ()
    """From pausing to resuming or closing; the last day does not belong to it."""
    pause: Pause | None = None
    closure: Closure | None = None
    reopened: str | None = None
    """Why it was re-opened last."""
    sessions: "HashTrieMap[str, Session]" = field(default_factory=HashTrieMap)
    days: "HashTrieMap[date, tuple[str, ...]]" = field(default_factory=HashTrieMap)
    """The sessions recorded for each day, void ones included."""
    feedback: "HashTrieMap[str, Feedback]" = field(default_factory=HashTrieMap)
    live: "HashTrieMap[Subject, str | None]" = field(default_factory=HashTrieMap)
    """The live feedback of each subject; None once it was taken back."""
    milestones: "HashTrieMap[str, date]" = field(default_factory=HashTrieMap)

    @property
    def status(self) -> str:
        if not self.opened:
            return ""
        if self.opened[-1].end is not None:
            return "closed"
        return "paused" if self.pauses and self.pauses[-1].end is None else "active"

    @property
    def paired(self) -> Paired:
        """How it began; only of a relationship that did."""
        assert self.frame is not None
        return self.frame

    @property
    def program(self) -> str | None:
        return self.frame.program if self.frame else None

    @property
    def is_open(self) -> bool:
        """Whether it has begun and not ended; paused counts as open."""
        return bool(self.opened) and self.opened[-1].end is None

    @property
    def boundary(self) -> date:
        """The last day on which it began, paused, went on, ended or was re-opened."""
        days = [self.opened[-1].end or self.opened[-1].start]
        if self.pauses:
            days.append(self.pauses[-1].end or self.pauses[-1].start)
        return max(days)

    def last_witnessed(self) -> date:
        """The last day on which it turned, somebody joined or left, or a milestone was reached: it had not ended."""
        members = (member.left_on or member.joined_on for member in self.co_mentors)
        milestones = (day for _, day in self.milestones.items())
        return max((self.boundary, *members, *milestones))

    def was_open(self, day: date) -> bool:
        """Whether it was open on this day, paused or not; the day on which it ended counts."""
        return any(start <= day and (end is None or day <= end) for start, end in self.opened)

    def was_paused(self, day: date) -> bool:
        return any(start <= day and (end is None or day < end) for start, end in self.pauses)

    def present_co_mentors(self) -> tuple[str, ...]:
        """The co-mentors who have not left."""
        if not self.co_mentors:
            return ()
        return tuple(member.person for member in self.co_mentors if member.left_on is None)

    def mentors(self) -> tuple[str, ...]:
        """The lead mentor and the co-mentors who have not left: each gives a place."""
        return (self.paired.mentor, *self.present_co_mentors())

    def people(self) -> tuple[str, ...]:
        """Whom personal text concerns: mentee, lead mentor and the co-mentors who have not left."""
        return (self.paired.mentee, *self.mentors())

    def parties(self, day: date) -> Iterator[str]:
        """Who belongs on this day: mentee, lead mentor, and co-mentors while they belong."""
        yield self.paired.mentee
        yield self.paired.mentor
        for person, joined_on, left_on in self.co_mentors:
            if joined_on <= day and (left_on is None or day <= left_on):
                yield person

    def live_sessions(self) -> Iterator[Session]:
        """The sessions that are not void. Reads them all."""
        return (session for _, session in self.sessions.items() if session.void is None)

    def evolve(self, event: RelationshipEvent) -> "Relationship":
        match event:
            case SessionHeld():
                return self._with_session(
                    event.session,
                    Session(
                        event.held_on,
                        event.starts_at,
                        event.minutes,
                        event.mode,
                        event.topics,
                        event.attended_by,
                        event.distinct_from,
                    ),
                )
            case FeedbackGiven():
                subject = Subject(event.author, event.to, event.about, event.session)
                opinion = Opinion(event.ratings, event.overall, event.fit)
                return replace(
                    self,
                    feedback=self.feedback.insert(event.feedback, Feedback(subject, opinion, event.occurred_on)),
                    live=self.live.insert(subject, event.feedback),
                )
            case SessionCorrected():
                right = {name: change.is_now for name, change in event.changes if change is not None}
                return self._with_session(event.session, self._session(event.session)._replace(**right))
            case SessionVoided():
                void = self._session(event.session)._replace(void=event.reason, reinstated=None)
                return self._with_session(event.session, void)
            case SessionReinstated():
                standing = self._session(event.session)._replace(void=None, reinstated=event.reason)
                return self._with_session(event.session, standing)
            case FeedbackRevised():
                opinion = Opinion(event.ratings, event.overall, event.fit)
                revised = self._feedback(event.feedback)._replace(opinion=opinion, on=event.occurred_on)
                return replace(self, feedback=self.feedback.insert(event.feedback, revised))
            case FeedbackRetracted():
                retracted = self._feedback(event.feedback)._replace(retracted=event.reason)
                return replace(
                    self,
                    feedback=self.feedback.insert(event.feedback, retracted),
                    live=self.live.insert(retracted.subject, None),
                )
            case Paired():
                return replace(self, frame=event, opened=(Span(event.starts_on),))
            case CoMentorJoined():
                return replace(self, co_mentors=(*self.co_mentors, Member(event.mentor, event.joined_on)))
            case CoMentorLeft():
                return replace(
                    self,
                    co_mentors=tuple(
                        member._replace(left_on=event.left_on)
                        if member.person == event.mentor and member.left_on is None
                        else member
                        for member in self.co_mentors
                    ),
                )
            case MilestoneReached():
                return replace(self, milestones=self.milestones.insert(event.code, event.on))
            case Paused():
                return replace(
                    self,
                    pauses=(*self.pauses, Span(event.occurred_on)),
                    pause=Pause(event.reason, event.until),
                )
            case Resumed():
                return replace(self, pauses=_ended(self.pauses, event.occurred_on))
            case Closed():
                return replace(
                    self,
                    opened=_ended(self.opened, event.ended_on),
                    pauses=_ended(self.pauses, event.ended_on),
                    closure=Closure(event.reason, event.initiated_by, event.anticipated),
                )
            case Reopened():
                return replace(self, opened=(*self.opened, Span(event.occurred_on)), reopened=event.reason)
            case _:
                assert_never(event)

    def _session(self, id: str) -> Session:
        session = self.sessions.get(id)
        assert session is not None, f"no session {id} was held here"
        return session

    def _feedback(self, id: str) -> Feedback:
        feedback = self.feedback.get(id)
        assert feedback is not None, f"no feedback {id} was given here"
        return feedback

    def _with_session(self, id: str, session: Session) -> "Relationship":
        before = self.sessions.get(id)
        days = self.days
        if before is None or before.held_on != session.held_on:
            if before is not None:
                there = days.get(before.held_on) or ()
                days = days.insert(before.held_on, tuple(other for other in there if other != id))
            days = days.insert(session.held_on, (*(days.get(session.held_on) or ()), id))
        return replace(self, sessions=self.sessions.insert(id, session), days=days)


def _ended(spans: tuple[Span, ...], day: date) -> tuple[Span, ...]:
    """The same spans, the last one ended on this day if it was not."""
    if not spans or spans[-1].end is not None:
        return spans
    return (*spans[:-1], spans[-1]._replace(end=day))
