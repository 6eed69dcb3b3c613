"""How we decide: someone wishes something, this is so, hence these facts. Nothing else."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, Self, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, TypeAdapter

from domain.facts import Actor, Event
from domain.refusals import Unknown
from domain.rules import Rules

Source = Literal["live", "backfilled", "imported"]

_ACTOR: TypeAdapter[str] = TypeAdapter(Actor)
_APART = 2
"""The most days by which the dates of one moment differ between two time zones, and one to spare."""


class State(ABC):
    """What rules ask about one stream. Frozen; `evolve` gives the next one and never refuses."""

    noun: ClassVar[str]
    """What this is called: `relationship`."""

    @property
    @abstractmethod
    def status(self) -> str:
        """The state's name in the diagram: `active`; empty while nothing has happened."""

    @abstractmethod
    def evolve(self, event: Any) -> Self:
        """The state after this event of its stream."""

    def root(self, stream: str) -> str:
        """The stream that folds gather this one under; by default the stream itself. It never changes."""
        return stream


S = TypeVar("S", bound=State)

if TYPE_CHECKING:
    from dataclasses import replace as replace  # noqa: PLC0414 (others import it from here)
else:

    def replace(state: S, **changes: Any) -> S:
        """The same state but for these fields, as `dataclasses.replace` makes it and the type checker knows it.

        At a fifth of the price, which every event pays: the fields are taken over as one dict, not set one by one.
        """
        other = object.__new__(type(state))
        held = other.__dict__
        held.update(state.__dict__)
        held.update(changes)
        return other


class Stream(NamedTuple):
    """Which stream: the state that its events make, and its id."""

    of: type[State]
    id: str


class Fact(NamedTuple):
    """An event that is about to be written: where it belongs, and the people its personal text concerns."""

    stream: Stream
    event: Event
    concerning: tuple[str, ...] = ()


class Stamp(NamedTuple):
    """What comes from outside a decision: time, who acts, through what, and the rules in force."""

    now: datetime
    actor: str
    role: str
    """In which role the actor acts: `mentee`, `mentor`, `coordinator`, `administrator`, `operator`."""
    via: str
    """Through what: `command line`, `import`, `generate`, `api`."""
    on_behalf_of: str | None = None
    source: Source = "live"
    rules: Rules = Rules()
    rules_version: int = 0

    @property
    def acting(self) -> str:
        """Whose deed this is: the one acted for, else the actor. ValueError when that is no name."""
        return _named(self.on_behalf_of or self.actor)

    def today(self, time_zone: str | None = None) -> date:
        """The local day, in the program's time zone or else the organization's."""
        return self.local_day(self.now, time_zone)

    def local_day(self, moment: datetime, time_zone: str | None = None) -> date:
        """The day of a moment, in the program's time zone or else the organization's."""
        return moment.astimezone(_zone(time_zone or self.rules.time_zone)).date()

    def source_of(self, occurred_on: date) -> Source:
        """`backfilled` when a fact is recorded long after it was true; `imported` stays `imported`."""
        if self.source != "live":
            return self.source
        at_most = self.rules.record_quality.backfilled_after_days
        days = (self.now.date() - occurred_on).days - at_most
        if abs(days) <= _APART:
            days = (self.today() - occurred_on).days - at_most
        return "backfilled" if days > 0 else "live"


class States:
    """The states of streams, as they are now. A stream that is not at hand is loaded when it is asked for.

    `load` gives the state and version of a stream (its initial state and 0 when there is none);
    `members` gives the ids of the streams of one kind under a root.
    """

    def __init__(
        self,
        load: Callable[[type[State], str], tuple[State, int]],
        members: Callable[[type[State], str], tuple[str, ...]],
    ) -> None:
        self._load = load
        self._members = members

    def find(self, of: type[S], id: str) -> S:
        """The state of this stream; its initial state when nothing has happened there."""
        state, _ = self._load(of, id)
        assert isinstance(state, of)
        return state

    def get(self, of: type[S], id: str, pointer: str = "") -> S:
        """The state of this stream, which must exist: `Unknown` otherwise."""
        state = self.find(of, id)
        if not state.status:
            raise Unknown(f"there is no {of.noun} {id}; check the id", pointer)
        return state

    def version(self, stream: Stream) -> int:
        """How many events this stream has."""
        return self._load(*stream)[1]

    def under(self, of: type[S], root: str) -> dict[str, S]:
        """All streams of one kind under a root, by id, in the order in which they began: a relationship's goals."""
        return {id: self.find(of, id) for id in self._members(of, root)}


class Command(BaseModel, ABC):
    """A wish in the imperative: the request body, its validation and its rule."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)

    @property
    @abstractmethod
    def target(self) -> Stream:
        """The stream that this wish is addressed to; `If-Match` and the answer are about it."""

    def concerns(self, states: States) -> Iterator[Stream]:
        """Every stream the decision looks at, so that the writer can load them before it takes the lock."""
        yield self.target

    @abstractmethod
    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        """The facts that follow, for all streams, all or nothing; none when it is so already.

        Raises `Refused` when it may not be.
        """


@lru_cache(maxsize=4096)
def _named(actor: str) -> str:
    return _ACTOR.validate_python(actor)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
