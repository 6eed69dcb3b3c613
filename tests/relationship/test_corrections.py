"""A wrong record is put right, and what was recorded before stays in the journal."""

from datetime import UTC, datetime

import pytest

from domain.closing import CloseRelationship
from domain.decider import Command
from domain.refusals import Refusal
from domain.relationship import (
    CorrectSession,
    HoldSession,
    JoinCoMentor,
    PauseRelationship,
    ReinstateSession,
    Relationship,
    ResumeRelationship,
    VoidSession,
)
from domain.relationship.events import Change, SessionChanges, SessionCorrected, SessionReinstated, SessionVoided
from domain.rules import Rules, Sessions
from tests.support.deciding import TODAY, Scene, given, on
from tests.support.scenes import (
    CO_MENTOR,
    MENTEE,
    MENTOR,
    OTHER_SESSION,
    PAIRED,
    RELATIONSHIP,
    SESSION,
    STRANGER,
    named,
)

HOLD = HoldSession(relationship=RELATIONSHIP, session=SESSION, held_on=on("2025-03-01"), minutes=60)
OTHER = HoldSession(relationship=RELATIONSHIP, session=OTHER_SESSION, held_on=on("2025-03-02"), minutes=60)
VOID = VoidSession(relationship=RELATIONSHIP, session=SESSION, reason="never_happened", explanation="I was ill.")
REINSTATE = ReinstateSession(relationship=RELATIONSHIP, session=SESSION, reason="mistake", explanation="I was there.")
CLOSE = CloseRelationship(
    relationship=RELATIONSHIP, reason="goals_met", initiated_by="both", anticipated=True, ended_on=on("2025-05-01")
)
KEPT_AFTER_CLOSURE = Rules(sessions=Sessions(correct_after_closure=False))


def correct(**details: object) -> CorrectSession:
    said = {"relationship": RELATIONSHIP, "session": SESSION, "reason": "typo", **details}
    return CorrectSession.model_validate(said)


def corrected(changes: SessionChanges) -> SessionCorrected:
    return SessionCorrected(session=SESSION, changes=changes, reason="typo", by="operator", occurred_on=TODAY)


# correcting


def test_a_correction_keeps_what_was_and_what_is() -> None:
    changes = SessionChanges(
        minutes=Change(was=60, is_now=45), held_on=Change(was=on("2025-03-01"), is_now=on("2025-03-03"))
    )
    given(*PAIRED, HOLD).when(correct(minutes=45, held_on="2025-03-03")).then([corrected(changes)])


def test_a_correction_names_only_what_changes() -> None:
    wish = correct(minutes=60, mode="video", topics=("rust",), attended_by=(MENTEE,))
    changes = SessionChanges(
        mode=Change(was="other", is_now="video"),
        topics=Change(was=(), is_now=("rust",)),
        attended_by=Change(was=(MENTEE, MENTOR), is_now=(MENTEE,)),
    )
    given(*PAIRED, HOLD).when(wish).then([corrected(changes)])


def test_a_time_of_day_can_be_given_and_taken_back() -> None:
    nine = datetime(2025, 3, 1, 9, tzinfo=UTC)
    scene = given(*PAIRED, HOLD).when(correct(starts_at=nine))
    scene.then([corrected(SessionChanges(starts_at=Change(was=None, is_now=nine)))]).when(correct(starts_at=None)).then(
        [corrected(SessionChanges(starts_at=Change(was=nine, is_now=None)))]
    )


def test_of_personal_text_the_facts_say_only_that_it_was_rewritten() -> None:
    outcome = given(*PAIRED, HOLD).when(correct(summary="Better words.", explanation="The old ones hurt."))
    outcome.then(
        [
            SessionCorrected(
                session=SESSION,
                changes=SessionChanges(),
                rewritten=("summary",),
                reason="typo",
                by="operator",
                summary="Better words.",
                explanation="The old ones hurt.",
                occurred_on=TODAY,
            )
        ]
    )
    assert [fact.concerning for fact in outcome.facts] == [(MENTEE, MENTOR)]


def test_a_correction_to_what_is_recorded_already_writes_nothing() -> None:
    given(*PAIRED, HOLD).when(correct(minutes=60)).then([])
    given(*PAIRED, HOLD, correct(minutes=45)).when(correct(minutes=45)).then([]).when(correct(minutes=60)).then(
        [corrected(SessionChanges(minutes=Change(was=45, is_now=60)))]
    )


def test_a_correction_names_a_field_and_says_why() -> None:
    given(*PAIRED, HOLD).when(correct()).refused(Refusal.NOTHING_CHANGED)
    given(*PAIRED, HOLD).when(correct(minutes=None)).refused(Refusal.NOTHING_CHANGED)
    given(*PAIRED, HOLD).when(correct(minutes=45, reason=None)).refused(Refusal.NO_REASON, "reason")


@pytest.mark.parametrize(
    ("details", "code", "pointer"),
    [
        ({"minutes": 481}, Refusal.BAD_DURATION, "minutes"),
        ({"held_on": "2025-07-01"}, Refusal.FUTURE_SESSION, "held_on"),
        ({"held_on": "2025-01-09"}, Refusal.NOT_OPEN_ON_DATE, "held_on"),
        ({"starts_at": "2025-03-02T09:00:00Z"}, Refusal.START_OFF_DAY, "starts_at"),
        ({"attended_by": (MENTEE, STRANGER)}, Refusal.NOT_A_PARTY, "attended_by"),
        ({"held_on": "2025-03-02"}, Refusal.DUPLICATE_SESSION, "session"),
        ({"minutes": 45, "occurred_on": "2025-07-01"}, Refusal.FUTURE_DATE, "occurred_on"),
        ({"session": named("nothing"), "minutes": 45}, Refusal.UNKNOWN, "session"),
        ({"relationship": named("nowhere"), "minutes": 45}, Refusal.UNKNOWN, "relationship"),
    ],
)
def test_a_corrected_session_obeys_the_rules_of_a_recorded_one(
    details: dict[str, object], code: Refusal, pointer: str
) -> None:
    given(*PAIRED, HOLD, OTHER).when(correct(**details)).refused(code, pointer)


def test_moving_a_session_to_a_day_asks_who_belonged_then() -> None:
    join = JoinCoMentor(relationship=RELATIONSHIP, mentor=CO_MENTOR, joined_on=on("2025-02-15"))
    hold = HOLD.model_copy(update={"attended_by": (MENTEE, CO_MENTOR)})
    given(*PAIRED, join, hold).when(correct(held_on="2025-02-01")).refused(Refusal.NOT_A_PARTY, "attended_by")


def test_what_a_correction_leaves_alone_is_not_asked_again() -> None:
    pause = PauseRelationship(relationship=RELATIONSHIP, reason="holiday", occurred_on=HOLD.held_on)
    resume = ResumeRelationship(relationship=RELATIONSHIP, occurred_on=on("2025-04-01"))
    assert given(*PAIRED, HOLD, pause, resume).when(correct(minutes=45)).facts


def test_a_moved_session_leaves_its_day_to_others() -> None:
    again = HOLD.model_copy(update={"session": named("third")})
    assert given(*PAIRED, HOLD, correct(held_on="2025-03-05")).when(again).facts


def test_a_void_session_is_reinstated_before_it_is_corrected() -> None:
    given(*PAIRED, HOLD, VOID).when(correct(minutes=45)).refused(Refusal.ALREADY_VOID, "session")


# voiding and reinstating


def session_is_void(scene: Scene) -> bool:
    session = scene.states.get(Relationship, RELATIONSHIP).sessions.get(SESSION)
    assert session is not None
    return session.void is not None


def test_a_session_is_voided_and_reinstated() -> None:
    voided = SessionVoided(
        session=SESSION, reason="never_happened", by="operator", explanation="I was ill.", occurred_on=TODAY
    )
    reinstated = SessionReinstated(
        session=SESSION, reason="mistake", by="operator", explanation="I was there.", occurred_on=TODAY
    )
    scene = given(*PAIRED, HOLD).when(VOID).then([voided])
    assert session_is_void(scene)
    assert not session_is_void(scene.when(REINSTATE).then([reinstated]))


def test_voiding_again_for_the_same_reason_writes_nothing_and_for_another_is_refused() -> None:
    scene = given(*PAIRED, HOLD, VOID).when(VOID).then([])
    scene.when(VOID.model_copy(update={"reason": "duplicate"})).refused(Refusal.ALREADY_VOID, "session")


def test_reinstating_again_for_the_same_reason_writes_nothing() -> None:
    scene = given(*PAIRED, HOLD, VOID, REINSTATE).when(REINSTATE).then([])
    scene.when(REINSTATE.model_copy(update={"reason": "other"})).refused(Refusal.NOT_VOID, "session")


def test_only_what_is_void_is_reinstated() -> None:
    given(*PAIRED, HOLD).when(REINSTATE).refused(Refusal.NOT_VOID, "session")


def test_a_session_voided_anew_may_be_reinstated_anew() -> None:
    assert given(*PAIRED, HOLD, VOID, REINSTATE, VOID).when(REINSTATE).facts


def test_reinstating_makes_no_duplicate() -> None:
    replacement = HOLD.model_copy(update={"session": OTHER_SESSION})
    given(*PAIRED, HOLD, VOID, replacement).when(REINSTATE).refused(Refusal.DUPLICATE_SESSION, "session")


def test_a_session_is_not_reinstated_on_a_day_that_is_no_longer_one_of_theirs() -> None:
    earlier = CLOSE.model_copy(update={"ended_on": on("2025-02-20")})
    given(*PAIRED, HOLD, VOID, earlier).when(REINSTATE).refused(Refusal.NOT_OPEN_ON_DATE, "held_on")
    rest = PauseRelationship(relationship=RELATIONSHIP, reason="travel", occurred_on=on("2025-02-20"))
    given(*PAIRED, HOLD, VOID, rest).when(REINSTATE).refused(Refusal.NOT_OPEN_ON_DATE, "held_on")


@pytest.mark.parametrize("wish", [VOID, REINSTATE], ids=["void", "reinstate"])
def test_only_a_session_that_is_there_is_voided_or_reinstated(wish: Command) -> None:
    given(*PAIRED).when(wish).refused(Refusal.UNKNOWN, "session")
    given().when(wish).refused(Refusal.UNKNOWN, "relationship")


@pytest.mark.parametrize("wish", [correct(minutes=45), VOID], ids=["correct", "void"])
def test_whether_a_closed_relationship_is_put_right_is_a_rule(wish: Command) -> None:
    scene = given(*PAIRED, HOLD, CLOSE)
    scene.when(wish, rules=KEPT_AFTER_CLOSURE).refused(Refusal.WRONG_STATE)
    assert scene.when(wish).facts


def test_a_correction_is_not_made_on_a_day_to_come() -> None:
    later = {"occurred_on": on("2025-07-01")}
    scene = given(*PAIRED, HOLD)
    scene.when(VOID.model_copy(update=later)).refused(Refusal.FUTURE_DATE, "occurred_on")
    scene.when(VOID)
    scene.when(REINSTATE.model_copy(update=later)).refused(Refusal.FUTURE_DATE, "occurred_on")
