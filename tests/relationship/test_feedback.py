"""Feedback comes from a party, about another party or from a mentor about themselves, once, and stays theirs."""

import pytest
from pydantic import ValidationError

from domain.closing import CloseRelationship
from domain.refusals import Refusal
from domain.relationship import (
    GiveFeedback,
    HoldSession,
    JoinCoMentor,
    LeaveCoMentor,
    RetractFeedback,
    ReviseFeedback,
    VoidSession,
)
from domain.relationship.events import FeedbackGiven, FeedbackRetracted, FeedbackRevised
from tests.support.deciding import TODAY, By, given, on
from tests.support.scenes import (
    CO_MENTOR,
    FEEDBACK,
    MENTEE,
    MENTOR,
    PAIRED,
    RELATIONSHIP,
    SESSION,
    STRANGER,
    named,
)

SECOND = named("second feedback")
JOIN = JoinCoMentor(relationship=RELATIONSHIP, mentor=CO_MENTOR, joined_on=on("2025-02-01"))
LEAVE = LeaveCoMentor(relationship=RELATIONSHIP, mentor=CO_MENTOR, left_on=on("2025-04-01"))
HOLD = HoldSession(relationship=RELATIONSHIP, session=SESSION, held_on=on("2025-03-01"), minutes=60)
CLOSE = CloseRelationship(relationship=RELATIONSHIP, reason="goals_met", initiated_by="both", anticipated=True)


def give(**details: object) -> GiveFeedback:
    said = {
        "relationship": RELATIONSHIP,
        "feedback": FEEDBACK,
        "to": MENTOR,
        "ratings": {"patience": 5, "communication": 4},
        "overall": 5,
        "comment": "She listens.",
        **details,
    }
    return GiveFeedback.model_validate(said)


def revise(**details: object) -> ReviseFeedback:
    said = {"relationship": RELATIONSHIP, "feedback": FEEDBACK, "ratings": {"patience": 3}, **details}
    return ReviseFeedback.model_validate(said)


GIVEN = By(MENTEE, give())
RETRACT = RetractFeedback(relationship=RELATIONSHIP, feedback=FEEDBACK, reason="changed_my_mind", explanation="Sorry.")


# giving


def test_a_mentee_tells_how_it_goes_with_the_mentor() -> None:
    outcome = given(*PAIRED).when(give(fit="good"), by=MENTEE)
    outcome.then(
        [
            FeedbackGiven(
                feedback=FEEDBACK,
                author=MENTEE,
                to=MENTOR,
                ratings={"patience": 5, "communication": 4},
                overall=5,
                fit="good",
                comment="She listens.",
                occurred_on=TODAY,
            )
        ]
    )
    assert [fact.concerning for fact in outcome.facts] == [(MENTEE, MENTOR)]


FOUR = {"experience": 3, "patience": 3, "commitment": 3, "communication": 3}
OF_A_MENTEE = {"openness": 3, "preparation": 3, "follow_through": 3, "communication": 3}


@pytest.mark.parametrize(
    ("author", "to", "allowed", "foreign"),
    [
        (MENTEE, MENTOR, FOUR, OF_A_MENTEE),
        (MENTEE, CO_MENTOR, FOUR, OF_A_MENTEE),
        (MENTOR, MENTEE, OF_A_MENTEE, FOUR),
        (CO_MENTOR, MENTEE, OF_A_MENTEE, FOUR),
        (MENTOR, MENTOR, FOUR, OF_A_MENTEE),
        (CO_MENTOR, CO_MENTOR, FOUR, OF_A_MENTEE),
    ],
)
def test_which_qualities_are_rated_follows_from_author_and_subject(
    author: str, to: str, allowed: dict[str, int], foreign: dict[str, int]
) -> None:
    scene = given(*PAIRED, JOIN)
    scene.when(give(to=to, ratings=foreign), by=author).refused(Refusal.RATING_RANGE, "ratings")
    assert scene.when(give(to=to, ratings=allowed), by=author).facts


@pytest.mark.parametrize(
    ("author", "to", "pointer"),
    [
        (STRANGER, MENTOR, ""),
        ("operator", MENTOR, ""),
        (MENTEE, MENTEE, "to"),
        (MENTEE, STRANGER, "to"),
        (MENTOR, CO_MENTOR, "to"),
        (MENTOR, STRANGER, "to"),
    ],
)
def test_feedback_stays_among_the_parties(author: str, to: str, pointer: str) -> None:
    wish = give(to=to, ratings={"communication": 3})
    given(*PAIRED, JOIN).when(wish, by=author).refused(Refusal.NOT_A_PARTY, pointer)


def test_a_co_mentor_speaks_while_they_belong_and_is_spoken_of_after() -> None:
    about_mentee = give(to=MENTEE, ratings={"openness": 4})
    scene = given(*PAIRED, JOIN, LEAVE)
    scene.when(about_mentee, by=CO_MENTOR).refused(Refusal.NOT_A_PARTY)
    then = about_mentee.model_copy(update={"occurred_on": on("2025-03-15")})
    assert scene.when(then, by=CO_MENTOR).facts
    assert scene.when(give(to=CO_MENTOR, feedback=SECOND), by=MENTEE).facts


def test_at_least_one_rating_is_given_in_whole_numbers_from_1_to_5() -> None:
    given(*PAIRED).when(give(ratings={}, overall=None, fit="good"), by=MENTEE).refused(Refusal.RATING_RANGE, "ratings")
    assert given(*PAIRED).when(give(ratings={}), by=MENTEE).facts
    for wrong in ({"patience": 0}, {"patience": 6}, {"patience": 3.5}, {"beauty": 3}):
        with pytest.raises(ValidationError):
            give(ratings=wrong)


def test_feedback_about_a_session_names_it_and_it_stands() -> None:
    about = give(about="session", session=SESSION)
    given(*PAIRED).when(about, by=MENTEE).refused(Refusal.UNKNOWN, "session")
    void = VoidSession(relationship=RELATIONSHIP, session=SESSION, reason="test")
    given(*PAIRED, HOLD, void).when(about, by=MENTEE).refused(Refusal.WRONG_STATE, "session")
    assert given(*PAIRED, HOLD).when(about, by=MENTEE).facts
    for wrong in ({"about": "session"}, {"session": SESSION}):
        with pytest.raises(ValidationError, match="names the session"):
            give(**wrong)


def test_feedback_about_an_end_comes_after_it() -> None:
    given(*PAIRED).when(give(about="closure"), by=MENTEE).refused(Refusal.WRONG_STATE, "about")
    assert given(*PAIRED, CLOSE).when(give(about="closure"), by=MENTEE).facts


def test_feedback_is_not_given_on_a_day_to_come() -> None:
    given(*PAIRED).when(give(occurred_on="2025-07-01"), by=MENTEE).refused(Refusal.FUTURE_DATE, "occurred_on")


def test_giving_the_same_feedback_again_writes_nothing() -> None:
    given(*PAIRED, GIVEN).when(give(), by=MENTEE).then([]).when(give(feedback=SECOND), by=MENTEE).then([])


def test_the_second_feedback_is_a_revision() -> None:
    second = give(feedback=SECOND, overall=1)
    assert FEEDBACK in given(*PAIRED, GIVEN).when(second, by=MENTEE).refused(Refusal.SECOND_FEEDBACK, "feedback")
    assert given(*PAIRED, HOLD, GIVEN).when(give(feedback=SECOND, about="session", session=SESSION), by=MENTEE).facts


def test_an_id_gives_one_feedback_only() -> None:
    given(*PAIRED, GIVEN).when(give(overall=1), by=MENTEE).refused(Refusal.ID_TAKEN, "feedback")


def test_feedback_belongs_to_a_relationship_that_is_there() -> None:
    for wish in (give(), revise(), RETRACT):
        given().when(wish, by=MENTEE).refused(Refusal.UNKNOWN, "relationship")


# revising and retracting


def test_a_revision_is_the_whole_feedback_anew() -> None:
    revised = FeedbackRevised(feedback=FEEDBACK, ratings={"patience": 3}, comment="Less so now.", occurred_on=TODAY)
    outcome = given(*PAIRED, GIVEN).when(revise(comment="Less so now."), by=MENTEE)
    outcome.then([revised])
    assert [fact.concerning for fact in outcome.facts] == [(MENTEE, MENTOR)]


def test_revising_to_equal_ratings_writes_nothing_unless_the_comment_is_new() -> None:
    equal = {"ratings": {"patience": 5, "communication": 4}, "overall": 5}
    scene = given(*PAIRED, GIVEN).when(revise(**equal), by=MENTEE).then([])
    assert scene.when(revise(**equal, comment="And she laughs."), by=MENTEE).facts


def test_a_revision_obeys_the_rules_of_giving() -> None:
    scene = given(*PAIRED, GIVEN)
    scene.when(revise(ratings={}), by=MENTEE).refused(Refusal.RATING_RANGE, "ratings")
    scene.when(revise(ratings={"openness": 3}), by=MENTEE).refused(Refusal.RATING_RANGE, "ratings")
    scene.when(revise(occurred_on="2025-07-01"), by=MENTEE).refused(Refusal.FUTURE_DATE, "occurred_on")


def test_nobody_sees_it_differently_before_they_saw_it() -> None:
    scene = given(*PAIRED, By(MENTEE, give(occurred_on="2025-05-01")))
    scene.when(revise(occurred_on="2025-04-30"), by=MENTEE).refused(Refusal.WRONG_ORDER, "occurred_on")
    assert scene.when(revise(occurred_on="2025-05-02"), by=MENTEE).facts
    again = revise(ratings={"patience": 2}, occurred_on="2025-05-01")
    scene.when(again, by=MENTEE).refused(Refusal.WRONG_ORDER, "occurred_on")
    assert scene.when(revise(ratings={"patience": 2}, occurred_on="2025-05-02"), by=MENTEE).facts


@pytest.mark.parametrize("wish", [revise(), RETRACT], ids=["revise", "retract"])
def test_only_its_author_changes_feedback_or_takes_it_back(wish: ReviseFeedback | RetractFeedback) -> None:
    given(*PAIRED, GIVEN).when(wish, by=MENTOR).refused(Refusal.NOT_A_PARTY, "feedback")
    given(*PAIRED).when(wish, by=MENTEE).refused(Refusal.UNKNOWN, "feedback")


def test_feedback_is_taken_back_and_given_anew() -> None:
    retracted = FeedbackRetracted(feedback=FEEDBACK, reason="changed_my_mind", explanation="Sorry.", occurred_on=TODAY)
    scene = given(*PAIRED, GIVEN).when(RETRACT, by=MENTEE).then([retracted])
    assert scene.when(give(feedback=SECOND, overall=2), by=MENTEE).facts


def test_taking_back_again_for_the_same_reason_writes_nothing_and_for_another_is_refused() -> None:
    scene = given(*PAIRED, GIVEN, By(MENTEE, RETRACT)).when(RETRACT, by=MENTEE).then([])
    other = RETRACT.model_copy(update={"reason": "other"})
    scene.when(other, by=MENTEE).refused(Refusal.WRONG_STATE, "feedback")


def test_what_was_taken_back_is_neither_revised_nor_given_again() -> None:
    scene = given(*PAIRED, GIVEN, By(MENTEE, RETRACT))
    scene.when(revise(), by=MENTEE).refused(Refusal.WRONG_STATE, "feedback")
    scene.when(give(), by=MENTEE).refused(Refusal.ID_TAKEN, "feedback")


def test_feedback_is_not_taken_back_on_a_day_to_come() -> None:
    later = RETRACT.model_copy(update={"occurred_on": on("2025-07-01")})
    given(*PAIRED, GIVEN).when(later, by=MENTEE).refused(Refusal.FUTURE_DATE, "occurred_on")
