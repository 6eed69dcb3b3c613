"""Feedback: how one party finds it goes with another, or a mentor with themselves."""

from datetime import date
from typing import Self, get_args

from pydantic import Field, model_validator

from domain.days import said_between, said_or_today
from domain.decider import Fact, Stamp, States
from domain.facts import Code, Id, Personal, Rating, certain
from domain.refusals import Refusal, Refused, Unknown
from domain.relationship.events import (
    FeedbackAbout,
    FeedbackGiven,
    FeedbackRetracted,
    FeedbackRevised,
    Fit,
    MentorQuality,
    Quality,
)
from domain.relationship.state import Feedback, Opinion, Relationship, Subject
from domain.relationship.wish import RelationshipWish, today

OF_A_MENTOR: frozenset[Quality] = frozenset(get_args(MentorQuality))
OF_A_MENTEE: frozenset[Quality] = frozenset(("openness", "preparation", "follow_through", "communication"))


class _Rating(RelationshipWish):
    """What a feedback says: ratings from 1 to 5 by quality, one overall, a fit, a comment."""

    feedback: Id
    ratings: dict[Quality, Rating] = Field(default_factory=dict)
    overall: Rating | None = None
    fit: Fit | None = None
    comment: Personal = ""
    occurred_on: date | None = None

    @property
    def opinion(self) -> Opinion:
        return Opinion(self.ratings, self.overall, self.fit)

    def refuse_ratings(self, subject: Subject, relationship: Relationship) -> None:
        """RATING_RANGE when nothing is rated, or a quality that this author cannot rate in this person."""
        if not self.ratings and self.overall is None:
            raise Refused(
                Refusal.RATING_RANGE,
                "rate at least one quality, or overall, with a whole number from 1 to 5",
                "ratings",
            )
        allowed = OF_A_MENTEE if subject.to == relationship.paired.mentee else OF_A_MENTOR
        if foreign := sorted(set(self.ratings).difference(allowed)):
            raise Refused(
                Refusal.RATING_RANGE,
                f"{', '.join(foreign)} cannot be rated here; rate {', '.join(sorted(allowed))}",
                "ratings",
            )


class GiveFeedback(_Rating):
    """Say how it goes: the mentee with a mentor, a mentor with the mentee, or a mentor with themselves."""

    about: FeedbackAbout = "relationship"
    session: Id | None = None
    to: Id

    @model_validator(mode="after")
    def _session_is_named(self) -> Self:
        if (self.about == "session") != (self.session is not None):
            raise ValueError("feedback about a session names the session, and no other feedback does")
        return self

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        relationship = self.found(states)
        subject = Subject(stamp.acting, self.to, self.about, self.session)
        known = relationship.feedback.get(self.feedback)
        if known is not None:
            if (known.subject, known.opinion, known.retracted) == (subject, self.opinion, None):
                return []
            raise Refused(
                Refusal.ID_TAKEN,
                f"the feedback {self.feedback} is given already; revise it, or choose a new id",
                "feedback",
            )
        day = said_or_today(self.occurred_on, today(relationship, states, stamp))
        _refuse_outsiders(subject, relationship, day)
        self._refuse_subject(relationship)
        self.refuse_ratings(subject, relationship)
        live = relationship.live.get(subject)
        if live is not None:
            given = relationship.feedback.get(live)
            if given is not None and given.opinion == self.opinion:
                return []
            raise Refused(
                Refusal.SECOND_FEEDBACK,
                f"you gave this feedback already, as {live}; revise that one",
                "feedback",
            )
        event = certain(
            FeedbackGiven,
            feedback=self.feedback,
            about=self.about,
            session=self.session,
            author=subject.author,
            to=self.to,
            ratings=self.ratings,
            overall=self.overall,
            fit=self.fit,
            comment=self.comment,
            occurred_on=day,
        )
        return [self.fact(event, _two(subject))]

    def _refuse_subject(self, relationship: Relationship) -> None:
        """What the feedback is about must be there: a session that stands, or an end."""
        if self.session is not None:
            session = relationship.sessions.get(self.session)
            if session is None:
                raise Unknown(f"this relationship has no session {self.session}; check the id", "session")
            if session.void is not None:
                raise Refused(Refusal.WRONG_STATE, "the session is void; there is nothing to say about it", "session")
        if self.about == "closure" and relationship.is_open:
            raise Refused(
                Refusal.WRONG_STATE,
                "the relationship has not ended; give feedback about the relationship",
                "about",
            )


class ReviseFeedback(_Rating):
    """I see it differently now: my whole feedback anew."""

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        relationship = self.found(states)
        given = _own(self.feedback, relationship, stamp)
        if given.retracted is not None:
            raise Refused(Refusal.WRONG_STATE, "this feedback was taken back; give a new one", "feedback")
        self.refuse_ratings(given.subject, relationship)
        if given.opinion == self.opinion and not self.comment:
            return []
        event = FeedbackRevised(
            feedback=self.feedback,
            ratings=self.ratings,
            overall=self.overall,
            fit=self.fit,
            comment=self.comment,
            occurred_on=said_between(self.occurred_on, given.on, today(relationship, states, stamp)),
        )
        return [self.fact(event, _two(given.subject))]


class RetractFeedback(RelationshipWish):
    """I take my feedback back."""

    feedback: Id
    reason: Code
    explanation: Personal = ""
    occurred_on: date | None = None

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        relationship = self.found(states)
        given = _own(self.feedback, relationship, stamp)
        if given.retracted == self.reason:
            return []
        if given.retracted is not None:
            raise Refused(
                Refusal.WRONG_STATE,
                f"this feedback was taken back already, because: {given.retracted}",
                "feedback",
            )
        event = FeedbackRetracted(
            feedback=self.feedback,
            reason=self.reason,
            explanation=self.explanation,
            occurred_on=said_or_today(self.occurred_on, today(relationship, states, stamp)),
        )
        return [self.fact(event, _two(given.subject))]


def _own(id: str, relationship: Relationship, stamp: Stamp) -> Feedback:
    """The feedback, which must be there and the actor's own."""
    given = relationship.feedback.get(id)
    if given is None:
        raise Unknown(f"this relationship has no feedback {id}; check the id", "feedback")
    if given.subject.author != stamp.acting:
        raise Refused(Refusal.NOT_A_PARTY, "only who gave a feedback may change it or take it back", "feedback")
    return given


def _refuse_outsiders(subject: Subject, relationship: Relationship, day: date) -> None:
    """NOT_A_PARTY unless a party speaks of another, or a mentor of themselves."""
    if subject.author not in relationship.parties(day):
        raise Refused(
            Refusal.NOT_A_PARTY,
            f"{subject.author} does not belong to this relationship on {day}; feedback comes from its parties",
        )
    mentee = relationship.paired.mentee
    mentors = {relationship.paired.mentor, *(member.person for member in relationship.co_mentors)}
    if subject.author == mentee and subject.to not in mentors:
        raise Refused(Refusal.NOT_A_PARTY, "a mentee gives feedback to a mentor of this relationship", "to")
    if subject.author != mentee and subject.to not in (mentee, subject.author):
        raise Refused(Refusal.NOT_A_PARTY, "a mentor gives feedback to the mentee, or to themselves", "to")


def _two(subject: Subject) -> tuple[str, ...]:
    """The people whom the personal text of a feedback concerns."""
    return tuple(dict.fromkeys((subject.author, subject.to)))
