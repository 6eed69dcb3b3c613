"""Someone takes part."""

import pytest
from pydantic import ValidationError

from domain.participant import RegisterParticipant, participant_id
from domain.participant.events import ParticipantRegistered
from domain.refusals import Refusal
from tests.support.deciding import TODAY, given, on
from tests.support.scenes import MENTOR

REGISTER = RegisterParticipant(id=MENTOR, interests=("gardens",), skills=("Rust",), profile="I like people.")


def test_a_person_is_registered_today_unless_another_day_is_said() -> None:
    registered = ParticipantRegistered(
        interests=("gardens",), skills=("Rust",), profile="I like people.", occurred_on=TODAY
    )
    given().when(REGISTER).then([registered])
    earlier = REGISTER.model_copy(update={"occurred_on": on("2024-01-01")})
    given().when(earlier).then([registered.model_copy(update={"occurred_on": on("2024-01-01")})])


def test_the_profile_concerns_the_person_themselves() -> None:
    assert [fact.concerning for fact in given().when(REGISTER).facts] == [(MENTOR,)]


def test_registering_again_with_the_same_details_writes_nothing() -> None:
    given(REGISTER).when(REGISTER).then([])


def test_registering_again_with_other_details_is_refused() -> None:
    other = REGISTER.model_copy(update={"skills": ("Go",)})
    given(REGISTER).when(other).refused(Refusal.WRONG_STATE, "id")


def test_nobody_is_registered_from_a_day_to_come() -> None:
    later = REGISTER.model_copy(update={"occurred_on": on("2025-07-01")})
    given().when(later).refused(Refusal.FUTURE_DATE, "occurred_on")


def test_a_reference_has_one_id_only_so_that_it_can_be_taken_only_once() -> None:
    known = RegisterParticipant(id=participant_id("mentor-1"), reference="mentor-1")
    given().when(known).then([ParticipantRegistered(reference="mentor-1", occurred_on=TODAY)])
    other = RegisterParticipant(id=MENTOR, reference="mentor-1")
    assert participant_id("mentor-1") in given(known).when(other).refused(Refusal.REFERENCE_MISMATCH, "id")


def test_the_id_of_a_reference_never_changes() -> None:
    assert participant_id("mentor-1") == participant_id(" mentor-1 ") == "d6f031d6-2781-5692-9830-49a349d7f000"


def test_an_id_is_a_uuid() -> None:
    with pytest.raises(ValidationError):
        RegisterParticipant(id="mentor-1")
