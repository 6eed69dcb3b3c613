"""What facts are made of: events in the past tense, and the few kinds of words they may hold."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints


class Marker:
    """A note on a field's type that says what the field is, beyond its shape."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


ID, CODE, LABEL, ACTOR, PERSONAL, DAY = map(Marker, ("ID", "CODE", "LABEL", "ACTOR", "PERSONAL", "DAY"))

_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_CODE = r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$"
_PRINTABLE = r"^[^\x00-\x1f\x7f]*$"

SHAPES = {
    _UUID: "an id is a UUID in lower case, as 6f1c1f2e-0f0b-4a54-8f5e-0a4f3f5f7d11",
    _CODE: "this is a short word without spaces: 1 to 64 letters, digits, or any of _ . : -",
    _PRINTABLE: "this is one line of text, without control characters",
}
"""By pattern, what a text is that has to match it."""


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{name} is no known time zone; use an IANA name such as Europe/Berlin") from None
    return name


Id = Annotated[str, StringConstraints(pattern=_UUID, to_lower=True), ID]
"""A UUID in its canonical text, lower case: `6f1c1f2e-0f0b-4a54-8f5e-0a4f3f5f7d11`."""

Code = Annotated[str, StringConstraints(pattern=_CODE), CODE]
"""A short word that programs and reports agree on: `goals_met`, `career.planning`; 1 to 64 characters."""

Label = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=_PRINTABLE), LABEL
]
"""The name of one of the organization's own things (program, term, project, skill); 1 to 300 characters."""

Actor = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=_PRINTABLE), ACTOR
]
"""Who acts: a participant's id, or the name under which an operator signs."""

TimeZone = Annotated[str, AfterValidator(_known_zone), CODE]
"""An IANA time zone: `Europe/Berlin`."""

Personal = Annotated[str, StringConstraints(max_length=10_000), PERSONAL]
"""What a person wrote about people. Kept apart from the facts, so that it can be erased; no figure reads it."""

Day = Annotated[date, DAY]
"""The day on which the fact was true in the world. Every event has exactly one, under its own name."""

Minutes = Annotated[int, Field(ge=1, le=24 * 60)]
Rating = Annotated[int, Field(ge=1, le=5)]


class Part(BaseModel):
    """A piece of a fact: a few values that belong together."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)


class Changes(Part):
    """What a correction changes: field by field, only those that it names, each with what it was and what it is."""


class Event(BaseModel):
    """Something that happened. It is never edited and never deleted.

    The class's name is its kind. `schema` rises when the shape changes; the journal then upcasts the older rows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)

    schema_version: ClassVar[int] = 1
    kind: ClassVar[str]
    day_field: ClassVar[str]
    fact_fields: ClassVar[tuple[tuple[str, str], ...]]
    """(attribute, name in the facts) for all that is neither personal text nor the envelope's own day."""
    personal_fields: ClassVar[tuple[str, ...]]

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        days, facts, personal = [], [], []
        for attribute, field in cls.model_fields.items():
            if DAY in field.metadata:
                days.append(attribute)
            if PERSONAL in field.metadata:
                personal.append(attribute)
            elif attribute != "occurred_on":
                facts.append((attribute, field.alias or attribute))
        cls.kind = cls.__name__
        cls.day_field = days[0] if len(days) == 1 else ""
        cls.fact_fields = tuple(facts)
        cls.personal_fields = tuple(personal)

    @property
    def day(self) -> date:
        """The day on which this was true in the world: `occurred_on` of the envelope."""
        day: date = getattr(self, self.day_field)
        return day

    def facts(self) -> bytes:
        """The facts as canonical JSON: complete, keys sorted, no spaces, without personal text."""
        values = self.__dict__
        return orjson.dumps(
            {name: values[attribute] for attribute, name in self.fact_fields},
            default=_plain,
            option=orjson.OPT_SORT_KEYS,
        )

    def personal(self) -> dict[str, str]:
        """The personal text by field, without the empty ones."""
        values = self.__dict__
        return {field: values[field] for field in self.personal_fields if values[field]}

    @classmethod
    def recall(cls, facts: Mapping[str, Any], occurred_on: str) -> "Event":
        """The event again from its stored facts (newest schema). Personal text stays where it is: empty here."""
        if cls.day_field == "occurred_on":
            return cls.model_validate({**facts, "occurred_on": occurred_on})
        return cls.model_validate(facts)


E = TypeVar("E", bound=Event)
P = ParamSpec("P")


def certain(of: Callable[P, E], *_: P.args, **values: P.kwargs) -> E:
    """An event of values that a command or an earlier event has validated already: at a third of the price.

    It takes what the class takes, and the type checker sees to that; but every field is named, and none is validated.
    The tests hold each event that is decided against its validated twin.
    """
    event: E = object.__new__(of)  # type: ignore[arg-type]
    event.__dict__.update(values)
    object.__setattr__(event, "__pydantic_fields_set__", set(values))
    object.__setattr__(event, "__pydantic_extra__", None)
    object.__setattr__(event, "__pydantic_private__", None)
    return event


class Happened(Event):
    """An event whose day has no name of its own."""

    occurred_on: Day


def _plain(part: Any) -> dict[str, Any]:
    if isinstance(part, Changes):
        return {name: value for name, value in part if value is not None}
    if isinstance(part, Part):
        return {field.alias or name: getattr(part, name) for name, field in type(part).model_fields.items()}
    raise TypeError(f"{type(part).__name__} is no part of a fact")
