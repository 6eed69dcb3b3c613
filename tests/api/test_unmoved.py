"""An answer holds while the views stand where they stood, and on the day that it was asked as of."""

import pytest

from api.unmoved import Holds, Unmoved
from projections.moments import today

WHERE, TAG = "/v1/dashboard", '"7-2026-03-01-1-abc"'


@pytest.fixture
def unmoved() -> Unmoved:
    """The views stand at position 7 of generation 1, where an answer was given that was asked as of no day."""
    unmoved = Unmoved()
    unmoved.stand((1, 7))
    unmoved.give(WHERE, TAG, Holds(1, 7))
    return unmoved


def test_it_holds_where_it_was_given_and_nowhere_else(unmoved: Unmoved) -> None:
    assert unmoved.holds(WHERE, TAG)
    assert not unmoved.holds("/v1/status", TAG)
    assert not unmoved.holds(WHERE, '"8-2026-03-01-1-abc"')


@pytest.mark.parametrize("at", [(1, 8), (2, 7), None])
def test_it_holds_no_more_when_the_views_moved_or_nobody_knows(unmoved: Unmoved, at: tuple[int, int] | None) -> None:
    unmoved.stand(at)
    assert not unmoved.holds(WHERE, TAG)


def test_who_saw_a_later_position_is_believed_and_who_saw_an_earlier_one_is_not(unmoved: Unmoved) -> None:
    unmoved.saw(1, 6)
    unmoved.saw(2, 8)
    assert unmoved.holds(WHERE, TAG)
    unmoved.saw(1, 8)
    assert not unmoved.holds(WHERE, TAG)


def test_who_looked_before_somebody_saw_more_does_not_bring_an_old_answer_back(unmoved: Unmoved) -> None:
    unmoved.saw(1, 8)
    unmoved.stand((1, 7))
    assert not unmoved.holds(WHERE, TAG)
    unmoved.stand((2, 7))
    unmoved.stand((1, 7))
    assert unmoved.holds(WHERE, TAG)


def test_what_was_asked_as_of_today_holds_today_only(unmoved: Unmoved) -> None:
    zone = "Pacific/Kiritimati"
    unmoved.give(WHERE, "now", Holds(1, 7, today(zone).isoformat(), zone))
    unmoved.give(WHERE, "then", Holds(1, 7, "2026-03-01", zone))
    assert unmoved.holds(WHERE, "now")
    assert not unmoved.holds(WHERE, "then")
