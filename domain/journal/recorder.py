"""The journal as the eventsourcing library knows it: recorder, subscription, mapper and factory, on either engine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Thread
from typing import Any, Never
from uuid import UUID

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    IntegrityError,
    JSONTranscoder,
    ListenNotifySubscription,
    Mapper,
    Notification,
    NotSupportedError,
    OperationalError,
    StoredEvent,
    Subscription,
    TrackingRecorder,
)
from eventsourcing.utils import Environment

from domain.decider import State
from domain.facts import Event
from domain.journal.appending import Kinds, Page, commit, lock, tip
from domain.journal.database import Conflict, Failure
from domain.journal.entry import Draft, micros
from domain.journal.kinds import member_of, recall
from domain.journal.pool import Bell, Pool

_COLUMNS = "e.stream, e.version, k.kind, e.facts, k.schema, e.occurred_on, e.position"
_FROM = "FROM events e JOIN kinds k ON k.id = e.kind WHERE"
_NOBODY = ("live", "eventsourcing", "operator", "library", None, 0, "insert_events")


@dataclass(frozen=True)
class Stored(StoredEvent):
    """A stored event, with what it takes to recall it."""

    schema: int
    occurred_on: str


@dataclass(frozen=True)
class Noticed(Notification):
    """A notification, with what it takes to recall its event."""

    schema: int
    occurred_on: str


class JournalRecorder(ApplicationRecorder):
    """Notification ids are positions; topics are kinds."""

    def __init__(self, database: str) -> None:
        self.reading = Pool(database, readonly=True)
        self.bell = Bell(database, self.reading)
        self._writing = Pool(database, readonly=False)

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:
        """Write bare events, as the library would: each its own root, true today, by nobody in particular."""
        now = datetime.now(UTC)
        try:
            with self._writing.one() as connection:
                lock(connection)
                try:
                    kinds = Kinds()
                    kinds.load(connection)
                    page = Page(tip(connection), kinds, text=connection.engine == "sqlite")
                    first, recorded_at = page.position + 1, max(micros(now), page.recorded_at + 1)
                    today = now.date().isoformat()
                    for event in stored_events:
                        stream, version = str(event.originator_id), event.originator_version
                        page.add(
                            Draft(stream, stream, event.topic, 1, today, recorded_at, *_NOBODY, event.state), version
                        )
                    page.write(connection)
                    commit(connection)
                except BaseException:
                    connection.rollback()
                    raise
        except Conflict as conflict:
            raise IntegrityError(conflict) from conflict
        except Failure as failure:
            raise OperationalError(failure) from failure
        self.bell.ring()
        return list(range(first, page.position + 1))

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """The events of one stream, by version."""
        asked = [f"SELECT {_COLUMNS} {_FROM} e.stream = ?"]
        params: list[Any] = [str(originator_id)]
        for condition, value in ((" AND e.version > ?", gt), (" AND e.version <= ?", lte)):
            if value is not None:
                asked.append(condition)
                params.append(value)
        asked.append(f" ORDER BY e.version {'DESC' if desc else 'ASC'}")
        if limit is not None:
            asked.append(" LIMIT ?")
            params.append(limit)
        return [
            Stored(_id(stream), version, kind, _bytes(facts), schema, occurred_on)
            for stream, version, kind, facts, schema, occurred_on, _ in self._rows("".join(asked), params)
        ]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Events of all streams, by position."""
        first = 1 if start is None else start if inclusive_of_start else start + 1
        asked = [f"SELECT {_COLUMNS} {_FROM} e.position >= ?"]
        params: list[Any] = [first]
        if stop is not None:
            asked.append(" AND e.position <= ?")
            params.append(stop)
        if topics:
            asked.append(f" AND k.kind IN ({', '.join('?' * len(topics))})")
            params += topics
        asked.append(" ORDER BY e.position LIMIT ?")
        params.append(limit)
        return [
            Noticed(_id(stream), version, kind, _bytes(facts), position, schema, occurred_on)
            for stream, version, kind, facts, schema, occurred_on, position in self._rows("".join(asked), params)
        ]

    def max_notification_id(self) -> int | None:
        """The last position, or None in an empty journal."""
        return self.bell.position() or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        """Events after a position, those to come included."""
        return JournalSubscription(self, gt, topics)

    def close(self) -> None:
        """Let go of the database."""
        self.bell.close()
        self.reading.close()
        self._writing.close()

    def _rows(self, sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        try:
            return self.reading.ask(sql, params)
        except Failure as failure:
            raise OperationalError(failure) from failure


class JournalSubscription(ListenNotifySubscription[JournalRecorder]):
    """Wakes when the bell rings, and looks by itself should a ring be lost."""

    def __init__(self, recorder: JournalRecorder, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder=recorder, gt=gt, topics=topics)
        self._listening = Thread(target=self._listen, name="journal subscription", daemon=True)
        self._listening.start()

    def __exit__(self, *problem: object, **kwargs: Any) -> None:
        try:
            super().__exit__(*problem, **kwargs)
        finally:
            self._listening.join()

    def _listen(self) -> None:
        seen = 0
        try:
            while not self._has_been_stopped:
                if self._recorder.bell.wait_beyond(seen, timeout=0.1):
                    seen = self._recorder.bell.position()
                    self._has_been_notified.set()
        except Failure as failure:
            self._thread_error = self._thread_error or OperationalError(failure)
            self.stop()


@dataclass(frozen=True)
class StreamAt:
    """What the library's repository gives: a stream's state after so many events."""

    id: UUID | str
    version: int
    state: State


@dataclass(frozen=True)
class Recalled:
    """What the library calls a domain event: ours, with the stream and version that it has."""

    originator_id: UUID | str
    originator_version: int
    event: Event

    def mutate(self, before: StreamAt | None) -> StreamAt:
        """The stream after this event."""
        state: State = before.state if before else member_of(self.event.kind)()
        return StreamAt(self.originator_id, self.originator_version, state.evolve(self.event))


class JournalMapper(Mapper[Any]):
    """Recalls events from what was stored; it stores none, because the writer does."""

    def __init__(self) -> None:
        super().__init__(JSONTranscoder())

    def to_stored_event(self, domain_event: object) -> Never:
        """Refused: a command decides, under the lock, what is written."""
        raise NotSupportedError("nothing is saved into the journal: ask it with a command, `journal.record(wish)`")

    def to_domain_event(self, stored_event: StoredEvent) -> Recalled:
        """The event of a stored event that came from this journal's recorder."""
        assert isinstance(stored_event, Stored | Noticed)
        event = recall(stored_event.topic, stored_event.schema, stored_event.state, stored_event.occurred_on)
        return Recalled(stored_event.originator_id, stored_event.originator_version, event)


class JournalFactory(InfrastructureFactory[TrackingRecorder]):
    """Gives the library this journal's recorder, and says no to what the journal does not do."""

    def __init__(self, env: Environment, recorder: JournalRecorder) -> None:
        super().__init__(env)
        self._recorder = recorder

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        """The same recorder: streams and the journal are one table."""
        return self._recorder

    def application_recorder(self) -> ApplicationRecorder:
        """The recorder."""
        return self._recorder

    def tracking_recorder(self, tracking_recorder_class: type[Any] | None = None) -> Never:
        """Refused: views keep their own position."""
        raise NotSupportedError("views keep the position they have reached themselves")

    def process_recorder(self) -> Never:
        """Refused: views keep their own position."""
        raise NotSupportedError("views keep the position they have reached themselves")

    def close(self) -> None:
        """Let go of the database."""
        self._recorder.close()


def _id(stream: str) -> UUID | str:
    try:
        return UUID(stream)
    except ValueError:
        return stream


def _bytes(facts: str | bytes) -> bytes:
    return facts.encode() if isinstance(facts, str) else facts
