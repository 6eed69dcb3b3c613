"""Sessions are recorded when they were held, once, and only while the relationship was open."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from domain.closing import CloseRelationship, ReopenRelationship
from domain.refusals import Refusal
from domain.relationship import (
    HoldSession,
    JoinCoMentor,
    LeaveCoMentor,
    PauseRelationship,
    ResumeRelationship,
    VoidSession,
)
from domain.relationship.events import SessionHeld
from domain.rules import Rules, Sessions
from tests.support.deciding import NOW, TODAY, By, given, on
from tests.support.scenes import (
    CO_MENTOR,
    MENTEE,
    MENTOR,
    OTHER_SESSION,
    PAIRED,
    PAIRED_IN_PROGRAM,
    RELATIONSHIP,
    SESSION,
    STRANGER,
    named,
)

BERLIN_SUMMER = timezone(timedelta(hours=2))


def hold(**details: object) -> HoldSession:
    said = {"relationship": RELATIONSHIP, "session": SESSION, "held_on": "2025-03-01", "minutes": 60, **details}
    return HoldSession.model_validate(said)


HELD = SessionHeld(
    session=SESSION,
    held_on=on("2025-03-01"),
    minutes=60,
    attended_by=(MENTEE, MENTOR),
    asserted_by="operator",
)
CLOSE = CloseRelationship(
    relationship=RELATIONSHIP, reason="goals_met", initiated_by="both", anticipated=True, ended_on=on("2025-05-01")
)
REOPEN = ReopenRelationship(relationship=RELATIONSHIP, reason="mistake", occurred_on=on("2025-05-20"))
PAUSE = PauseRelationship(relationship=RELATIONSHIP, reason="holiday", occurred_on=on("2025-02-10"))
RESUME = ResumeRelationship(relationship=RELATIONSHIP, occurred_on=on("2025-02-20"))
JOIN = JoinCoMentor(relationship=RELATIONSHIP, mentor=CO_MENTOR, joined_on=on("2025-02-01"))
LEAVE = LeaveCoMentor(relationship=RELATIONSHIP, mentor=CO_MENTOR, left_on=on("2025-04-01"))


def test_a_session_is_recorded_with_mentee_and_lead_mentor_unless_others_are_named() -> None:
    given(*PAIRED).when(hold()).then([HELD])


def test_a_session_says_all_that_was_said_of_it() -> None:
    wish = hold(
        starts_at="2025-03-01T09:00:00+01:00",
        mode="video",
        topics=("career", "rust"),
        attended_by=(MENTEE, CO_MENTOR),
        summary="We spoke of the future.",
    )
    outcome = given(*PAIRED_IN_PROGRAM, JOIN).when(wish, by=MENTEE)
    outcome.then(
        [
            SessionHeld(
                session=SESSION,
                held_on=on("2025-03-01"),
                starts_at=datetime(2025, 3, 1, 8, tzinfo=UTC),
                minutes=60,
                mode="video",
                topics=("career", "rust"),
                attended_by=(MENTEE, CO_MENTOR),
                asserted_by=MENTEE,
                summary="We spoke of the future.",
            )
        ]
    )
    assert [fact.concerning for fact in outcome.facts] == [(MENTEE, MENTOR, CO_MENTOR)]


def test_without_a_day_a_session_was_held_today_or_on_the_local_day_of_its_start() -> None:
    [held] = given(*PAIRED).when(hold(held_on=None)).facts
    assert held.event.day == TODAY
    late = datetime(2025, 6, 29, 23, 30, tzinfo=UTC)
    [held] = given(*PAIRED_IN_PROGRAM).when(hold(held_on=None, starts_at=late)).facts
    assert held.event.day == TODAY


def test_recording_the_same_session_again_writes_nothing() -> None:
    given(*PAIRED, hold()).when(hold()).then([]).when(hold(held_on=None)).then([])


@pytest.mark.parametrize(
    "other", [{"minutes": 61}, {"held_on": "2025-03-02"}, {"mode": "video"}, {"topics": ("rust",)}]
)
def test_an_id_records_one_session_only(other: dict[str, object]) -> None:
    given(*PAIRED, hold()).when(hold(**other)).refused(Refusal.ID_TAKEN, "session")


def test_a_void_session_is_reinstated_rather_than_recorded_again() -> None:
    void = VoidSession(relationship=RELATIONSHIP, session=SESSION, reason="test")
    given(*PAIRED, hold(), void).when(hold()).refused(Refusal.ALREADY_VOID, "session")


def test_a_session_belongs_to_a_relationship_that_is_there() -> None:
    given().when(hold()).refused(Refusal.UNKNOWN, "relationship")


# when


def test_a_session_is_recorded_once_it_was_held() -> None:
    given(*PAIRED).when(hold(held_on="2025-07-01")).refused(Refusal.FUTURE_SESSION, "held_on")


def test_today_is_a_day_of_the_programs_time_zone() -> None:
    late = NOW.replace(hour=23)
    given(*PAIRED).when(hold(held_on="2025-07-01"), now=late).refused(Refusal.FUTURE_SESSION, "held_on")
    assert given(*PAIRED_IN_PROGRAM).when(hold(held_on="2025-07-01"), now=late).facts


@pytest.mark.parametrize(
    ("day", "held"),
    [
        ("2025-01-09", False),
        ("2025-01-10", True),
        ("2025-02-09", True),
        ("2025-02-10", False),
        ("2025-02-19", False),
        ("2025-02-20", True),
        ("2025-05-01", True),
        ("2025-05-02", False),
        ("2025-05-19", False),
        ("2025-05-20", True),
    ],
)
def test_a_session_lies_in_an_open_and_unpaused_stretch_of_the_relationship(day: str, held: bool) -> None:
    outcome = given(*PAIRED, PAUSE, RESUME, CLOSE, REOPEN).when(hold(held_on=day))
    if held:
        assert outcome.facts
    else:
        outcome.refused(Refusal.NOT_OPEN_ON_DATE, "held_on")


def test_an_ended_relationship_takes_only_sessions_held_while_it_was_open() -> None:
    scene = given(*PAIRED, CLOSE)
    scene.when(hold(held_on="2025-05-02")).refused(Refusal.NOT_OPEN_ON_DATE, "held_on")
    scene.when(hold()).then([HELD])


def test_a_pause_ends_with_the_relationship_so_that_its_last_day_is_a_day_to_meet() -> None:
    scene = given(*PAIRED, PAUSE, CLOSE)
    scene.when(hold(held_on="2025-04-30")).refused(Refusal.NOT_OPEN_ON_DATE, "held_on")
    assert scene.when(hold(held_on="2025-05-01")).facts


def test_the_start_falls_on_the_day_of_the_session_by_the_programs_clock() -> None:
    start = datetime(2025, 6, 2, 0, 30, tzinfo=BERLIN_SUMMER)
    assert given(*PAIRED_IN_PROGRAM).when(hold(held_on="2025-06-02", starts_at=start)).facts
    utc = given(*PAIRED).when(hold(held_on="2025-06-02", starts_at=start))
    assert "2025-06-01" in utc.refused(Refusal.START_OFF_DAY, "starts_at")


def test_a_start_names_its_offset() -> None:
    with pytest.raises(ValidationError):
        hold(starts_at="2025-03-01T09:00:00")


# how long


@pytest.mark.parametrize(
    ("minutes", "held"), [(-5, False), (0, False), (4, False), (5, True), (480, True), (481, False)]
)
def test_a_session_lasts_as_long_as_the_rules_allow(minutes: int, held: bool) -> None:
    outcome = given(*PAIRED).when(hold(minutes=minutes))
    if held:
        assert outcome.facts
    else:
        outcome.refused(Refusal.BAD_DURATION, "minutes")


def test_how_long_a_session_may_last_is_a_rule() -> None:
    generous = Rules(sessions=Sessions(shortest=1, longest=600))
    assert given(*PAIRED).when(hold(minutes=600), rules=generous).facts


# who


def test_only_parties_attend_and_co_mentors_while_they_belong() -> None:
    scene = given(*PAIRED, JOIN, LEAVE)
    scene.when(hold(attended_by=(MENTEE, STRANGER))).refused(Refusal.NOT_A_PARTY, "attended_by")
    for day, attends in (("2025-01-31", False), ("2025-02-01", True), ("2025-04-01", True), ("2025-04-02", False)):
        wish = hold(session=named(day), held_on=day, attended_by=(MENTEE, CO_MENTOR))
        if attends:
            assert scene.when(wish).facts
        else:
            scene.when(wish).refused(Refusal.NOT_A_PARTY, "attended_by")


def test_somebody_attends() -> None:
    with pytest.raises(ValidationError):
        hold(attended_by=())


# once


def other(**details: object) -> HoldSession:
    return hold(session=OTHER_SESSION, **details)


MORNING, NOON = "2025-03-01T09:00:00Z", "2025-03-01T12:00:00Z"


def test_two_sessions_of_a_day_are_the_same_unless_their_times_tell_them_apart() -> None:
    given(*PAIRED, hold()).when(other()).refused(Refusal.DUPLICATE_SESSION, "session")
    given(*PAIRED, hold(starts_at=MORNING)).when(other()).refused(Refusal.DUPLICATE_SESSION, "session")
    given(*PAIRED, hold()).when(other(starts_at=NOON)).refused(Refusal.DUPLICATE_SESSION, "session")
    assert given(*PAIRED, hold(starts_at=MORNING)).when(other(starts_at=NOON)).facts


@pytest.mark.parametrize(
    ("start", "held"),
    [("T07:59:00Z", False), ("T08:00:00Z", False), ("T09:59:00Z", False), ("T10:00:00Z", True), ("T07:00:00Z", True)],
)
def test_sessions_that_only_touch_do_not_overlap(start: str, held: bool) -> None:
    outcome = given(*PAIRED, hold(starts_at="2025-03-01T08:00:00Z", minutes=120)).when(
        other(starts_at=f"2025-03-01{start}")
    )
    if held:
        assert outcome.facts
    else:
        outcome.refused(Refusal.DUPLICATE_SESSION, "session")


def test_the_same_hour_of_another_day_is_another_session() -> None:
    assert given(*PAIRED, hold()).when(other(held_on="2025-03-02")).facts


def test_a_session_may_be_said_to_be_distinct_from_another() -> None:
    [held] = given(*PAIRED, hold()).when(other(distinct_from=SESSION)).facts
    assert isinstance(held.event, SessionHeld)
    assert held.event.distinct_from == SESSION


def test_what_is_distinct_from_one_is_distinct_from_all_that_that_one_is_distinct_from() -> None:
    scene = given(*PAIRED, hold(), other(distinct_from=SESSION))
    third = hold(session=named("third"), distinct_from=OTHER_SESSION)
    assert scene.when(third).facts
    scene.when(hold(session=named("fourth"), distinct_from=SESSION)).refused(Refusal.DUPLICATE_SESSION, "session")


def test_only_from_a_session_that_is_there_can_another_be_distinct() -> None:
    given(*PAIRED).when(hold(distinct_from=OTHER_SESSION)).refused(Refusal.UNKNOWN, "distinct_from")


def test_a_void_session_stands_in_nobodys_way() -> None:
    void = VoidSession(relationship=RELATIONSHIP, session=SESSION, reason="duplicate")
    assert given(*PAIRED, hold(), void).when(other()).facts


def test_who_records_it_says_so() -> None:
    given(*PAIRED, By(MENTOR, hold())).when(hold(), by=MENTEE).then([])
