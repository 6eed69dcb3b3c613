"""The two clocks of a question: the day it is asked as of, and the time by which all was recorded."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.journal import Journal
from domain.journal.entry import moment
from domain.refusals import Refusal, Refused


@dataclass(frozen=True, slots=True)
class Known:
    """Everything recorded by a moment: the journal up to a position."""

    at: datetime
    position: int

    @classmethod
    def by(cls, journal: Journal, known_at: datetime | None) -> "Known":
        """What was known then; by default, all that is recorded now."""
        if known_at is None:
            return cls(datetime.now(UTC), journal.position())
        return cls(known_at, journal.position_at(known_at))

    @classmethod
    def in_views(cls, journal: Journal, known_at: datetime | None, views: int) -> "tuple[Known, bool]":
        """The same, as far as views that stand at a position show it; and whether it is all that they show."""
        if known_at is None:
            return cls(datetime.now(UTC), views), True
        position = journal.position_at(known_at)
        return cls(known_at, min(position, views)), position >= views


def in_order(since: date | datetime | None, until: date | datetime | None) -> None:
    """Refused (WRONG_ORDER) when a period would end before it begins."""
    if since is not None and until is not None and until < since:
        raise Refused(
            Refusal.WRONG_ORDER, f"until {until} is before {since}, where the period begins; say it later", "until"
        )


def midnight_after(as_of: date) -> str:
    """T: the day before which facts count, when a question includes the day `as_of`."""
    return (as_of + timedelta(days=1)).isoformat()


def today(time_zone: str) -> date:
    """The day it is there now."""
    return datetime.now(ZoneInfo(time_zone)).date()


def rfc3339(at: datetime | int) -> str:
    """A moment (or UTC microseconds since 1970) as `2026-03-01T12:00:00.000000Z`."""
    when = moment(at) if isinstance(at, int) else at.astimezone(UTC)
    return when.isoformat(timespec="microseconds").replace("+00:00", "Z")
