"""What a question may be asked with: the parameters of its query, each with its shape."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import parse_qsl

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema

from api.problems import Unreadable, faults, fields
from domain.facts import Actor, Id, Label
from domain.journal.kinds import KINDS

_FIRST_DAY, _LAST_DAY = date(1000, 1, 1), date(9999, 12, 30)
_FIRST_MOMENT, _LAST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_MOMENT = r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)$"
_MOST_PARAMETERS = 50
_WHOLE = r"^[0-9]{1,15}$"
_IS_WHOLE = "this is a whole number without a sign, of 15 digits at most"


def _written(pattern: str, sentence: str) -> BeforeValidator:
    shape = re.compile(pattern, re.ASCII)

    def check(value: Any) -> Any:
        if isinstance(value, str) and not shape.fullmatch(value):
            raise ValueError(sentence)
        return value

    return BeforeValidator(check)


def _within(moment: datetime) -> datetime:
    """The same moment, or the nearest that a calendar can hold in every time zone."""
    return min(max(moment, _FIRST_MOMENT), _LAST_MOMENT)


def _known_kind(name: str) -> str:
    if name not in KINDS:
        raise ValueError(f"there is no such kind of event; there are {', '.join(sorted(KINDS))}")
    return name


QueryDay = Annotated[
    date,
    AfterValidator(lambda day: min(max(day, _FIRST_DAY), _LAST_DAY)),
    _written(_DAY, "a day is written as 2026-03-01"),
    WithJsonSchema({"type": "string", "format": "date"}),
]
Moment = Annotated[
    datetime,
    AfterValidator(_within),
    _written(_MOMENT, "a time is written with its offset, as 2026-03-01T12:00:00Z; in a URL, + is written %2B"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Kind = Annotated[str, AfterValidator(_known_kind), WithJsonSchema({"type": "string", "enum": sorted(KINDS)})]
Whole = Annotated[int, Field(ge=0, le=999_999_999_999_999), _written(_WHOLE, _IS_WHOLE)]


class Parameters(BaseModel):
    """What every question may be asked with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    wait_for: Whole | None = Field(default=None, description="Answer once the views have reached this position (5 s).")


class Moments(Parameters):
    """A day and a moment."""

    as_of: QueryDay | None = Field(default=None, description="As it was at the end of this day; default: today.")
    known_at: Moment | None = Field(default=None, description="As it was recorded by this time; default: now.")


class Figures(Moments):
    """A dashboard's day, moment and period."""

    since: QueryDay | None = Field(default=None, alias="from", description="From this day on.")
    until: QueryDay | None = Field(default=None, description="Up to this day.")


class ProgramFigures(Figures):
    """The same, of one term."""

    term: Label | None = Field(default=None, description="One term of the program.")


class Page(Parameters):
    """A part of a list."""

    limit: Annotated[int, Field(ge=1, le=200), _written(_WHOLE, _IS_WHOLE)] = Field(
        default=50, description="At most so many."
    )


class Relationships(Page):
    """Which relationships."""

    program: Id | None = None
    term: Label | None = None
    person: Id | None = Field(default=None, description="Who belongs to it, in any role.")
    state: Literal["active", "paused", "closed"] | None = None
    after: Id | None = Field(default=None, description="`next` of the page before.")


class Told(Page):
    """A part of a history."""

    after: Whole = Field(default=0, description="`next` of the page before: what follows this position.")


class History(Told):
    """Which part of the whole history."""

    relationship: Id | None = None
    person: Id | None = Field(default=None, description="Their own record, and every relationship they belonged to.")
    actor: Actor | None = Field(default=None, description="Who recorded it.")
    kind: Kind | None = None
    since: Moment | None = Field(default=None, description="Recorded then or later.")
    until: Moment | None = Field(default=None, description="Recorded earlier than that.")


class Nothing(BaseModel):
    """A wish says everything in its body."""

    model_config = ConfigDict(extra="forbid")


class On(BaseModel):
    """What a DELETE is asked with: the day, and whom the caller acts for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    on: QueryDay | None = Field(default=None, description="The day; default: today.")
    on_behalf_of: Id | None = Field(default=None, description="Whom a coordinator or administrator acts for.")


P = TypeVar("P", bound=BaseModel)


def read(model: type[P], query: bytes) -> P:
    """The parameters of a query; `Unreadable` says what is wrong with which."""
    if not query:
        return model()
    try:
        pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        raise Unreadable("the query has too many parameters") from None
    given = dict(pairs)
    if len(given) < len(pairs):
        raise Unreadable("a parameter is given twice")
    try:
        return model.model_validate_strings(given)
    except ValidationError as error:
        raise Unreadable(
            "the parameters of the query cannot be read", faults(error, fields(model), query=True)
        ) from None
