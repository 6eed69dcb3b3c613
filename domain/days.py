"""Days: the one that was said, or else today; and the stretches of time that days make."""

from datetime import date
from typing import NamedTuple

from domain.refusals import Refusal, Refused


class Span(NamedTuple):
    """A stretch of time that began, and perhaps ended. Whether its last day belongs to it, who asks says."""

    start: date
    end: date | None = None


def said_or_today(said: date | None, today: date, pointer: str = "occurred_on") -> date:
    """The day that was said, else today. Refused (FUTURE_DATE) when it has not come yet."""
    if said is None:
        return today
    if said > today:
        raise Refused(
            Refusal.FUTURE_DATE,
            f"{said} has not come yet: today is {today}; say a day that has been",
            pointer,
        )
    return said


def said_between(said: date | None, earliest: date, today: date, pointer: str = "occurred_on") -> date:
    """The day that was said, else today; refused when it lies before `earliest` or has not come yet.

    What begins later than today may be undone on the very day on which it begins: nobody has to wait for that.
    """
    latest = max(earliest, today)
    day = latest if said is None else said
    if day > latest:
        raise Refused(Refusal.FUTURE_DATE, f"{day} has not come yet; say {latest} or an earlier day", pointer)
    if day < earliest:
        raise Refused(
            Refusal.WRONG_ORDER,
            f"{day} is too early; say {earliest}, up to which things are settled, or later",
            pointer,
        )
    return day
