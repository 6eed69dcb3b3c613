"""The rules: every number that an organization may choose, in one typed document. Data, never constants in code."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Days = Annotated[int, Field(ge=0, le=36_500)]
Share = Annotated[float, Field(ge=0, le=1)]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Pairing(Section):
    """Who may be paired, and how much a mentor carries."""

    default_capacity: int = Field(default=2, ge=0, le=1000)
    """Open relationships a mentor accepts who never said a number."""
    co_mentors_count: bool = False
    """Whether being a co-mentor takes a place of the capacity."""
    load_alert: Share = 1.0
    """The share of the capacity from which a mentor's load is flagged."""


class Sessions(Section):
    """Which sessions may be recorded, and which count."""

    shortest: int = Field(default=5, ge=1)
    longest: int = Field(default=480, le=1440)
    """Minutes that a session may be recorded with."""
    counted_from: int = Field(default=15, ge=0)
    """Minutes from which a held session counts."""
    counted_up_to: int = Field(default=120, ge=1)
    """Minutes of one session that count at most towards hours."""
    counted_sources: frozenset[Literal["live", "backfilled", "imported"]] = frozenset(
        {"live", "backfilled", "imported"}
    )
    correct_after_closure: bool = True
    """Whether a session may still be corrected, voided or reinstated once the relationship is closed."""


class Attention(Section):
    """When a silence is too long. All in days; a silence of exactly so many days is past it."""

    first_session: Days = 21
    amber: Days = 45
    red: Days = 60


class Feedback(Section):
    """How feedback is summed up."""

    window_months: int = Field(default=12, ge=1, le=120)
    hidden_below_authors: int = Field(default=3, ge=1)


class Goals(Section):
    """How goals are judged."""

    overdue_counts: bool = True
    """Whether an open goal past its target counts against the met rate."""


class Closing(Section):
    """How an end is judged, and how long it can be undone."""

    premature_share: Share = 0.8
    """A closure before this share of the planned length is premature."""
    open_ended_days: Days = Field(default=180, ge=1)
    """The planned length of a relationship without a planned end."""
    reopen_within: Days = 30


class RecordQuality(Section):
    """How trustworthy the record is."""

    backfilled_after_days: Days = 14


class Active(Section):
    """Which relationships are active."""

    paused_counts: bool = False


class Rules(Section):
    """One version of the rules. Version 0 is this document as it stands here; its numbers never change."""

    time_zone: str = "UTC"
    """The organization's time zone (IANA name), where a program does not say its own."""
    active: Active = Active()
    pairing: Pairing = Pairing()
    sessions: Sessions = Sessions()
    attention: Attention = Attention()
    feedback: Feedback = Feedback()
    goals: Goals = Goals()
    closing: Closing = Closing()
    record_quality: RecordQuality = RecordQuality()
