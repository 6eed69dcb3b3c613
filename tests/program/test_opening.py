"""A program is drafted and published."""

import pytest
from pydantic import ValidationError

from domain.program import DefineRole, DraftProgram, PublishProgram
from domain.program.events import ProgramDrafted, ProgramPublished
from domain.refusals import Refusal
from tests.support.deciding import NOW, TODAY, given, on
from tests.support.scenes import DRAFTED, PROGRAM, PUBLISHED

PUBLISH = PublishProgram(program=PROGRAM)


def test_a_program_is_drafted_with_its_own_time_zone() -> None:
    drafted = ProgramDrafted(name="Spring", time_zone="Europe/Berlin", occurred_on=TODAY)
    given().when(DRAFTED).then([drafted])


def test_the_days_of_a_program_are_those_of_its_time_zone() -> None:
    late = NOW.replace(hour=23)
    drafted = ProgramDrafted(name="Spring", time_zone="Europe/Berlin", occurred_on=on("2025-07-01"))
    given().when(DRAFTED, now=late).then([drafted])


def test_drafting_again_with_the_same_details_writes_nothing() -> None:
    given(DRAFTED).when(DRAFTED).then([])


def test_an_id_drafts_one_program_only() -> None:
    given(DRAFTED).when(DraftProgram(id=PROGRAM, name="Autumn")).refused(Refusal.ID_TAKEN, "id")


def test_a_program_is_not_drafted_on_a_day_to_come() -> None:
    later = DRAFTED.model_copy(update={"occurred_on": on("2025-07-01")})
    given().when(later).refused(Refusal.FUTURE_DATE, "occurred_on")


def test_a_time_zone_must_be_known() -> None:
    with pytest.raises(ValidationError, match="IANA"):
        DraftProgram(id=PROGRAM, name="Spring", time_zone="Mars/Olympus")


def test_a_structured_program_is_published_once_nothing_is_missing() -> None:
    given(*PUBLISHED[:-1]).when(PUBLISH).then([ProgramPublished(occurred_on=TODAY)])


def test_what_a_structured_program_lacks_is_said_at_once() -> None:
    sentence = given(DRAFTED, DefineRole(program=PROGRAM, role="sponsor")).when(PUBLISH).refused(Refusal.UNPUBLISHABLE)
    lacking = ("role mentor", "role mentee", "role sponsor", "a selection criterion", "a term")
    assert [part for part in lacking if part not in sentence] == []


def test_an_informal_program_needs_nothing_to_be_published() -> None:
    informal = DraftProgram(id=PROGRAM, name="Coffee", kind="informal")
    given(informal).when(PUBLISH).then([ProgramPublished(occurred_on=TODAY)])


def test_publishing_again_writes_nothing() -> None:
    given(*PUBLISHED).when(PUBLISH).then([])


def test_only_a_program_that_is_there_is_published() -> None:
    given().when(PUBLISH).refused(Refusal.UNKNOWN, "program")
