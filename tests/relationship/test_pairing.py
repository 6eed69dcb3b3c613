"""A mentor and a mentee begin, and further mentors join and leave."""

import pytest
from pydantic import ValidationError

from domain.closing import CloseRelationship
from domain.decider import Stream
from domain.participant import Participant, SetCapacity
from domain.participant.events import MentorSlotReleased, MentorSlotTaken
from domain.program import DraftProgram
from domain.refusals import Refusal
from domain.relationship import HoldSession, JoinCoMentor, LeaveCoMentor, Pair, Relationship
from domain.relationship.events import CoMentorJoined, CoMentorLeft, Paired
from domain.rules import Pairing, Rules
from tests.support.deciding import NOW, TODAY, Scene, given, on
from tests.support.scenes import (
    CO_MENTOR,
    DRAFTED,
    MENTEE,
    MENTOR,
    PAIR,
    PAIR_IN_PROGRAM,
    PAIRED,
    PAIRED_IN_PROGRAM,
    PROGRAM,
    PUBLISHED,
    REGISTERED,
    RELATIONSHIP,
    SESSION,
    STRANGER,
    named,
)

HERE = Stream(Relationship, RELATIONSHIP)
CLOSE = CloseRelationship(
    relationship=RELATIONSHIP, reason="planned_end", initiated_by="both", anticipated=True, ended_on=on("2025-05-01")
)
JOIN = JoinCoMentor(relationship=RELATIONSHIP, mentor=CO_MENTOR, joined_on=on("2025-02-01"))
LEAVE = LeaveCoMentor(relationship=RELATIONSHIP, mentor=CO_MENTOR, left_on=on("2025-04-01"))
COUNT_CO_MENTORS = Rules(pairing=Pairing(co_mentors_count=True))


def pair(**details: object) -> Pair:
    return Pair.model_validate({"id": RELATIONSHIP, "mentor": MENTOR, "mentee": MENTEE, **details})


def status(scene: Scene) -> str:
    return scene.states.find(Relationship, RELATIONSHIP).status


# pairing


def test_pairing_begins_a_relationship_and_takes_one_of_the_mentors_places() -> None:
    day = on("2025-01-10")
    scene = (
        given(*REGISTERED, *PUBLISHED)
        .when(PAIR_IN_PROGRAM)
        .then_facts(
            [
                (
                    HERE,
                    Paired(
                        mentor=MENTOR,
                        mentee=MENTEE,
                        program=PROGRAM,
                        term="2025",
                        starts_on=day,
                        planned_end=on("2025-12-31"),
                    ),
                ),
                (
                    Stream(Participant, MENTOR),
                    MentorSlotTaken(
                        relationship=RELATIONSHIP, serving_as="lead", mentee=MENTEE, program=PROGRAM, occurred_on=day
                    ),
                ),
            ]
        )
    )
    assert status(scene) == "active"


def test_a_relationship_begins_today_in_the_programs_time_zone_unless_a_day_is_said() -> None:
    late = NOW.replace(hour=23)
    [paired, _] = given(*REGISTERED).when(pair(), now=late).facts
    assert paired.event.day == TODAY
    [paired, _] = given(*REGISTERED, *PUBLISHED).when(pair(program=PROGRAM), now=late).facts
    assert paired.event.day == on("2025-07-01")


def test_a_relationship_may_be_paired_ahead_of_its_start() -> None:
    [paired, _] = given(*REGISTERED).when(pair(starts_on="2025-09-01")).facts
    assert paired.event.day == on("2025-09-01")


def test_pairing_again_with_the_same_details_writes_nothing() -> None:
    given(*PAIRED).when(PAIR).then([])
    given(*PAIRED).when(PAIR.model_copy(update={"starts_on": None})).then([])


def test_an_id_pairs_only_once() -> None:
    given(*PAIRED).when(pair(kind="informal", starts_on="2025-01-11")).refused(Refusal.ID_TAKEN, "id")


def test_a_mentor_is_not_their_own_mentee() -> None:
    given(*REGISTERED).when(pair(mentee=MENTOR)).refused(Refusal.SELF_PAIRING, "mentee")


def test_only_who_takes_part_is_paired() -> None:
    given(REGISTERED[0]).when(pair()).refused(Refusal.UNKNOWN, "mentee")
    given(REGISTERED[1]).when(pair()).refused(Refusal.UNKNOWN, "mentor")


def test_a_structured_program_takes_pairings_once_it_is_published() -> None:
    given(*REGISTERED, DRAFTED).when(pair(program=PROGRAM)).refused(Refusal.WRONG_STATE, "program")
    informal = DraftProgram(id=PROGRAM, name="Coffee", kind="informal")
    assert given(*REGISTERED, informal).when(pair(program=PROGRAM, kind="informal")).facts


def test_program_and_term_must_be_there() -> None:
    given(*REGISTERED).when(pair(program=PROGRAM)).refused(Refusal.UNKNOWN, "program")
    given(*REGISTERED, *PUBLISHED).when(pair(program=PROGRAM, term="2026")).refused(Refusal.UNKNOWN, "term")
    given(*REGISTERED).when(pair(term="2025")).refused(Refusal.UNKNOWN, "program")


def test_the_planned_end_does_not_lie_before_the_start() -> None:
    wish = pair(starts_on="2025-01-10", planned_end="2025-01-09")
    given(*REGISTERED).when(wish).refused(Refusal.WRONG_ORDER, "planned_end")
    flash = pair(kind="flash", starts_on="2025-01-10", planned_end="2025-01-10")
    assert given(*REGISTERED).when(flash).facts


def test_the_same_two_have_one_open_relationship_in_a_program() -> None:
    second = PAIR.model_copy(update={"id": named("second")})
    assert RELATIONSHIP in given(*PAIRED).when(second).refused(Refusal.OPEN_DUPLICATE, "mentee")
    elsewhere = PAIR_IN_PROGRAM.model_copy(update={"id": named("second")})
    assert given(*PAIRED, *PUBLISHED).when(elsewhere).facts


def test_after_an_end_the_same_two_may_begin_anew() -> None:
    second = PAIR.model_copy(update={"id": named("second")})
    assert given(*PAIRED, CLOSE).when(second).facts


def test_a_mentor_without_a_free_place_is_not_paired() -> None:
    wish = pair(mentee=STRANGER, id=named("second"))
    full = SetCapacity(participant=MENTOR, max=1)
    assert "1 taken of 1" in given(*PAIRED, full).when(wish).refused(Refusal.CAPACITY_FULL, "mentor")
    assert given(*PAIRED, full, CLOSE).when(wish).facts


def test_the_capacity_of_who_never_said_one_is_a_rule() -> None:
    none = Rules(pairing=Pairing(default_capacity=0))
    given(*REGISTERED).when(pair(), rules=none).refused(Refusal.CAPACITY_FULL, "mentor")


def test_a_cadence_is_a_number_of_days() -> None:
    with pytest.raises(ValidationError):
        pair(cadence_days=0)


# co-mentors


def test_a_co_mentor_joins_and_gives_a_place() -> None:
    day = on("2025-02-01")
    given(*PAIRED).when(JOIN).then_facts(
        [
            (HERE, CoMentorJoined(mentor=CO_MENTOR, joined_on=day)),
            (
                Stream(Participant, CO_MENTOR),
                MentorSlotTaken(relationship=RELATIONSHIP, serving_as="co", mentee=MENTEE, occurred_on=day),
            ),
        ]
    )


def test_joining_again_writes_nothing() -> None:
    again = JoinCoMentor(relationship=RELATIONSHIP, mentor=CO_MENTOR)
    given(*PAIRED, JOIN).when(JOIN).then([]).when(again).then([])


@pytest.mark.parametrize(
    ("details", "code", "pointer"),
    [
        ({"mentor": MENTEE}, Refusal.SELF_PAIRING, "mentor"),
        ({"mentor": MENTOR}, Refusal.ALREADY_A_PARTY, "mentor"),
        ({"joined_on": on("2025-03-01")}, Refusal.ALREADY_A_PARTY, "mentor"),
        ({"mentor": named("nobody")}, Refusal.UNKNOWN, "mentor"),
        ({"mentor": STRANGER, "joined_on": on("2025-01-09")}, Refusal.WRONG_ORDER, "joined_on"),
        ({"mentor": STRANGER, "joined_on": on("2025-07-01")}, Refusal.FUTURE_DATE, "joined_on"),
        ({"relationship": named("nowhere")}, Refusal.UNKNOWN, "relationship"),
    ],
)
def test_who_cannot_join(details: dict[str, object], code: Refusal, pointer: str) -> None:
    given(*PAIRED, JOIN).when(JOIN.model_copy(update=details)).refused(code, pointer)


def test_nobody_joins_a_closed_relationship() -> None:
    given(*PAIRED, CLOSE).when(JOIN).refused(Refusal.WRONG_STATE)


def test_a_co_mentors_capacity_binds_only_by_rule() -> None:
    full = SetCapacity(participant=CO_MENTOR, max=0)
    assert given(*PAIRED, full).when(JOIN).facts
    given(*PAIRED, full).when(JOIN, rules=COUNT_CO_MENTORS).refused(Refusal.CAPACITY_FULL, "mentor")


def test_a_co_mentor_leaves_and_the_place_is_free_again() -> None:
    day = on("2025-04-01")
    given(*PAIRED, JOIN).when(LEAVE).then_facts(
        [
            (HERE, CoMentorLeft(mentor=CO_MENTOR, left_on=day)),
            (Stream(Participant, CO_MENTOR), MentorSlotReleased(relationship=RELATIONSHIP, occurred_on=day)),
        ]
    )


def test_leaving_again_writes_nothing_and_on_another_day_is_refused() -> None:
    scene = given(*PAIRED, JOIN, LEAVE).when(LEAVE).then([])
    scene.when(LeaveCoMentor(relationship=RELATIONSHIP, mentor=CO_MENTOR)).then([])
    scene.when(LEAVE.model_copy(update={"left_on": on("2025-04-02")})).refused(Refusal.WRONG_STATE, "left_on")


@pytest.mark.parametrize(
    ("details", "code", "pointer"),
    [
        ({"mentor": MENTOR}, Refusal.NOT_A_MENTOR, "mentor"),
        ({"left_on": on("2025-01-31")}, Refusal.WRONG_ORDER, "left_on"),
        ({"left_on": on("2025-07-01")}, Refusal.FUTURE_DATE, "left_on"),
        ({"relationship": named("nowhere")}, Refusal.UNKNOWN, "relationship"),
    ],
)
def test_who_cannot_leave(details: dict[str, object], code: Refusal, pointer: str) -> None:
    given(*PAIRED, JOIN).when(LEAVE.model_copy(update=details)).refused(code, pointer)


def test_nobody_leaves_a_closed_relationship() -> None:
    given(*PAIRED, JOIN, CLOSE).when(LEAVE).refused(Refusal.WRONG_STATE)


def test_nobody_has_left_before_a_session_they_attended() -> None:
    attended = HoldSession(
        relationship=RELATIONSHIP,
        session=SESSION,
        held_on=on("2025-04-02"),
        minutes=30,
        attended_by=(MENTEE, CO_MENTOR),
    )
    given(*PAIRED, JOIN, attended).when(LEAVE).refused(Refusal.WRONG_ORDER, "left_on")


def test_who_left_may_join_again_but_not_before_they_left() -> None:
    again = JOIN.model_copy(update={"joined_on": on("2025-05-01")})
    early = JOIN.model_copy(update={"joined_on": on("2025-03-01")})
    scene = given(*PAIRED_IN_PROGRAM, JOIN, LEAVE)
    scene.when(early).refused(Refusal.WRONG_ORDER, "joined_on")
    assert [fact.event.kind for fact in scene.when(again).facts] == ["CoMentorJoined", "MentorSlotTaken"]
