"""What a decision takes from its stamp, and how a state goes on from the one before."""

import dataclasses
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.decider import Stamp, replace
from domain.goal import Goal
from domain.participant import Participant
from domain.program import Program
from domain.relationship import Relationship
from domain.rules import Rules

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ZONES = ("Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin", "UTC")


def stamp(actor: str, on_behalf_of: str | None = None) -> Stamp:
    return Stamp(NOON, actor, "operator", "command line", on_behalf_of)


def test_who_acts_is_a_name_and_the_one_acted_for_goes_first() -> None:
    assert stamp(" olga ").acting == "olga"
    assert stamp("olga", "ann").acting == "ann"


@pytest.mark.parametrize("actor", [" ", "x" * 121, "o\x00lga"])
def test_nobody_acts_under_what_is_no_name(actor: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        _ = stamp(actor).acting


@given(
    hours=st.integers(0, 72),
    ago=st.integers(10, 20),
    zone=st.sampled_from(ZONES),
    offset=st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours))),
)
def test_what_is_told_late_is_backfilled_by_the_local_day(hours: int, ago: int, zone: str, offset: timezone) -> None:
    now = (NOON + timedelta(hours=hours)).astimezone(offset)
    told = Stamp(now, "olga", "operator", "command line", rules=Rules(time_zone=zone))
    day = date(2026, 3, 2) - timedelta(days=ago)
    late = (told.today() - day).days > told.rules.record_quality.backfilled_after_days
    assert told.source_of(day) == ("backfilled" if late else "live")


@pytest.mark.parametrize(
    ("state", "changes"),
    [
        (Goal(), {"percent": 3, "standing": "agreed"}),
        (Participant(), {"max": 2}),
        (Program(), {"published": True}),
        (Relationship(), {"reopened": "mistake"}),
    ],
)
def test_a_state_goes_on_from_the_one_before_and_leaves_it_as_it_was(
    state: Goal | Participant | Program | Relationship, changes: dict[str, object]
) -> None:
    before = dataclasses.replace(state)
    assert replace(state, **changes) == dataclasses.replace(state, **changes) != state  # type: ignore[arg-type]
    assert state == before
