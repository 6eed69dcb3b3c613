"""Whoever knows the eventsourcing library finds what they know."""

from pathlib import Path
from uuid import UUID

import pytest
from eventsourcing.persistence import NotSupportedError
from eventsourcing.tests.persistence import ApplicationRecorderTestCase

from domain.journal import Journal, tables
from domain.journal.recorder import JournalRecorder, Recalled, StreamAt
from domain.participant import Participant
from domain.participant.events import CapacitySet, ParticipantRegistered
from tests.journal.asking import START, ask, capacity, register
from tests.support.scenes import named


class LibrarysTests(ApplicationRecorderTestCase[JournalRecorder]):
    """All of them, subscription included."""

    recorder: JournalRecorder

    def begin(self, database: str) -> None:
        """A recorder in a new journal, for each test."""
        tables.create(database)
        self.recorder = JournalRecorder(database)
        self.addCleanup(self.recorder.close)

    def create_recorder(self) -> JournalRecorder:
        return self.recorder

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestSqlite(LibrarysTests):
    @pytest.fixture(autouse=True)
    def _begin(self, tmp_path: Path) -> None:
        self.begin(str(tmp_path / "journal.db"))


class TestPostgres(LibrarysTests):
    @pytest.fixture(autouse=True)
    def _begin(self, postgres_url: str) -> None:
        self.begin(postgres_url)


del ApplicationRecorderTestCase, LibrarysTests


def test_the_repository_gives_a_streams_state(journal: Journal) -> None:
    register(journal, "ann")
    ask(journal, capacity("ann", 3))
    ann = UUID(named("ann"))
    found: StreamAt = journal.repository.get(ann)
    assert (found.id, found.version, found.state.status) == (ann, 2, "registered")
    assert isinstance(found.state, Participant)
    assert found.state.max == 3
    assert journal.repository.get(ann, version=1).state.max is None


def test_the_notification_log_tells_what_happened_in_order(journal: Journal) -> None:
    register(journal, "ann", "ben")
    ask(journal, capacity("ann", 3))
    section = journal.notification_log["1,10"]
    assert section.id == "1,3"
    assert [(item.id, str(item.originator_id), item.originator_version, item.topic) for item in section.items] == [
        (1, named("ann"), 1, "ParticipantRegistered"),
        (2, named("ben"), 1, "ParticipantRegistered"),
        (3, named("ann"), 2, "CapacitySet"),
    ]


def test_a_subscription_goes_on_with_what_the_writer_writes(journal: Journal) -> None:
    register(journal, "ann")
    with journal.recorder.subscribe(gt=0) as subscription:
        assert next(subscription).topic == "ParticipantRegistered"
        ask(journal, capacity("ann", 3))
        event = journal.mapper.to_domain_event(next(subscription))
        assert event == Recalled(UUID(named("ann")), 2, CapacitySet(max=3, occurred_on=START.date()))
        journal.recorder.insert_events([])
        register(journal, "ben")
        assert next(subscription).id == 3


def test_a_subscription_to_some_kinds_gets_only_those(journal: Journal) -> None:
    register(journal, "ann")
    with journal.recorder.subscribe(gt=0, topics=["CapacitySet"]) as subscription:
        ask(journal, capacity("ann", 3))
        register(journal, "ben")
        ask(journal, capacity("ben", 1))
        assert [next(subscription).id, next(subscription).id] == [2, 4]


def test_nothing_is_saved_past_the_writer(journal: Journal) -> None:
    event = Recalled(UUID(named("ann")), 1, ParticipantRegistered(occurred_on=START.date()))
    with pytest.raises(NotSupportedError, match="ask it with a command"):
        journal.save(event)
    assert journal.position() == 0


def test_views_keep_their_own_position(journal: Journal) -> None:
    with pytest.raises(NotSupportedError):
        journal.factory.tracking_recorder()
    with pytest.raises(NotSupportedError):
        journal.factory.process_recorder()
